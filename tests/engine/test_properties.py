"""What must hold for every set of policies."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.engine import Bound, Outcome, Policies, PolicyKind, Request, Source, authorize, compiled
from policies.engine.context import Context
from policies.engine.wildcard import matches
from tests.engine.corpus import PRINCIPALS

ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:GetBucket", "sqs:SendMessage"]
RESOURCES = ["arn:aws:s3:::a", "arn:aws:s3:::a/x", "arn:aws:s3:::ab/x", "arn:aws:sqs:eu:111111111111:q", "*"]
CONDITIONS = [
    {},
    {"StringEquals": {"aws:username": "ada"}},
    {"StringNotEquals": {"aws:username": "ada"}},
    {"StringLikeIfExists": {"aws:username": "b*"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["x", "y"]}},
    {"Null": {"aws:TagKeys": "true"}},
    {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:username": "${aws:username}"}},
]


def texts(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


ACTION_PATTERNS = texts([*ACTIONS, "*", "s3:*", "s3:Get*", "S3:get?bject", "*:*Object", "sqs:*"])
RESOURCE_PATTERNS = texts(
    [
        *RESOURCES,
        "arn:aws:s3:::a*",
        "arn:aws:s3:::a/*",
        "arn:aws:s3:::*/x",
        "arn:aws:s3:::?b/x",
        "arn:aws:s3:::${aws:username}/*",
        "arn:aws:sqs:*:111111111111:*",
        "arn:aws:sqs",
    ]
)


@st.composite
def statements(draw, effects=("Allow", "Deny")):
    statement = {"Effect": draw(st.sampled_from(effects))}
    statement[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = draw(ACTION_PATTERNS)
    statement[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = draw(RESOURCE_PATTERNS)
    if condition := draw(st.sampled_from(CONDITIONS)):
        statement["Condition"] = condition
    return statement


SETS = st.lists(statements(), min_size=1, max_size=8)
REQUESTS = st.builds(
    Request,
    st.sampled_from([PRINCIPALS["ada"], PRINCIPALS["session"]]),
    st.sampled_from(ACTIONS),
    st.sampled_from(RESOURCES),
    st.fixed_dictionaries(
        {},
        optional={
            "aws:username": st.sampled_from(["ada", "bob", "a", "*"]),
            "aws:TagKeys": st.sampled_from([("x",), ("x", "z"), ()]),
            "AWS:SecureTransport": st.sampled_from(["true", "false"]),
        },
    ),
)
many = settings(max_examples=400, deadline=None)


def bound(statements: list[dict], kind: PolicyKind = PolicyKind.IDENTITY) -> Bound:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return Bound(Source("p", str(kind)), compiled(text, kind))


def decide(request: Request, statements: list[dict], **layers) -> Outcome:
    return authorize(request, Policies(identity=(bound(statements),), **layers)).outcome


def is_about(statement: dict, action: str) -> bool:
    listed = statement.get("Action", statement.get("NotAction"))
    return any(matches(pattern, action, ignore_case=True) for pattern in listed) is ("Action" in statement)


@many
@given(request=REQUESTS, statements=SETS, data=st.data())
def test_order_of_statements_is_irrelevant(request, statements, data):
    assert decide(request, statements) is decide(request, data.draw(st.permutations(statements)))


@many
@given(request=REQUESTS, statements=SETS, data=st.data())
def test_spread_over_documents_is_irrelevant(request, statements, data):
    cut = data.draw(st.integers(1, len(statements)))
    parts = [part for part in (statements[:cut], statements[cut:]) if part]
    spread = authorize(request, Policies(identity=tuple(map(bound, parts)))).outcome
    assert spread is decide(request, statements)


@many
@given(request=REQUESTS, statements=SETS, data=st.data())
def test_a_deny_wins_wherever_it_stands(request, statements, data):
    deny = {"Effect": "Deny", "Action": request.action, "Resource": request.resource}
    at = data.draw(st.integers(0, len(statements)))
    assert decide(request, [*statements[:at], deny, *statements[at:]]) is Outcome.EXPLICIT_DENY


@many
@given(request=REQUESTS, statements=SETS, deny=statements(effects=("Deny",)))
def test_adding_a_deny_never_widens(request, statements, deny):
    before, after = decide(request, statements), decide(request, [*statements, deny])
    assert after is Outcome.EXPLICIT_DENY or after is before


@many
@given(request=REQUESTS, statements=SETS, limits=SETS)
def test_a_boundary_never_widens(request, statements, limits):
    alone = decide(request, statements)
    within = decide(request, statements, boundary=bound(limits, PolicyKind.BOUNDARY))
    assert within is not Outcome.ALLOW or alone is Outcome.ALLOW


@many
@given(request=REQUESTS, statements=SETS, limits=SETS)
def test_a_session_policy_or_scp_never_widens(request, statements, limits):
    alone = decide(request, statements)
    for layer in ({"session": (bound(limits, PolicyKind.SESSION),)}, {"scps": ((bound(limits),),)}):
        assert decide(request, statements, **layer) is not Outcome.ALLOW or alone is Outcome.ALLOW


@many
@given(request=REQUESTS, statements=SETS)
def test_the_index_finds_what_a_look_at_every_statement_finds(request, statements):
    compiled_policy = bound(statements).compiled
    context = Context.of(request.context)
    wanted = [
        rule
        for rule, statement in zip(compiled_policy.rules, statements, strict=True)
        if is_about(statement, request.action) and rule.covers(request.resource, context)
    ]
    assert compiled_policy.about(request.action, request.resource, context) == wanted


@many
@given(request=REQUESTS, statements=SETS, limits=SETS)
def test_the_record_agrees_with_the_answer(request, statements, limits):
    decision = authorize(request, Policies(identity=(bound(statements),), boundary=bound(limits, PolicyKind.BOUNDARY)))
    effects = {check.effect.value for check in decision.checks()}
    assert ("EXPLICIT_DENY" in effects) is (decision.outcome is Outcome.EXPLICIT_DENY)
    assert bool(effects & {"EXPLICIT_DENY", "IMPLICIT_DENY"}) is not decision.allowed
    assert bool(decision.statements) is (decision.outcome is not Outcome.IMPLICIT_DENY)
