"""Of many resources one is asked about where the answer is the same for all: it must be what each of them would say."""

from __future__ import annotations

import json
from collections import Counter
from itertools import permutations
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iamconsole.kernel.resources import Resource
from iamconsole.runtime import context
from iamconsole.runtime.authorization import _decide, _telling
from policies.engine import (
    Bound,
    Policies,
    PolicyKind,
    Principal,
    PrincipalType,
    Request,
    Source,
    authorize_all,
    compiled,
)

HERE, THERE, ACTION = "111122223333", "444455556666", "iam:CreateAccessKey"
USERS = [f"arn:aws:iam::{HERE}:user/{name}" for name in ("ada", "team/bob", "*")]
TRUST = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}'
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
FACTS = {"aws:username": "ada", "aws:MultiFactorAuthPresent": "true"}
CONDITIONS = [
    {},
    {},
    {"StringEquals": {"aws:ResourceTag/team": "red"}},
    {"StringNotEquals": {"aws:ResourceTag/team": "red"}},
    {"Null": {"aws:ResourceTag/team": "true"}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"StringEquals": {"aws:ResourceAccount": HERE}},
]
STATEMENTS = st.builds(
    lambda effect, about, on, condition: {"Effect": effect, **about, **on, "Condition": condition},
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(
        [{"Action": "iam:Get*"}, {"Action": "*"}, {"Action": "IAM:createaccesskey"}, {"NotAction": "iam:Get*"}]
    ),
    st.sampled_from(
        [
            {"Resource": "*"},
            {"Resource": ["*", USERS[0]]},
            {"Resource": "arn:aws:iam::*:user/${aws:username}"},
            {"Resource": USERS[1]},
            {"Resource": "arn:aws:iam::*:user/*"},
            {"NotResource": USERS[0]},
        ]
    ),
    st.sampled_from(CONDITIONS),
)


def bound(kind: PolicyKind, *statements: dict[str, Any]) -> Bound:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return Bound(Source(id="p", type=kind.value), compiled(text, kind))


def policy(kind: PolicyKind) -> st.SearchStrategy[Bound]:
    return st.lists(STATEMENTS, min_size=1, max_size=2).map(lambda statements: bound(kind, *statements))


def rarely(some: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(*[st.none()] * 2, some)


FULL = bound(PolicyKind.IDENTITY, EVERYTHING)
HELD = st.builds(
    lambda identity, more, boundary, session, scps: Policies(
        identity=(*identity, *more), boundary=boundary, session=session, scps=scps or ()
    ),
    st.sampled_from([(FULL,), ()]),
    st.lists(policy(PolicyKind.IDENTITY), max_size=1),
    rarely(policy(PolicyKind.BOUNDARY)),
    rarely(st.lists(policy(PolicyKind.SESSION), max_size=1).map(tuple)),
    rarely(st.just(((bound(PolicyKind.SCP, EVERYTHING),),))),
)
RESOURCES = [
    *(Resource(arn, HERE, tags) for arn in USERS for tags in ({}, {"team": "red"}, {"team": "blue"})),
    Resource(USERS[1], HERE, trust_policy=TRUST),
    Resource(USERS[1].replace(HERE, THERE), THERE),
]
OWN = 9  # of them, below user/ of the principal's account
TYPES = st.sampled_from([*[PrincipalType.USER] * 6, PrincipalType.ROOT, PrincipalType.FEDERATED_USER])


def test_one_answer_for_many_is_the_answer_for_each() -> None:
    seen, forthcoming = Counter[tuple[bool, bool]](), Counter[tuple[bool, bool]]()

    @settings(max_examples=250, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(HELD, TYPES)
    def compare(policies: Policies, kind: PrincipalType) -> None:
        principal = Principal(kind, HERE, USERS[0], "AIDA", "AIDA")
        allowed = [
            _decide(principal, ACTION, each, policies, FACTS | context.of_resource(each)).allowed for each in RESOURCES
        ]
        for first, second in permutations(range(len(RESOURCES)), 2):
            pair = [RESOURCES[first], RESOURCES[second]]
            told = _telling(pair, policies, ACTION, HERE)
            both = allowed[first] and allowed[second]
            assert (allowed[first] if len(told) == 1 else both) is both
            assert told == pair[: len(told)]
            seen[len(told) == 1, both] += 1

        stem = Request(principal, ACTION, f"arn:aws:iam::{HERE}:user/*", FACTS | {"aws:ResourceAccount": HERE})
        forthcoming[authorize_all(stem, policies).allowed, all(allowed[:OWN])] += 1

    compare()
    assert min(seen[True, True], seen[False, True], seen[False, False]) > 100, seen
    assert not forthcoming[True, False], "allowed for all that may come, and not for these"
    assert min(forthcoming[True, True], forthcoming[False, False]) > 20, forthcoming
