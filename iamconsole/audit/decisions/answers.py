"""A kept denial in the shapes of its answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from iamconsole.audit.decisions import shapes
from iamconsole.audit.decisions.queries import Kept

ELEMENTS = ("Effect", "Principal", "Action", "Resource")  # of a statement that a fix adds


def details(kept: Kept) -> shapes.GetRequestAuthorizationDetailsResult:
    """As iam-toolbox tells it."""
    return shapes.GetRequestAuthorizationDetailsResult(
        request_context=kept.body["requestContext"],
        evaluations=[_evaluation(each) for each in kept.body["evaluations"]],
        policies=[
            shapes.PolicyInfo(
                type=each["type"],
                inline=each["inline"],
                uri=each["uri"],
                attached_to=[shapes.AttachedTo(**holder) for holder in each["attachedTo"]],
            )
            for each in kept.body["policies"]
        ],
    )


def _evaluation(said: Mapping[str, Any]) -> shapes.Evaluation:
    checks = [_check(each) for each in said["checks"]] if "checks" in said else None
    return shapes.Evaluation(
        action=said["action"],
        resource=said["resource"],
        context=said["context"],
        evaluated_effect=said["evaluatedEffect"],
        matched_policies=[policy for check in checks or () for policy in check.matched_policies],
        checks=checks,
    )


def _check(said: Mapping[str, Any]) -> shapes.Check:
    return shapes.Check(
        check_type=said["checkType"],
        evaluated_effect=said["evaluatedEffect"],
        relevant_policy_types=said["relevantPolicyTypes"],
        matched_policies=[
            shapes.MatchedPolicy(
                uri=policy["uri"],
                matched_statements=[
                    shapes.MatchedStatement(sid=each["sid"], evaluated_effect=each["evaluatedEffect"])
                    for each in policy["matchedStatements"]
                ],
            )
            for policy in said["matchedPolicies"]
        ],
    )


def explanation(kept: Kept, texts: Mapping[str, str], holders: Mapping[str, str]) -> shapes.ExplainDenialResult:
    """As we tell it; `texts` are the documents of its policies by URI, `holders` the owners of its inline ones."""
    denied = kept.denied
    return shapes.ExplainDenialResult(
        authorization_id=kept.authorization_id,
        time=kept.time,
        principal=kept.body["principal"]["arn"],
        action=denied["action"],
        resource=denied["resource"],
        evaluated_effect=denied["evaluatedEffect"],
        context=_entries(kept.context),
        checks=checks(denied),
        near_misses=near_misses(denied),
        fixes=fixes(kept.body),
        policies=policies(kept.body, texts, holders),
    )


def checks(evaluation: Mapping[str, Any]) -> list[shapes.DenialCheck]:
    """The ordered checks of one evaluation."""
    return [_denial_check(each) for each in evaluation.get("checks", ())]


def near_misses(evaluation: Mapping[str, Any]) -> list[shapes.DenialNearMiss]:
    """What one condition alone kept from matching."""
    return [_near_miss(each) for each in evaluation.get("nearMisses", ())]


def fixes(body: Mapping[str, Any]) -> list[shapes.DenialFix]:
    """The ways out, the smallest first."""
    return [_fix(each) for each in body["fixes"]]


def policies(
    body: Mapping[str, Any], texts: Mapping[str, str], holders: Mapping[str, str]
) -> list[shapes.DenialPolicy]:
    """The policies that were asked, with their texts and owners by URI."""
    return [
        shapes.DenialPolicy(
            type=each["type"],
            uri=each["uri"],
            name=each["name"],
            version=each["version"] or None,
            holder=holders.get(each["uri"]),
            policy_document=texts[each["uri"]],
        )
        for each in body["policies"]
    ]


def _denial_check(said: Mapping[str, Any]) -> shapes.DenialCheck:
    return shapes.DenialCheck(
        check_type=said["checkType"],
        evaluated_effect=said["evaluatedEffect"],
        statements=[
            shapes.DenialStatement(
                policy_uri=policy["uri"], sid=each["sid"], index=each["index"], effect=each["evaluatedEffect"]
            )
            for policy in said["matchedPolicies"]
            for each in policy["matchedStatements"]
        ],
    )


def _near_miss(said: Mapping[str, Any]) -> shapes.DenialNearMiss:
    return shapes.DenialNearMiss(
        policy_type=said["policyType"],
        policy_uri=said["policyUri"],
        sid=said["sid"],
        effect=said["effect"],
        key=said["key"],
        operator=said["operator"],
        wanted=said["wanted"],
        found=None if said["found"] is None else values(said["found"]),
    )


def _fix(said: Mapping[str, Any]) -> shapes.DenialFix:
    return shapes.DenialFix(
        text=said["text"],
        needs_policy_change=said["needsPolicyChange"],
        context=_entries(said["context"]),
        steps=[
            shapes.DenialFixStep(
                text=step["text"],
                policy_type=step["policyType"],
                policy_uri=step.get("policyUri"),
                sid=step.get("sid"),
                policy_document=_written(step["document"]) if "document" in step else None,
            )
            for step in said["steps"]
        ],
    )


def _written(document: Mapping[str, Any]) -> str:
    """A policy as people write it; records sort their keys."""
    statements = [{name: each[name] for name in ELEMENTS if name in each} for each in document["Statement"]]
    return json.dumps({"Version": document["Version"], "Statement": statements})


def _entries(context: Mapping[str, Any]) -> list[shapes.DenialContextEntry]:
    return [shapes.DenialContextEntry(key=key, values=values(value)) for key, value in sorted(context.items())]


def values(value: Any) -> list[str]:
    """The values of a context key, one or several, none where it must be absent."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
