"""The record of a decision: checks, determining statements, near misses and AWS's sentences."""

import json
import sys

import pytest

from policies.engine import (
    Bound,
    CheckEffect,
    CheckType,
    Compiled,
    Context,
    EngineFault,
    Layer,
    Outcome,
    Policies,
    PolicyKind,
    Request,
    Source,
    authorize,
    compiled,
    reason_text,
)
from policies.engine.compiled import KEPT_ACTIONS
from policies.engine.request import KEPT_PLANS
from tests.engine.corpus import PRINCIPALS, bound

ADA, SESSION = PRINCIPALS["ada"], PRINCIPALS["session"]
OBJECT = "arn:aws:s3:::reports/x"


def policy(*statements, **top):
    return {"Version": "2012-10-17", "Statement": list(statements), **top}


def allow(action="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": "*", **more}


def deny(action="s3:*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": "*", **more}


def ask(principal=ADA, action="s3:GetObject", context=None, account=None, **layers):
    return authorize(Request(principal, action, OBJECT, context or {}, account), Policies(**layers))


def effects(decision):
    return {check.type.name: check.effect.name for check in decision.checks() if check.effect != "NO_IMPACT"}


def test_checks_come_in_the_order_of_the_layers():
    assert [check.type for check in ask().checks()] == [
        CheckType.RCP,
        CheckType.SCP,
        CheckType.RESOURCE,
        CheckType.PRINCIPAL,
        CheckType.PERMISSIONS_BOUNDARY,
        CheckType.SESSION,
    ]


def test_checks_of_an_allow():
    decision = ask(
        identity=(bound(policy(allow())),), boundary=bound(policy(allow("s3:*"))), scps=((bound(policy(allow())),),)
    )
    assert effects(decision) == {"SCP": "ALLOW", "PRINCIPAL": "ALLOW", "PERMISSIONS_BOUNDARY": "ALLOW"}
    assert decision.denied_by is None


def test_checks_name_every_layer_that_lacks_an_allow():
    decision = ask(boundary=bound(policy(allow("ec2:*"))), scps=((bound(policy(allow("ec2:*"))),),))
    assert decision.denied_by is Layer.SCP
    assert effects(decision) == {
        "SCP": "IMPLICIT_DENY",
        "PRINCIPAL": "IMPLICIT_DENY",
        "PERMISSIONS_BOUNDARY": "IMPLICIT_DENY",
    }


def test_checks_of_an_explicit_deny():
    decision = ask(identity=(bound(policy(allow(Sid="All"), deny(Sid="NoS3"))),), boundary=bound(policy(allow())))
    assert effects(decision) == {"PRINCIPAL": "EXPLICIT_DENY", "PERMISSIONS_BOUNDARY": "ALLOW"}
    check = next(check for check in decision.checks() if check.effect is CheckEffect.EXPLICIT_DENY)
    assert [(found.sid, found.index) for found in check.matched] == [("NoS3", 1)]


def test_a_missing_resource_policy_is_told():
    assert effects(ask(identity=(bound(policy(allow())),), account="222222222222")) == {
        "RESOURCE": "IMPLICIT_DENY",
        "PRINCIPAL": "ALLOW",
    }


def test_a_boundary_that_does_not_matter_has_no_impact():
    named = policy({**allow("s3:*"), "Principal": {"AWS": ADA.arn}})
    decision = ask(boundary=bound(policy(allow("ec2:*"))), resource=(bound(named, PolicyKind.RESOURCE),))
    assert decision.allowed
    assert effects(decision) == {"RESOURCE": "ALLOW"}


