"""The reasons of a decision as data: ordered checks, and what one condition kept from matching."""

from __future__ import annotations

from typing import Any

from iamconsole.runtime.decisions.answers import GIVEN
from policies.engine import Check, CheckEffect, Decision, Layer, Source, Statement


def checks(decision: Decision) -> list[dict[str, Any]]:
    """What each kind of policy contributed, in AWS's order; kinds that no policy was of are left out."""
    crossing = decision.request.crosses_accounts
    return [_check(check, crossing) for check in decision.checks() if check.effect is not CheckEffect.NO_IMPACT]


def near_misses(decision: Decision) -> list[dict[str, Any]]:
    """The allows that one condition kept from matching a denied request: what was wanted, what was there."""
    if decision.allowed:
        return []
    return [
        _matched(missed.layer, missed.source, missed.statement)
        | {"operator": missed.operator, "key": missed.key, "wanted": missed.wanted, "found": missed.found}
        for missed in decision.near_misses()
        if not _is_foreign(missed.source, decision.request.crosses_accounts)
    ]


def _check(check: Check, crossing: bool) -> dict[str, Any]:
    matched = [found for found in check.matched if not _is_foreign(found.source, crossing)]
    return {
        "type": check.type.value,
        "result": check.effect.value,
        "matched": [_matched(found.layer, found.source, found.statement) for found in matched],
    }


def _is_foreign(source: Source, crossing: bool) -> bool:
    """Whether a policy is the other account's: it counts, but is not shown."""
    return crossing and source.type == "resource" and source.id != GIVEN


def _matched(layer: Layer, source: Source, statement: Statement) -> dict[str, Any]:
    return {
        "sid": statement.sid or "",
        "statement": statement.index,
        "effect": statement.effect.value,
        "layer": layer.value,
        "policy": {
            "id": source.id,
            "type": source.type,
            "name": source.name,
            "arn": source.arn,
            "version": source.version,
        },
    }
