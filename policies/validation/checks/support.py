"""Condition keys that the actions of a statement do not know."""

from collections.abc import Iterable, Iterator
from typing import Final

from policies import catalog
from policies.catalog import Action
from policies.validation.finding import Issue
from policies.validation.globs import is_wild
from policies.validation.registry import each_condition
from policies.validation.tree import Condition, Policy, Statement

# Each key is compared with each action: nobody lists more by name under a condition on one of their keys.
_LOOKED_AT: Final = 128
_TAG_KEYS: Final = {
    "aws:resourcetag/": "aws:resourcetag/${tagkey}",
    "aws:requesttag/": "aws:requesttag/${tagkey}",
    "aws:tagkeys": "aws:tagkeys",
}


@each_condition(
    "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
)
def tags(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """Services that know no tags do not see conditions on them."""
    key = next((full for start, full in _TAG_KEYS.items() if condition.name.startswith(start)), None)
    if key is None or statement.effect is None:
        return
    effect = statement.effect.upper()
    if statement.not_actions:
        code = f"{effect}_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
        message = f"some of the actions that `NotAction` leaves do not know `{condition.key}`"
        yield Issue(code, condition.path, message, "list actions in `Action`", of_key=True)
        return
    without = _services_without(key, tuple(sorted({_prefix(item.value) for item in statement.actions})))
    if without:
        code = f"{effect}_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
        message = f"services that do not know `{condition.key}`: {', '.join(without)}"
        help = "move their actions to a statement without this key"
        yield Issue(code, condition.path, message, help, of_key=True)


def _prefix(action: str) -> str:
    return action.partition(":")[0].lower()


@catalog.cached(1_024)
def _services_without(key: str, prefixes: tuple[str, ...]) -> list[str]:
    return [
        prefix
        for prefix in prefixes
        if (service := catalog.service(prefix)) is not None and key not in service.condition_keys
    ]


@each_condition("UNSUPPORTED_ACTION_FOR_CONDITION_KEY")
def actions_for_key(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """A key of a service, under an operator that wants it to be there, is known to each action of that service."""
    qualified, known = condition.qualified, catalog.condition_key(condition.key)
    if not statement.allows or qualified is None or known is None or condition.family == "Null":
        return
    if (
        qualified.if_exists
        or qualified.base.negated
        or qualified.quantifier
        or known.name.lower() in catalog.GLOBAL_KEYS
    ):
        return
    vendor = catalog.vendor(condition.name)
    named = dict.fromkeys(item.value for item in statement.actions[:_LOOKED_AT] if not is_wild(item.value))
    without = [name for name in named if _prefix(name) == vendor and not _knows(name, known.name)]
    if without:
        message = f"`{condition.key}` is always absent for {', '.join(without)}, so the statement never allows it"
        code, help = "UNSUPPORTED_ACTION_FOR_CONDITION_KEY", "move it to a statement without this key"
        yield Issue(code, condition.path, message, help, of_key=True)


def _knows(name: str, key: str) -> bool:
    action = catalog.action(name)
    # `ResourceTag/${TagKey}` has several spellings after the slash.
    stem, templated, _ = key.partition("${")
    return action is None or any(known == key or (templated and known.startswith(stem)) for known in _keys(action))


def _keys(action: Action) -> Iterable[str]:
    yield from action.condition_keys
    service = catalog.service(action.service)
    for resource in action.resource_types:
        yield from resource.condition_keys
        kind = service.resource_types.get(resource.name.lower()) if service else None
        yield from kind.condition_keys if kind else ()
