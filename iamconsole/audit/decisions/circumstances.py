"""What a caller can change without touching a policy: sign in with MFA, come from elsewhere, set a tag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from iamconsole.audit.decisions.denial import is_foreign
from policies.engine import Condition, Context, Decision, Outcome, Request, authorize
from policies.engine.context import Value
from policies.engine.operators import NULL, qualified

ANY = "any value"
# Key, or its part before a tag's name: what to do to give it a value, and to take it away.
WAYS = {
    "aws:multifactorauthpresent": ("sign in with MFA", "sign in without MFA"),
    "aws:multifactorauthage": ("sign in with MFA again", ""),
    "aws:securetransport": ("send the request over TLS", ""),
    "aws:sourceip": ("send the request from {value}", ""),
    "aws:principaltag/": ("set the caller's tag `{tag}` to {value}", "remove the caller's tag `{tag}`"),
    "aws:resourcetag/": ("set the resource's tag `{tag}` to {value}", "remove the resource's tag `{tag}`"),
    "iam:resourcetag/": ("set the resource's tag `{tag}` to {value}", "remove the resource's tag `{tag}`"),
    "aws:requesttag/": ("send the tag `{tag}` with {value}", "leave out the tag `{tag}`"),
    "iam:permissionsboundary": ("name {value} as the permissions boundary", "name no permissions boundary"),
    "sts:externalid": ("send {value} as the external id", "send no external id"),
}


@dataclass(frozen=True, slots=True)
class Circumstance:
    """A context key and the value, None for absent, with which the request would have been allowed."""

    key: str
    value: Value
    text: str


def circumstances(decision: Decision) -> tuple[Circumstance, ...]:
    """Every single change of the request or its surroundings that is enough, each tried on the engine."""
    found: dict[tuple[str, Value], Circumstance] = {}
    for condition, should_hold in _in_the_way(decision):
        for value, shown in _values(condition, should_hold=should_hold):
            text = _text(condition.key, value, shown)
            if text and _is_enough(decision, condition.key, value):
                found.setdefault((condition.key.lower(), value), Circumstance(condition.key, value, text))
    return tuple(found.values())


def _in_the_way(decision: Decision) -> Iterator[tuple[Condition, bool]]:
    """Conditions of denying statements, which should not have held; those that alone kept an Allow from matching."""
    if decision.outcome is Outcome.EXPLICIT_DENY:
        for found in decision.statements:
            if not is_foreign(decision.request, found.layer):
                yield from ((condition, False) for condition in found.statement.conditions)
    for miss in decision.near_misses():
        if not is_foreign(decision.request, miss.layer):
            yield Condition(miss.operator, miss.key, miss.wanted), True


def _is_enough(decision: Decision, key: str, value: Value) -> bool:
    request = decision.request
    facts = {name: given for name, given in request.context.items() if name.lower() != key.lower()}
    if value is not None:
        facts[key] = value
    changed = Request(request.principal, request.action, request.resource, Context(facts), request.resource_account)
    return authorize(changed, decision.policies).allowed


def _values(condition: Condition, *, should_hold: bool) -> Iterator[tuple[Value, str]]:
    """Values that make the condition hold, or fail, each with how to show it."""
    operator = qualified(condition.operator)
    assert operator, "the engine compiled it"
    name = operator.base.name
    if name == NULL:
        absent = ("true" in map(str.lower, condition.values)) is should_hold
        present = "0" if condition.key.lower() == "aws:multifactorauthage" else ANY
        yield (None, "") if absent else (present, ANY)
        return
    if should_hold is operator.base.negated and name != "Bool":
        yield None, ""
        return
    for value in condition.values:
        example = _example(name, value, equal=should_hold is not operator.base.negated)
        if example is not None:
            yield (example if operator.quantifier is None else (example,)), f"`{value}`"


def _example(operator: str, value: str, *, equal: bool) -> str | None:
    """A value that matches what a condition wants; None where that cannot be told, or not be had for the asking."""
    if "${" in value or operator.startswith("Date"):
        return None
    if operator == "Bool":
        return value.lower() if equal else {"true": "false", "false": "true"}.get(value.lower())
    if operator.endswith("IpAddress"):
        return value.partition("/")[0]
    if operator.startswith("Numeric"):
        return _number(operator, value)
    return value.replace("*", "x").replace("?", "x") if "Like" in operator or "Arn" in operator else value


def _number(operator: str, value: str) -> str | None:
    offset = {"NumericLessThan": -1, "NumericGreaterThan": 1}.get(operator, 0)
    try:
        return str(Decimal(value) + offset) if offset else value
    except InvalidOperation:
        return None


def _text(key: str, value: Value, shown: str) -> str:
    """What to do, in words; empty for keys that are not the caller's to change."""
    prefix, slash, tag = key.partition("/")
    way = WAYS.get(prefix.lower() + slash)
    if way is None:
        return ""
    if prefix.lower() == "aws:multifactorauthpresent":
        return way[value != "true"]
    if prefix.lower() == "aws:securetransport" and value != "true":
        return ""
    return way[value is None].format(tag=tag, value=shown)
