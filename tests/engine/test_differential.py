"""The engine against the reference: two evaluators of the same rules must give the same answers."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from policies.engine import Bound, Policies, PolicyKind, Principal, PrincipalType, Request, Source, authorize, compiled
from tests.engine.pools import OPERATORS, PRINCIPALS
from tests.engine.reference import Answer, decide
from tests.engine.reference_matching import as_list
from tests.engine.strategies import scenarios

ASKS = CONTEXTS = 8  # a policy set costs as much to draw as a hundred requests to decide
EXAMPLES = int(os.environ.get("FUZZ_PAIRS", "100000")) // (ASKS * CONTEXTS)
FOUND = Path(__file__).parent / "found"  # what they once disagreed about
SUPPRESSED = [HealthCheck.too_slow, HealthCheck.data_too_large]
LAYERS = ("rcp", "scp", "resource", "trust", "identity", "boundary", "session")
EXPECTED = {
    *(f"operator {name}" for name in OPERATORS),
    *(f"modifier {name}" for name in ("IfExists", "ForAllValues", "ForAnyValue")),
    *(f"modifiers {name} IfExists" for name in ("ForAllValues", "ForAnyValue")),
    *(f"element {name}" for name in ("NotAction", "NotResource", "NotPrincipal", "Condition")),
    *(f"{what} {layer}" for what in ("denied by", "not allowed by") for layer in LAYERS),
    *(f"allowed {principal['type']}" for principal in PRINCIPALS),
}


def bound(policy: dict[str, Any], *, kind: PolicyKind) -> Bound:
    return Bound(source=Source(id=policy["id"], type=kind), compiled=compiled(json.dumps(policy["document"]), kind))


def all_bound(policies: list[dict[str, Any]], *, kind: PolicyKind) -> tuple[Bound, ...]:
    return tuple(bound(policy, kind=kind) for policy in policies)


def engine_policies(given: dict[str, Any]) -> Policies:
    return Policies(
        identity=all_bound(given["identity"], kind=PolicyKind.IDENTITY),
        boundary=bound(given["boundary"], kind=PolicyKind.BOUNDARY) if given["boundary"] else None,
        session=None if given["session"] is None else all_bound(given["session"], kind=PolicyKind.SESSION),
        scps=tuple(all_bound(level, kind=PolicyKind.SCP) for level in given["scps"]),
        rcps=tuple(all_bound(level, kind=PolicyKind.RCP) for level in given["rcps"]),
        resource=all_bound(
            given["resource"], kind=PolicyKind.TRUST if given["resource_is_trust"] else PolicyKind.RESOURCE
        ),
        resource_must_allow=given["resource_must_allow"],
    )


def engine_answer(request: dict[str, Any], policies: Policies) -> Answer:
    principal = Principal(**{**request["principal"], "type": PrincipalType(request["principal"]["type"])})
    decision = authorize(Request(**{**request, "principal": principal}), policies)
    layers = {decision.denied_by.value} if decision.denied_by else set()
    if decision.outcome == "EXPLICIT_DENY":
        denying = {matched.layer.value for matched in decision.statements}
        assert layers <= denying
        layers = denying
    statements = frozenset((matched.source.id, str(matched.sid)) for matched in decision.statements)
    return Answer(decision.outcome.value, frozenset(layers), statements)


def agreed(scenario: dict[str, Any]) -> list[Answer]:
    """The answers, of the engine and the reference alike."""
    policies = engine_policies(scenario["policies"])
    answers = []
    for request in scenario["requests"]:
        answers.append(expected := decide(request, scenario["policies"]))
        if (actual := engine_answer(request, policies)) != expected:
            # Hypothesis ends with the smallest that it found, so that is what stays in the file.
            case = {"policies": scenario["policies"], "requests": [request]}
            (FOUND / "new.json").write_text(json.dumps(case, indent=1) + "\n")
        assert actual == expected, f"kept in {FOUND / 'new.json'}: give it a name that tells the rule"
    return answers


def deciding(policies: dict[str, Any], answer: Answer) -> Iterator[dict[str, Any]]:
    """The statements that an answer names."""
    lists = [
        *policies["scps"],
        *policies["rcps"],
        policies["identity"],
        policies["resource"],
        policies["session"] or [],
    ]
    for policy in [*(policy for each in lists for policy in each), policies["boundary"]]:
        for statement in as_list(policy["document"]["Statement"]) if policy else []:
            if (policy["id"], statement["Sid"]) in answer.statements:
                yield statement


def features(scenario: dict[str, Any], answer: Answer) -> Iterator[str]:
    """What an answer has put to the test."""
    yield f"outcome {answer.outcome}"
    if answer.outcome == "ALLOW":
        yield f"allowed {scenario['requests'][0]['principal']['type']}"
    what = "denied by" if answer.outcome == "EXPLICIT_DENY" else "not allowed by"
    yield from (f"{what} {layer}" for layer in answer.layers)
    for statement in deciding(scenario["policies"], answer):
        yield from (f"element {name}" for name in statement)
        for operator in statement.get("Condition", ()):
            *prefix, name = operator.split(":")
            modifiers = prefix + ["IfExists"] * name.endswith("IfExists")
            yield f"operator {name.removesuffix('IfExists')}"
            if modifiers:
                yield f"modifier{'s' * (len(modifiers) > 1)} {' '.join(modifiers)}"


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=SUPPRESSED)
@given(scenario=scenarios())
def test_engine_and_reference_agree(scenario: dict[str, Any]) -> None:
    agreed(scenario)


@pytest.mark.parametrize("name", sorted(path.stem for path in FOUND.glob("*.json")))
def test_what_they_once_disagreed_about(name: str) -> None:
    agreed(json.loads((FOUND / f"{name}.json").read_text()))


@pytest.mark.fuzz
def test_engine_and_reference_agree_at_length() -> None:
    """Shows what was covered (`make fuzz ARGS=-rP`), and fails where a rule never decided anything."""
    covered: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=SUPPRESSED)
    @given(scenario=scenarios(asks=ASKS, contexts=CONTEXTS))
    def run(scenario: dict[str, Any]) -> None:
        for answer in agreed(scenario):
            covered.update(features(scenario, answer))

    run()
    print(f"{sum(count for feature, count in covered.items() if feature.startswith('outcome ')):>9}  pairs")
    print("\n".join(f"{count:>9}  {feature}" for feature, count in sorted(covered.items())))
    assert not EXPECTED - set(covered)
