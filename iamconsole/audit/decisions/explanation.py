"""A denial as the JSON that is kept: the request, every evaluation with its checks, near misses, fixes and policies.

Policies are listed with the digests of their texts; the texts themselves are stored beside, once each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import structlog

from iamconsole.audit.decisions import amending
from iamconsole.audit.decisions.denial import Denial, is_foreign
from iamconsole.audit.decisions.fixes import Fix, fixes, text_of
from policies.engine import (
    Bound,
    Check,
    CheckEffect,
    CheckType,
    Decision,
    EngineFault,
    Layer,
    Matched,
    NearMiss,
    Request,
    Source,
)

logger = structlog.get_logger(__name__)

EVALUATIONS = 25
"""So many of a request's evaluations are kept, the denial among them; one that failed is the last."""
POLICY_TYPES = {
    Layer.RCP: "RESOURCE_CONTROL_POLICY",
    Layer.SCP: "SERVICE_CONTROL_POLICY",
    Layer.RESOURCE: "RESOURCE_BASED_POLICY",
    Layer.TRUST: "RESOURCE_BASED_POLICY",
    Layer.IDENTITY: "IDENTITY_BASED_POLICY",
    Layer.BOUNDARY: "PERMISSIONS_BOUNDARY",
    Layer.SESSION: "SESSION_POLICY",
}
CHECKED_TYPES = {
    CheckType.RCP: "RESOURCE_CONTROL_POLICY",
    CheckType.SCP: "SERVICE_CONTROL_POLICY",
    CheckType.RESOURCE: "RESOURCE_BASED_POLICY",
    CheckType.PRINCIPAL: "IDENTITY_BASED_POLICY",
    CheckType.PERMISSIONS_BOUNDARY: "PERMISSIONS_BOUNDARY",
    CheckType.SESSION: "SESSION_POLICY",
}
OF_THE_PRINCIPAL = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)


def explained(denial: Denial) -> dict[str, Any]:
    """The record's body."""
    kept = denial.decisions[-EVALUATIONS:]
    principal = denial.decisive.request.principal
    return {
        "principal": {"arn": principal.arn, "id": principal.id, "uniqueId": principal.unique_id},
        "requestContext": dict(denial.shared),
        "evaluations": [_evaluation(decision, denial) for decision in kept],
        "policies": _policies(kept),
        "fixes": [_fix(fix, denial.decisive) for fix in fixes(denial.decisive)],
    }


def bounds(decision: Decision) -> Iterator[tuple[Layer, Bound]]:
    """Every policy of the caller's account that was asked."""
    for layer, level in decision.policies.layers():
        if not is_foreign(decision.request, layer):
            yield from ((layer, bound) for bound in level)


def uri_of(source: Source) -> str:
    """What names a policy within its record: the ARN, or the owner's id and the name of an inline one."""
    return source.arn or source.id or source.type


def sid_of(sid: str | None, index: int) -> str:
    """A statement without a Sid is named by its place."""
    return sid or f"Statement{index + 1}"


def _evaluation(decision: Decision, denial: Denial) -> dict[str, Any]:
    request = decision.request
    context = {key: value for key, value in request.context.items() if denial.shared.get(key) != value}
    evaluation = {
        "action": request.action,
        "resource": request.resource,
        "context": context,
        "evaluatedEffect": decision.outcome.value,
    }
    try:
        return evaluation | {
            "checks": [_check(check, request) for check in decision.checks() if _applies(check, decision)],
            "nearMisses": [near_miss(miss) for miss in decision.near_misses() if not is_foreign(request, miss.layer)],
        }
    except EngineFault as fault:
        # The decision stands; looking at statements that it did not need met one that cannot be judged.
        logger.warning("denial cannot be explained in full", action=request.action, why=str(fault))
        return evaluation


def _applies(check: Check, decision: Decision) -> bool:
    """Checks of the principal are shown where he is subject to them, the others where they contributed."""
    policies, principal = decision.policies, decision.request.principal
    subject = {
        CheckType.PRINCIPAL: principal.has_identity_policies,
        CheckType.PERMISSIONS_BOUNDARY: policies.boundary is not None,
        CheckType.SESSION: policies.session is not None,
    }
    return subject.get(check.type, False) or check.effect is not CheckEffect.NO_IMPACT


def _check(check: Check, request: Request) -> dict[str, Any]:
    by_policy: dict[str, list[dict[str, Any]]] = {}
    for found in check.matched:
        if is_foreign(request, found.layer):
            continue
        by_policy.setdefault(uri_of(found.source), []).append(_statement(found))
    return {
        "checkType": check.type.value,
        "evaluatedEffect": check.effect.value,
        "relevantPolicyTypes": [CHECKED_TYPES[check.type]],
        "matchedPolicies": [{"uri": uri, "matchedStatements": found} for uri, found in by_policy.items()],
    }


def _statement(found: Matched) -> dict[str, Any]:
    return {
        "sid": sid_of(found.sid, found.index),
        "evaluatedEffect": found.effect.value.upper(),
        "index": found.index,
    }


def near_miss(miss: NearMiss) -> dict[str, Any]:
    """A statement that one condition kept from matching."""
    return {
        "policyUri": uri_of(miss.source),
        "policyType": POLICY_TYPES[miss.layer],
        "sid": sid_of(miss.statement.sid, miss.statement.index),
        "effect": miss.statement.effect.value.upper(),
        "key": miss.key,
        "operator": miss.operator,
        "wanted": list(miss.wanted),
        "found": miss.found,
    }


def _policies(decisions: tuple[Decision, ...]) -> list[dict[str, Any]]:
    listed: dict[tuple[str, str], dict[str, Any]] = {}
    for decision in decisions:
        for layer, bound in bounds(decision):
            key = (POLICY_TYPES[layer], uri_of(bound.source))
            listed.setdefault(key, _policy(layer, bound, decision.request))
    return list(listed.values())


def _policy(layer: Layer, bound: Bound, request: Request) -> dict[str, Any]:
    principal, source = request.principal, bound.source
    holder = principal.role_arn or principal.arn if layer in OF_THE_PRINCIPAL else request.resource
    is_named = layer not in (Layer.SCP, Layer.RCP) and holder.startswith("arn:")
    return {
        "type": POLICY_TYPES[layer],
        "inline": not source.arn,
        "uri": uri_of(source),
        "attachedTo": [{"arn": holder}] if is_named else [],
        "kind": bound.compiled.kind.value,
        "source": source.type,
        "name": source.name,
        "version": source.version,
        "digest": bound.compiled.digest,
    }


def _fix(fix: Fix, decision: Decision) -> dict[str, Any]:
    changed = fix.circumstance
    return {
        "text": fix.text,
        "needsPolicyChange": changed is None,
        "context": {changed.key: changed.value} if changed else {},
        "steps": [_step(step, decision) for step in fix.steps],
    }


def _step(step: amending.Step, decision: Decision) -> dict[str, Any]:
    is_ours = not is_foreign(decision.request, step.layer)
    said: Mapping[str, Any] = {
        "policyType": POLICY_TYPES[step.layer],
        "policyUri": uri_of(step.source) if step.source and is_ours else None,
        "text": text_of(step, decision),
        "sid": sid_of(step.deny.sid, step.deny.index) if step.deny and is_ours else None,
        "statement": step.statement,
        "document": amending.document(step.statement) if step.statement else None,
    }
    return {name: value for name, value in said.items() if value is not None}
