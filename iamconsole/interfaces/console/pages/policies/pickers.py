"""What a statement's form offers, out of the catalogue: actions by access level, resource types, keys, operators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.policies.visual import Part, places_of
from policies import catalog
from policies.catalog import AccessLevel, Action, Service, ValueType
from policies.composing import Fields
from policies.engine.operators import OPERATORS, qualified

LEVELS: Final = {
    AccessLevel.LIST: _("List"),
    AccessLevel.READ: _("Read"),
    AccessLevel.WRITE: _("Write"),
    AccessLevel.PERMISSIONS: _("Permissions management"),
    AccessLevel.TAGGING: _("Tagging"),
}
FAMILIES: Final = {
    ValueType.STRING: "String",
    ValueType.ARN: "Arn",
    ValueType.BOOL: "Bool",
    ValueType.NUMERIC: "Numeric",
    ValueType.DATE: "Date",
    ValueType.IP_ADDRESS: "IpAddress",
    ValueType.BINARY: "Binary",
}
SETS: Final = ("ForAnyValue", "ForAllValues")


def offered(part: Part, number: int, *, with_principals: bool, with_resources: bool) -> dict[str, Any]:
    """A statement and everything that can be chosen in it (templates/console/_statement.html)."""
    shown: dict[str, Any] = {
        "number": number,
        "position": number + 1,
        "prefix": f"s{number}",
        "original": part.original,
    }
    if part.fields is None:
        return shown | {"json": part.json, "fault": part.fault}
    service = catalog.service(part.service) if part.service else None
    groups = _groups(part.fields, service)
    listed = {action["value"] for group in groups for action in group["actions"]}
    return shown | {
        "fields": part.fields,
        "principals": _lines(f"{kind} {name}".strip() for kind, name in part.fields.principals),
        "with_principals": with_principals,
        "with_resources": with_resources,
        "service": part.service,
        "service_name": service.name if service else "",
        "groups": groups,
        "patterns": _lines(action for action in part.fields.actions if action not in listed),
        "resources": _lines(part.fields.resources),
        **(_builder(part, part.fields, service) if with_resources else {}),
        "conditions": [_condition(row) for row in part.fields.conditions],
        "keys": _keys(part.fields, service),
    }


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(texts)


def _groups(fields: Fields, service: Service | None) -> list[dict[str, Any]]:
    """The actions of a service by access level; a chosen one as the policy spells it."""
    if service is None:
        return []
    chosen = {action.lower(): action for action in fields.actions}
    by_level: dict[AccessLevel, list[dict[str, Any]]] = {level: [] for level in LEVELS}
    for action in sorted(service.actions.values(), key=lambda each: each.name):
        spelt = chosen.get(action.full_name.lower())
        entry = {
            "value": spelt or action.full_name,
            "name": action.name,
            "description": action.description,
            "checked": spelt is not None,
        }
        by_level[action.access_level].append(entry)
    return [
        {"label": LEVELS[level], "actions": actions, "chosen": sum(action["checked"] for action in actions)}
        for level, actions in by_level.items()
        if actions
    ]


def _chosen(fields: Fields, service: Service) -> list[Action]:
    """The actions of the service that the statement names, by pattern or one by one."""
    patterns = [pattern for pattern in fields.actions if pattern.partition(":")[0].lower() == service.prefix]
    return [action for pattern in patterns for action in catalog.actions_matching(pattern)]


def _builder(part: Part, fields: Fields, service: Service | None) -> dict[str, Any]:
    """The forms of ARNs to choose from, and the places of the chosen one (those of all would be hundreds of fields)."""
    kinds = _resource_types(fields, service)
    arn = part.arn if any(kind["arn"] == part.arn for kind in kinds) else kinds[0]["arn"] if kinds else ""
    return {
        "resource_types": [kind | {"chosen": kind["arn"] == arn} for kind in kinds],
        "arn": arn,
        "places": [place for place in places_of(arn) if place != "Partition"],
    }


def _resource_types(fields: Fields, service: Service | None) -> list[dict[str, Any]]:
    """The kinds of resources that the chosen actions work on, or all of the service before any is chosen."""
    if service is None:
        return []
    named = {kind.name.lower() for action in _chosen(fields, service) for kind in action.resource_types}
    return [
        {"name": kind.name, "arn": kind.arn}
        for key, kind in sorted(service.resource_types.items())
        if not named or key in named
    ]


def _keys(fields: Fields, service: Service | None) -> list[str]:
    found = {key.name for key in catalog.GLOBAL_KEYS.values()}
    if service is not None:
        actions = _chosen(fields, service)
        own = {key for action in actions for key in action.condition_keys}
        own |= {key for action in actions for kind in action.resource_types for key in kind.condition_keys}
        found |= own or {key.name for key in service.condition_keys.values()}
    return sorted(found, key=str.lower)


def _condition(row: Any) -> dict[str, Any]:
    known = catalog.condition_key(row.key) if row.key else None
    fitting = _fitting(known.types, multivalued=known.multivalued) if known else []
    others = [name for name in _all_operators() if name not in fitting]
    if row.operator not in (*fitting, *others):
        others.append(row.operator)
    return {
        "operator": row.operator,
        "key": row.key,
        "values": _lines(row.values),
        "lines": max(1, len(row.values)),
        "fitting": fitting,
        "others": others,
        "note": known.types[0].value if known else "",
    }


def _fitting(types: Iterable[ValueType], *, multivalued: bool) -> list[str]:
    families = tuple(FAMILIES[each] for each in types)
    plain = [name for name in OPERATORS if name.removeprefix("Not").startswith(families)]
    if multivalued:
        return [*(f"{prefix}:{name}" for prefix in SETS for name in plain), "Null"]
    return [*plain, *(f"{name}IfExists" for name in plain), "Null"]


def _all_operators() -> list[str]:
    names = [*OPERATORS, *(f"{name}IfExists" for name in OPERATORS)]
    return [
        name for name in (*names, *(f"{prefix}:{name}" for prefix in SETS for name in OPERATORS)) if qualified(name)
    ]
