"""Decisions about every resource whose ARN begins alike, those that are yet to come among them."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from policies.engine import (
    Bound,
    Context,
    Layer,
    Outcome,
    Policies,
    PolicyKind,
    Principal,
    PrincipalType,
    Request,
    Source,
    authorize_all,
    compiled,
)  # fmt: skip
from policies.engine.forthcoming import _covers, _meets
from policies.engine.rule import ResourcePattern

HERE = "arn:aws:iam::111122223333:user/"
ADA = Principal(PrincipalType.USER, "111122223333", f"{HERE}ada", "AIDA", "AIDA")
ROOT = Principal(PrincipalType.ROOT, "111122223333", "arn:aws:iam::111122223333:root", "111122223333", "root")
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def bound(kind: PolicyKind, *statements: dict[str, Any]) -> Bound:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return Bound(Source(id="p", type=kind.value), compiled(text, kind))


def said(principal: Principal = ADA, facts: Any = None, **layers: Any) -> tuple[Outcome, Layer | None]:
    request = Request(principal, "iam:GetUser", f"{HERE}*", facts or {})
    decision = authorize_all(request, Policies(**layers))
    return decision.outcome, decision.denied_by


def identity(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"identity": (bound(PolicyKind.IDENTITY, *statements),)}


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        ({"Resource": f"{HERE}chiefs/*"}, Outcome.EXPLICIT_DENY),
        ({"Resource": f"{HERE}ada"}, Outcome.EXPLICIT_DENY),
        ({"Resource": "arn:aws:iam::*:user/?da"}, Outcome.EXPLICIT_DENY),
        ({"Resource": f"{HERE}${{aws:ResourceTag/team}}"}, Outcome.EXPLICIT_DENY),
        ({"NotResource": f"{HERE}team/*"}, Outcome.EXPLICIT_DENY),
        ({"NotResource": "arn:aws:iam::*:user/*"}, Outcome.ALLOW),
        ({"Resource": f"{HERE}*".replace("user/", "role/")}, Outcome.ALLOW),
        ({"Resource": "arn:aws:iam::*:role/*"}, Outcome.EXPLICIT_DENY),  # there may be a path /x:role/
        ({"Resource": "arn:aws:iam::444455556666:user/*"}, Outcome.ALLOW),
        ({"Resource": "*", "Condition": {"StringEquals": {"iam:resourcetag/a": "b"}}}, Outcome.EXPLICIT_DENY),
        ({"Resource": "*", "Condition": {"StringEquals": {"a:b": "${aws:ResourceTag/c}"}}}, Outcome.EXPLICIT_DENY),
        ({"Resource": f"{HERE}x", "Condition": {"Bool": {"a:absent": "true"}}}, Outcome.ALLOW),
    ],
)
def test_a_deny_counts_that_might_mean_one(statement: dict[str, Any], outcome: Outcome) -> None:
    deny = {"Effect": "Deny", "Action": "iam:*", **statement}
    assert said(**identity(ALL, deny))[0] is outcome


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        ({"Resource": "arn:aws:iam::*:user/*"}, Outcome.ALLOW),
        ({"Resource": f"{HERE}*"}, Outcome.ALLOW),
        ({"Resource": f"{HERE}?"}, Outcome.IMPLICIT_DENY),
        ({"Resource": f"{HERE}*a*"}, Outcome.IMPLICIT_DENY),
        ({"NotResource": f"{HERE}chiefs/*"}, Outcome.IMPLICIT_DENY),
        ({"NotResource": f"{HERE}*".replace("user/", "role/")}, Outcome.ALLOW),
        ({"Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceTag/a": "b"}}}, Outcome.IMPLICIT_DENY),
        ({"Resource": "*", "Condition": {"Null": {"aws:ResourceTag/a": "true"}}}, Outcome.IMPLICIT_DENY),
        ({"Resource": "*", "Condition": {"StringEquals": {"a:b": "c"}}}, Outcome.ALLOW),
    ],
)
def test_an_allow_counts_that_means_all_in_every_layer(statement: dict[str, Any], outcome: Outcome) -> None:
    part = {"Effect": "Allow", "Action": "iam:*", **statement}
    facts = {"a:b": "c"}
    assert said(facts=facts, **identity(part))[0] is outcome
    for limit in (
        {"boundary": bound(PolicyKind.BOUNDARY, part)},
        {"session": (bound(PolicyKind.SESSION, part),)},
        {"scps": ((bound(PolicyKind.SCP, part),),)},
    ):
        assert said(facts=facts, **identity(ALL), **limit)[0] is outcome


def test_root_needs_no_allow_of_an_identity_policy() -> None:
    assert said(ROOT) == (Outcome.ALLOW, None)
    assert said() == (Outcome.IMPLICIT_DENY, Layer.IDENTITY)


def test_patterns_are_compared_with_every_text_that_begins_so() -> None:
    """All short patterns against all short texts below a stem."""
    texts = ["ab" + "".join(rest) for length in range(4) for rest in product("abx", repeat=length)]
    for length in range(1, 5):
        for written in map("".join, product("ab*?", repeat=length)):
            pattern = ResourcePattern.of(written, variables=True)
            found = [pattern.matches(text, Context()) for text in texts]
            assert _meets(pattern, "ab", Context()) is any(found), written
            assert _covers(pattern, "ab", Context()) <= all(found), written
