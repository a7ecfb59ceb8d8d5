"""Whatever the policies: what the simulator answers is what the engine decides."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.engine import Bound, Policies, PolicyKind, Principal, PrincipalType, Request, Source, authorize, compiled
from tests.engine import pools
from tests.engine.strategies import CONTEXTS, documents
from tests.support.tenants import Tenant

ANN = f"arn:aws:iam::{pools.HERE}:user/ann"
SESSION = f"arn:aws:sts::{pools.HERE}:assumed-role/app/one"
FAY = f"arn:aws:sts::{pools.HERE}:federated-user/fay"
ACCOUNT = {"aws:PrincipalAccount": pools.HERE, "aws:PrincipalIsAWSService": "false"}

# The ARN of a caller → who that is to the engine, and the condition keys that follow.
CALLERS: dict[str, tuple[Principal, dict[str, str]]] = {
    ANN: (
        Principal(PrincipalType.USER, pools.HERE, ANN, ""),
        ACCOUNT | {"aws:PrincipalType": "User", "aws:PrincipalArn": ANN, "aws:username": "ann"},
    ),
    SESSION: (
        Principal(PrincipalType.ROLE_SESSION, pools.HERE, SESSION, "", role_arn=pools.ROLE),
        ACCOUNT | {"aws:PrincipalType": "AssumedRole", "aws:PrincipalArn": pools.ROLE},
    ),
    FAY: (
        Principal(PrincipalType.FEDERATED_USER, pools.HERE, FAY, f"{pools.HERE}:fay"),
        ACCOUNT | {"aws:PrincipalType": "FederatedUser", "aws:PrincipalArn": FAY, "aws:userid": f"{pools.HERE}:fay"},
    ),
}
VERDICTS = {"ALLOW": "allowed", "EXPLICIT_DENY": "explicitDeny", "IMPLICIT_DENY": "implicitDeny"}


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    """A caller, texts of policies, one action, one resource, a context; half of them about trust."""
    caller = draw(st.sampled_from(list(CALLERS)))
    trust = draw(st.booleans())
    named = {
        "account": pools.HERE,
        "arn": caller,
        "id": "",
        "unique_id": "",
        "role_arn": pools.ROLE,
        "issuer_arn": None,
    }

    def some(kind: str, most: int) -> list[str]:
        return [json.dumps(one) for one in draw(st.lists(documents(kind, named), max_size=most))]

    return {
        "caller": caller,
        "action": draw(st.sampled_from(pools.TRUST_ACTIONS if trust else pools.ACTIONS)),
        "resource": pools.ROLE if trust else draw(st.sampled_from(pools.RESOURCES)),
        "owner": draw(st.sampled_from([None, pools.HERE, pools.THERE])),
        "context": {key: value for key, value in draw(CONTEXTS).items() if value is not None},
        "identity": some("identity", 2),
        "boundary": some("boundary", 1),
        "levels": [some("scp", 2) for _ in range(draw(st.sampled_from([0, 0, 1, 2])))],
        "resource_policy": some("trust" if trust else "resource", 1),
        "trust": trust,
    }


def decided(asked: dict[str, Any]) -> str:
    """What the engine says, asked without the simulator."""

    def bound(text: str, kind: PolicyKind) -> Bound:
        return Bound(Source(id=kind.value, type=kind.value), compiled(text, kind))

    principal, facts = CALLERS[asked["caller"]]
    told = {key.lower() for key in asked["context"]}
    context = {key: value for key, value in facts.items() if key.lower() not in told} | asked["context"]
    named = asked["resource"].split(":")[4] if asked["resource"] != "*" else ""
    owner = (named or asked["owner"]) if asked["resource_policy"] or asked["owner"] else None
    kind = PolicyKind.TRUST if asked["trust"] else PolicyKind.RESOURCE
    decision = authorize(
        Request(principal, asked["action"], asked["resource"], context, owner),
        Policies(
            identity=tuple(bound(text, PolicyKind.IDENTITY) for text in asked["identity"]),
            boundary=next((bound(text, PolicyKind.BOUNDARY) for text in asked["boundary"]), None),
            scps=tuple(tuple(bound(text, PolicyKind.SCP) for text in level) for level in asked["levels"]),
            resource=tuple(bound(text, kind) for text in asked["resource_policy"]),
            resource_must_allow=asked["trust"] and bool(asked["resource_policy"]),
        ),
    )
    return VERDICTS[decision.outcome.value]


def entry(key: str, value: Any) -> dict[str, Any]:
    values = value if isinstance(value, list) else [value]
    return {
        "context_key_name": key,
        "context_key_values": [str(each).lower() if isinstance(each, bool) else str(each) for each in values],
        "context_key_type": "stringList" if isinstance(value, list) else "string",
    }


def simulated(tenant: Tenant, asked: dict[str, Any]) -> str:
    answer = tenant.run(
        "iam:SimulateCustomPolicy",
        policy_input_list=asked["identity"],
        permissions_boundary_policy_input_list=asked["boundary"],
        ordered_organization_policy_input_list=[
            {"service_control_policy_input_list": level} for level in asked["levels"]
        ],
        action_names=[asked["action"]],
        resource_arns=[asked["resource"]],
        resource_policy=next(iter(asked["resource_policy"]), None),
        resource_owner=asked["owner"],
        caller_arn=asked["caller"],
        context_entries=[entry(key, value) for key, value in asked["context"].items()],
    )
    decision: str = answer.evaluation_results[0].eval_decision
    return decision


def test_the_simulator_answers_what_the_engine_decides(tenant: Tenant) -> None:
    answers = set()

    @given(questions())
    @settings(max_examples=150, deadline=None)
    def same(asked: dict[str, Any]) -> None:
        answer = simulated(tenant, asked)
        answers.add(answer)
        assert answer == decided(asked)

    same()
    assert answers == set(VERDICTS.values())