def test_determining_statements():
    first = bound(policy(allow("ec2:*"), allow("s3:*", Sid="S3")), name="first")
    second = bound(policy(allow("s3:Get*", Sid="Get")), name="second")
    decision = ask(identity=(first, second), boundary=bound(policy(allow(Sid="Limit"))))
    found = [(match.source.id, match.sid, match.index, match.effect.value) for match in decision.statements]
    assert found == [("first", "S3", 1, "Allow"), ("second", "Get", 0, "Allow")]
    span = decision.statements[0].span
    assert first.compiled.document.text[span.start.offset : span.end.offset].startswith('{"Effect": "Allow"')


def test_an_implicit_deny_has_no_determining_statements():
    assert ask(identity=(bound(policy(allow("ec2:*"))),)).statements == ()


def test_near_misses():
    office = allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}})
    with_mfa = allow("s3:*", Sid="Mfa", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    two = allow("s3:*", Condition={"StringEquals": {"a:b": "c", "a:d": "e"}})
    other = allow("ec2:*", Condition={"StringEquals": {"a:b": "c"}})
    identity = bound(policy(office, with_mfa, two, other))
    misses = ask(identity=(identity,), context={"aws:SourceIp": "192.0.2.1"}).near_misses()
    assert [(miss.statement.index, miss.key, miss.operator, miss.wanted, miss.found) for miss in misses] == [
        (0, "aws:SourceIp", "IpAddress", ("10.0.0.0/8",), "192.0.2.1"),
        (1, "aws:MultiFactorAuthPresent", "Bool", ("true",), None),
    ]


NAMED = {**allow("s3:*"), "Principal": {"AWS": "arn:aws:iam::111111111111:user/bob"}}
DENIED = {**deny(), "Principal": "*"}
SENTENCES = [
    ({}, "because no identity-based policy allows the s3:GetObject action"),
    (
        {"identity": (bound(policy(deny())),)},
        "with an explicit deny in an identity-based policy: arn:aws:iam::111111111111:policy/p",
    ),
    (
        {"identity": (bound(policy(allow())),), "boundary": bound(policy(allow("ec2:*")))},
        "because no permissions boundary allows the s3:GetObject action",
    ),
    (
        {"boundary": bound(policy(deny()), PolicyKind.BOUNDARY)},
        "with an explicit deny in a permissions boundary: arn:aws:iam::111111111111:policy/p",
    ),
    (
        {"identity": (bound(policy(allow())),), "session": ()},
        "because no session policy allows the s3:GetObject action",
    ),
    (
        {"session": (bound(policy(deny())),)},
        "with an explicit deny in a session policy: arn:aws:iam::111111111111:policy/p",
    ),
    ({"scps": ((),)}, "because no service control policy allows the s3:GetObject action"),
    (
        {"scps": ((bound(policy(deny()), PolicyKind.SCP),),)},
        "with an explicit deny in a service control policy: arn:aws:iam::111111111111:policy/p",
    ),
    (
        {"rcps": ((bound(policy(DENIED), PolicyKind.RCP),),)},
        "with an explicit deny in a resource control policy: arn:aws:iam::111111111111:policy/p",
    ),
    (
        {"resource": (bound(policy(NAMED), PolicyKind.RESOURCE),), "resource_must_allow": True},
        "because no resource-based policy allows the s3:GetObject action",
    ),
    (
        {"resource": (bound(policy(DENIED), PolicyKind.RESOURCE),)},
        "with an explicit deny in a resource-based policy",
    ),
]


@pytest.mark.parametrize(("layers", "because"), SENTENCES, ids=[because[:60] for _, because in SENTENCES])
def test_sentence(layers, because):
    decision = ask(**layers)
    assert reason_text(decision) == (
        "User: arn:aws:iam::111111111111:user/ada is not authorized to perform: s3:GetObject "
        f"on resource: arn:aws:s3:::reports/x {because}"
    )


@pytest.mark.parametrize(
    ("statement", "because"),
    [
        (
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
            "because no role trust policy allows the sts:AssumeRole action",
        ),
        (
            {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"},
            "with an explicit deny in the role trust policy",
        ),
    ],
)
def test_sentence_of_a_trust_policy(statement, because):
    trust = bound(policy(statement), PolicyKind.TRUST)
    decision = ask(SESSION, action="sts:AssumeRole", resource=(trust,), resource_must_allow=True)
    assert reason_text(decision).startswith("User: arn:aws:sts::111111111111:assumed-role/app/run is not authorized")
    assert reason_text(decision).endswith(because)


def test_an_allow_has_no_sentence():
    assert reason_text(ask(identity=(bound(policy(allow())),))) == ""


def test_a_key_given_twice_denies():
    conditional = allow(Condition={"StringEquals": {"aws:ResourceTag/team": "a"}})
    facts = {"aws:ResourceTag/Team": "a", "aws:ResourceTag/team": "b"}
    with pytest.raises(EngineFault, match="given twice"):
        ask(identity=(bound(policy(conditional)),), context=facts)


def test_a_key_given_twice_does_not_matter_to_others():
    facts = {"aws:ResourceTag/Team": "a", "aws:ResourceTag/team": "b"}
    assert ask(identity=(bound(policy(allow())),), context=facts).allowed


@pytest.mark.parametrize(
    ("value", "type_"), [(object(), "object"), ({"a": "b"}, "dict"), ([["a"]], "list"), (b"a", "bytes")]
)
def test_a_value_of_no_known_type_is_a_fault(value, type_):
    conditional = allow(Condition={"StringNotEquals": {"a:b": "c"}})
    message = f"^a context value must be a text, a number, a boolean or a list, not `{type_}`$"
    with pytest.raises(EngineFault, match=message):
        ask(identity=(bound(policy(conditional)),), context={"a:b": value})


def test_any_failure_is_a_fault():
    broken = bound(policy(allow(Condition={"StringEquals": {"a:b": "c"}})))
    with pytest.raises(EngineFault, match=r"^evaluation failed: AttributeError"):
        authorize(Request(ADA, "s3:GetObject", OBJECT, {7: "c"}), Policies(identity=(broken,)))


def test_context():
    context = Context(
        {"aws:UserName": "ada", "a:Flag": True, "a:Count": 7, "a:None": None, "a:Empty": [], "a:List": ["x", 1]}
    )
    assert context["AWS:username"] == "ada"
    assert (context["a:flag"], context["a:count"], context["a:list"]) == ("true", "7", ("x", "1"))
    assert "a:none" not in context
    assert "a:empty" not in context
    assert context.get("a:NONE") is None
    assert len(context) == 4
    with pytest.raises(KeyError, match="a:NONE"):
        context["a:NONE"]


def test_a_context_is_read_once_and_not_before_it_is_asked():
    reads = []

    class Facts(dict):
        def items(self):
            reads.append(1)
            return super().items()

    context = Context(Facts({"a:b": "c"}))
    assert not reads
    assert context.find("a:b") == context.find("a:b") == "c"
    assert len(reads) == 1


def test_a_context_is_its_own():
    context = Context({"a:b": "c"})
    assert Context.of(context) is context
    assert Context.of({"a:b": "c"}) == context


def test_context_of_nothing():
    assert Context().find("a:b") is None
    assert list(Context()) == []


def test_what_is_shown():
    assert repr(Context({"a:b": "c"})) == "Context({'a:b': 'c'})"
    everything = compiled('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')
    assert repr(everything) == "Compiled(identity, 1 statements, 177c14a77b2d)"


def test_a_policy_without_arn_is_not_named():
    def without_arn(kind):
        return Bound(Source("p", str(kind)), bound(policy(deny()), kind).compiled)

    layers = {"scps": ((without_arn(PolicyKind.SCP),),), "identity": (bound(policy(deny())),)}
    assert reason_text(ask(**layers)).endswith("with an explicit deny in a service control policy")
    layers["scps"] += ((bound(policy(deny()), PolicyKind.SCP, "named"),),)
    assert reason_text(ask(**layers)).endswith("in a service control policy: arn:aws:iam::111111111111:policy/named")


def test_answers_do_not_depend_on_earlier_ones():
    shared = Policies(identity=(bound(policy(allow("s3:Get*"), deny("s3:GetSecret*"))),))
    actions = [f"s3:Get{number}" for number in range(600)] + ["s3:GetSecretThing", "s3:Put"] * 3
    outcomes = [authorize(Request(ADA, action, OBJECT), shared).outcome for action in actions]
    assert outcomes == [Outcome.ALLOW] * 600 + [Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY] * 3


def test_what_is_remembered_is_bounded():
    identity = bound(policy(allow("s3:Get*"), Id="asked here for the first time"))
    shared = Policies(identity=(identity,))
    for number in range(2 * max(KEPT_ACTIONS, KEPT_PLANS)):
        authorize(Request(ADA, f"s3:Get{number}", OBJECT), shared)
        assert len(identity.compiled._by_action) == number % KEPT_ACTIONS + 1
        assert len(shared._plans) == number % KEPT_PLANS + 1


def test_of_documents_so_many_characters_are_remembered(monkeypatch):
    """Drafts and policies in questions may be long and are of anybody's choice; a number of them bounds no memory."""
    texts = [json.dumps(policy(allow(f"s3:Get{number}"), Id="x" * 1_000)) for number in range(4)]
    monkeypatch.setattr(sys.modules[Compiled.__module__], "KEPT_CHARACTERS", 3 * len(texts[0]))
    made = [compiled(text) for text in texts[:3]]
    assert compiled(texts[0]) is made[0]  # which makes it the one that was used last
    compiled(texts[3])
    again = [compiled(text) for text in (texts[0], texts[2], texts[1])]
    assert [again[0] is made[0], again[1] is made[2], again[2] is made[1]] == [True, True, False]
    assert compiled(texts[1], PolicyKind.BOUNDARY) is not again[2]


def test_actions_of_the_same_statements_share_an_index():
    rules = bound(policy(allow("s3:Get*"), deny("s3:Put*"))).compiled
    assert rules.slice("s3:GetObject") is rules.slice("s3:GetBucket") is not rules.slice("s3:PutObject")
    assert rules.slice("s3:GetObject").allows
    assert rules.slice("s3:GetObject").denies is rules.slice("s3:PutObject").allows is None
    assert rules.slice("s3:PutObject").denies


def test_what_is_worked_out_once_is_kept():
    shared = Policies(identity=(bound(policy(allow("s3:Get*"))),))
    assert shared.plan("s3:GetObject") is shared.plan("s3:GetObject")
    assert shared.plan("s3:GetObject") != shared.plan("s3:PutObject")


@pytest.mark.parametrize(
    ("layers", "everything"),
    [
        ({"identity": (bound(policy(allow())),)}, True),
        ({"identity": (bound(policy(allow("s3:Get*"))), bound(policy(allow("iam:*"))))}, True),
        ({}, False),
        ({"identity": (bound(policy(allow("iam:*"))),)}, False),
        ({"identity": (bound(policy(allow(Resource="arn:aws:s3:::*"))),)}, False),
        ({"identity": (bound(policy(allow(Condition={"Bool": {"aws:SecureTransport": "true"}}))),)}, False),
        ({"identity": (bound(policy(allow(), deny("s3:GetObject", Resource="arn:aws:s3:::x"))),)}, False),
        ({"identity": (bound(policy(allow())),), "boundary": bound(policy(allow()))}, False),
        ({"identity": (bound(policy(allow())),), "session": ()}, False),
        ({"identity": (bound(policy(allow())),), "scps": ((bound(policy(allow())),),)}, False),
    ],
)
def test_whether_an_action_is_allowed_on_everything(layers, everything):
    assert Policies(**layers).plan("s3:GetObject").allows_everything is everything
