"""The engine against the reference: two evaluators of the same rules must give the same answers."""

import json
import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from policies.engine import Bound, Policies, PolicyKind, Principal, PrincipalType, Request, Source, authorize, compiled
from tests.engine.reference import Answer, decide
from tests.engine.strategies import scenarios


def bound(policy: dict[str, Any], *, kind: PolicyKind) -> Bound:
    return Bound(
        source=Source(id=policy["id"], type=kind.value), compiled=compiled(json.dumps(policy["document"]), kind)
    )


def all_bound(policies: list[dict[str, Any]], *, kind: PolicyKind) -> tuple[Bound, ...]:
    return tuple(bound(policy, kind=kind) for policy in policies)


def engine_policies(given: dict[str, Any]) -> Policies:
    resource = PolicyKind.TRUST if given["resource_is_trust"] else PolicyKind.RESOURCE
    return Policies(
        identity=all_bound(given["identity"], kind=PolicyKind.IDENTITY),
        boundary=bound(given["boundary"], kind=PolicyKind.BOUNDARY) if given["boundary"] else None,
        session=None if given["session"] is None else all_bound(given["session"], kind=PolicyKind.SESSION),
        scps=tuple(all_bound(level, kind=PolicyKind.SCP) for level in given["scps"]),
        rcps=tuple(all_bound(level, kind=PolicyKind.RCP) for level in given["rcps"]),
        resource=all_bound(given["resource"], kind=resource),
        resource_must_allow=given["resource_must_allow"],
    )


def engine_request(given: dict[str, Any]) -> Request:
    principal = Principal(**{**given["principal"], "type": PrincipalType(given["principal"]["type"])})
    return Request(**{**given, "principal": principal})


def engine_answer(request: dict[str, Any], policies: Policies) -> Answer:
    decision = authorize(engine_request(request), policies)
    decided = frozenset((matched.source.id, matched.sid) for matched in decision.statements)
    if decision.outcome == "EXPLICIT_DENY":
        layers = {matched.layer.value for matched in decision.statements}
        assert decision.denied_by in layers
    else:
        layers = {decision.denied_by.value} if decision.denied_by else set()
    return Answer(decision.outcome.value, frozenset(layers), decided)
