"""Whatever a fix says must be enough: applied, the engine allows."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings

from iamconsole.audit.decisions.amending import Step
from iamconsole.audit.decisions.fixes import fixes
from policies.engine import Bound, Decision, Layer, Outcome, Policies, PolicyKind, Request, authorize
from tests.decisions_record.support import engine_policies, engine_request
from tests.engine.corpus import PRINCIPALS, bound
from tests.engine.strategies import scenarios
from tests.query.aws import allow, deny

EXAMPLES = int(os.environ.get("FUZZ_PAIRS", "100000")) // 64
SUPPRESSED = [HealthCheck.too_slow, HealthCheck.data_too_large]
ADA = PRINCIPALS["ada"]
OBJECT = "arn:aws:s3:::reports/x"


def written(policy: Bound) -> dict[str, Any]:
    document = json.loads(policy.compiled.document.text)
    if not isinstance(document["Statement"], list):
        document["Statement"] = [document["Statement"]]
    return document


def edited(policy: Bound, steps: tuple[Step, ...], layer: Layer) -> Bound | None:
    """The policy without the statements that the steps name; by hand, so that this and the product check each other."""
    named = [step.deny for step in steps if step.layer is layer and step.deny]
    document = written(policy)
    kept = [
        text
        for text, statement in zip(document["Statement"], policy.compiled.document.statements, strict=True)
        if not any(statement is each for each in named)
    ]
    return bound({**document, "Statement": kept}, policy.compiled.kind) if kept else None


def top(level: tuple[Bound, ...], step: Step) -> dict[str, Any]:
    """What stands above the added statement: it is read by the version of the policy that it is added to."""
    target = next((policy for policy in level if policy.source == step.source), None)
    if target is None:
        return {"Version": "2012-10-17"}
    return {name: value for name, value in written(target).items() if name != "Statement"}


def applied(policies: Policies, steps: tuple[Step, ...]) -> Policies:
    """Policies after somebody did what the steps say."""

    def after(level: tuple[Bound, ...], layer: Layer, kind: PolicyKind) -> tuple[Bound, ...]:
        kept = [changed for policy in level if (changed := edited(policy, steps, layer))]
        added = [step for step in steps if step.layer is layer and step.statement]
        return (*kept, *(bound({**top(level, step), "Statement": [step.statement]}, kind) for step in added))

    resource = Layer.TRUST if any(p.compiled.kind is PolicyKind.TRUST for p in policies.resource) else Layer.RESOURCE
    kind = PolicyKind.TRUST if resource is Layer.TRUST else PolicyKind.RESOURCE
    boundary = policies.boundary
    if boundary is not None:
        document = written(edited(boundary, steps, Layer.BOUNDARY) or bound(EMPTY, PolicyKind.BOUNDARY))
        added = [step.statement for step in steps if step.layer is Layer.BOUNDARY and step.statement]
        boundary = bound({**document, "Statement": [*document["Statement"], *added]}, PolicyKind.BOUNDARY)
    session = policies.session
    if session is not None or any(step.layer is Layer.SESSION for step in steps):
        session = after(session or (), Layer.SESSION, PolicyKind.SESSION)
    return replace(
        policies,
        identity=after(policies.identity, Layer.IDENTITY, PolicyKind.IDENTITY),
        boundary=boundary,
        session=session,
        scps=tuple(after(level, Layer.SCP, PolicyKind.SCP) for level in policies.scps),
        rcps=tuple(after(level, Layer.RCP, PolicyKind.RCP) for level in policies.rcps),
        resource=after(policies.resource, resource, kind),
    )


EMPTY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "NotAction": "*", "Resource": "*"}]}


def check(decision: Decision) -> None:
    """Every fix is enough, and there is one that changes policies."""
    request, found = decision.request, fixes(decision)
    for fix in found:
        if fix.circumstance:
            lowered = fix.circumstance.key.lower()
            facts = {key: value for key, value in request.context.items() if key.lower() != lowered}
            if fix.circumstance.value is not None:
                facts[fix.circumstance.key] = fix.circumstance.value
            assert authorize(replace(request, context=facts), decision.policies).allowed, fix
        else:
            assert authorize(request, applied(decision.policies, fix.steps)).allowed, fix
    assert [fix for fix in found if fix.steps], decision.outcome
    assert all(fix.circumstance for fix in found[:-1])


def check_all(scenario: dict[str, Any]) -> int:
    policies, denied = engine_policies(scenario["policies"]), 0
    for given_request in scenario["requests"]:
        decision = authorize(engine_request(given_request), policies)
        note(json.dumps({"policies": scenario["policies"], "request": given_request}))
        if decision.allowed:
            assert fixes(decision) == ()
        else:
            check(decision)
            denied += 1
    return denied


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=SUPPRESSED)
@given(scenario=scenarios())
def test_a_fix_is_enough(scenario: dict[str, Any]) -> None:
    check_all(scenario)


@pytest.mark.fuzz
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=SUPPRESSED)
@given(scenario=scenarios(asks=4, contexts=2))
def test_a_fix_is_enough_at_length(scenario: dict[str, Any]) -> None:
    check_all(scenario)


# --- what a person reads ----------------------------------------------------------------------------------------------


def decide(action: str = "s3:GetObject", resource: str = OBJECT, **more: Any) -> Decision:
    facts = more.pop("context", {})
    layers = {
        layer: tuple(bound({"Version": "2012-10-17", "Statement": [each]}) for each in given)
        for layer, given in more.items()
    }
    return authorize(Request(ADA, action, resource, facts), Policies(**layers))


def told(decision: Decision) -> list[str]:
    check(decision)
    return [fix.text for fix in fixes(decision)]


ATTACH = f"Add the statement to a policy of {ADA.arn}."
MFA = {"aws:MultiFactorAuthPresent": "true"}
CIRCUMSTANCES = {
    "no MFA": ({"Bool": MFA}, {}, "Sign in with MFA"),
    "MFA long ago": (
        {"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}},
        {"aws:MultiFactorAuthAge": "900"},
        "Sign in with MFA again",
    ),
    "MFA by its age": ({"Null": {"aws:MultiFactorAuthAge": "false"}}, {}, "Sign in with MFA again"),
    "plain HTTP": (
        {"Bool": {"aws:SecureTransport": "true"}},
        {"aws:SecureTransport": "false"},
        "Send the request over TLS",
    ),
    "from elsewhere": (
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"aws:SourceIp": "192.0.2.1"},
        "Send the request from `10.0.0.0/8`",
    ),
    "tag of the caller": (
        {"StringLike": {"aws:PrincipalTag/team": "red-*"}},
        {"aws:PrincipalTag/team": "blue"},
        "Set the caller's tag `team` to `red-*`",
    ),
    "tag of the resource": (
        {"StringEquals": {"aws:ResourceTag/open": "yes"}},
        {},
        "Set the resource's tag `open` to `yes`",
    ),
    "tag in the way": (
        {"StringNotEquals": {"aws:RequestTag/env": "prod"}},
        {"aws:RequestTag/env": "prod"},
        "Leave out the tag `env`",
    ),
    "no boundary named": (
        {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::1:policy/b"}},
        {},
        "Name `arn:aws:iam::1:policy/b` as the permissions boundary",
    ),
}


@pytest.mark.parametrize("name", CIRCUMSTANCES)
def test_circumstances_come_first(name: str) -> None:
    condition, facts, text = CIRCUMSTANCES[name]
    decision = decide(identity=[allow("s3:*", **condition)], context=facts)
    assert told(decision) == [f"{text}: no policy has to change.", ATTACH]


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::1:user/other"}},
        {"StringEquals": {"aws:PrincipalTag/team": "${aws:username}"}},
        {"DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}},
        {"Bool": MFA, "StringEquals": {"aws:PrincipalTag/team": "red"}},
    ],
    ids=["another principal", "a variable", "a date", "two conditions"],
)
def test_what_nobody_can_change_is_not_suggested(condition: dict[str, Any]) -> None:
    assert told(decide(identity=[allow("s3:*", **condition)])) == [ATTACH]


def test_a_circumstance_that_is_not_enough_is_not_suggested() -> None:
    decision = decide(identity=[allow("s3:*", Bool=MFA), deny("s3:GetObject") | {"Sid": "No"}])
    (text,) = told(decision)
    assert text.startswith("Statement `No` of a policy of ")


def test_a_deny_is_named_with_its_conditions_and_can_be_avoided() -> None:
    guarding = deny(BoolIfExists={"aws:MultiFactorAuthPresent": "false"}) | {"Sid": "NeedsMfa"}
    avoid, change = told(decide(identity=[allow(), guarding]))
    assert avoid == "Sign in with MFA: no policy has to change."
    assert "`NeedsMfa`" in change
    assert change.endswith("It applies only while its conditions hold: BoolIfExists aws:MultiFactorAuthPresent.")


def test_a_deny_without_a_name_is_named_by_its_place_and_an_allow_may_be_missing_too() -> None:
    first, second = fixes(decide(identity=[deny()]))[0].steps
    assert (first.deny and first.deny.index, second.layer) == (0, Layer.IDENTITY)
    assert "Statement number 1 of" in told(decide(identity=[deny()]))[0]


def test_the_statement_allows_this_and_nothing_else() -> None:
    starry = "arn:aws:s3:::reports/${a}*?"
    (fix,) = fixes(decide(resource=starry))
    (step,) = fix.steps
    assert step.statement == {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::reports/${$}{a}${*}${?}",
    }
    policies = Policies(identity=(bound({"Version": "2012-10-17", "Statement": [step.statement]}),))
    assert authorize(Request(ADA, "s3:GetObject", starry), policies).allowed
    for action, resource in (("s3:GetObject", "arn:aws:s3:::reports/${a}xy"), ("s3:PutObject", starry)):
        assert authorize(Request(ADA, action, resource), policies).outcome is Outcome.IMPLICIT_DENY


def test_every_layer_that_lacks_an_allow_gets_one() -> None:
    limit = bound({"Version": "2012-10-17", "Statement": [allow("sqs:*")]}, PolicyKind.BOUNDARY)
    decision = authorize(Request(ADA, "s3:GetObject", OBJECT), Policies(boundary=limit))
    (fix,) = fixes(decision)
    assert [step.layer for step in fix.steps] == [Layer.IDENTITY, Layer.BOUNDARY]
    assert fix.text == f"{ATTACH} Add the statement to the permissions boundary of {ADA.arn} `{limit.source.arn}`."


def test_an_allowed_request_needs_no_fix() -> None:
    assert fixes(decide(identity=[allow()])) == ()
