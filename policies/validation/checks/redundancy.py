"""What could be left out without changing what a policy means."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from policies.engine import values
from policies.validation.finding import Issue
from policies.validation.globs import covers, is_wild
from policies.validation.registry import each_condition, each_policy, each_statement
from policies.validation.resource_arns import FIELDS
from policies.validation.tree import Condition, Policy, Statement, Text

_SHOWN: Final = 3
# Comparing each with each is quadratic: only patterns can cover others, and no policy needs more of them.
_PATTERNS: Final = 64


@each_statement("REDUNDANT_ACTION", "REDUNDANT_RESOURCE")
def covered_items(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """No entry of a list lies within another entry of the same list."""
    for items, what, fold, cover in (
        (statement.actions, "action", str.lower, _covers_action),
        (statement.not_actions, "action", str.lower, _covers_action),
        (statement.resources, "resource", str, _covers_resource),
        (statement.not_resources, "resource", str, _covers_resource),
    ):
        redundant = list(_redundant(items, fold, cover))
        if redundant:
            shown = ", ".join(f"`{item.value}` (by `{by.value}`)" for item, by in redundant[:_SHOWN])
            message = f"{len(redundant)} {what}{'s are' if len(redundant) > 1 else ' is'} covered already: {shown}"
            yield Issue(f"REDUNDANT_{what.upper()}", redundant[0][0].path, message, "remove what is covered")


def _redundant(
    items: Sequence[Text], fold: Callable[[str], str], cover: Callable[[str, str], bool]
) -> Iterator[tuple[Text, Text]]:
    patterns = [item for item in items if is_wild(item.value)][:_PATTERNS]
    first: dict[str, Text] = {}
    for item in items:
        same = first.setdefault(fold(item.value), item)
        wider = next((other for other in patterns if _is_wider(other, item, cover)), None)
        if same is not item:
            yield item, same
        elif wider is not None:
            yield item, wider


def _is_wider(other: Text, item: Text, cover: Callable[[str, str], bool]) -> bool:
    return other.value.lower() != item.value.lower() and cover(other.value, item.value)


def _covers_action(wide: str, narrow: str) -> bool:
    return covers(wide.lower(), narrow.lower())


def _covers_resource(wide: str, narrow: str) -> bool:
    if wide == "*":
        return True
    if "${" in wide:
        return False
    wide_fields, narrow_fields = wide.split(":", FIELDS - 1), narrow.split(":", FIELDS - 1)
    return len(wide_fields) == len(narrow_fields) == FIELDS and all(map(covers, wide_fields, narrow_fields))


@each_policy("REDUNDANT_STATEMENT")
def same_statement(policy: Policy) -> Iterator[Issue]:
    """No two statements say the same."""
    seen: dict[str, int] = {}
    for statement in policy.statements:
        content = {name: _plain(value) for name, value in statement.written.items() if name != "Sid"}
        index = int(statement.path[-1])
        other = seen.setdefault(json.dumps(content, sort_keys=True), index)
        if other != index:
            message = f"the statement says the same as statement {other + 1}"
            yield Issue("REDUNDANT_STATEMENT", statement.path, message, "remove one of them")


def _plain(value: object) -> object:
    """The order of a list and the brackets of a single entry mean nothing."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return sorted(map(str, value)) if isinstance(value, list) else [str(value)]


@each_condition("REDUNDANT_CONDITION_VALUE_NUM")
def several_limits(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """Of several limits one decides."""
    if condition.family != "Numeric" or condition.base is None or len(condition.values) < 2:
        return
    found = [number for value in condition.values if (number := values.number(value.text)) is not None]
    decides = max if "LessThan" in condition.base.name else min if "GreaterThan" in condition.base.name else None
    if decides and found:
        message = f"of the values of `{condition.key}` only {decides(found)} decides"
        yield Issue("REDUNDANT_CONDITION_VALUE_NUM", condition.path, message, "remove the others")
