"""Who does what to which, as a statement names them."""

import re
from collections.abc import Iterable
from typing import Final

from policies import catalog
from policies.engine import Statement
from policies.explaining.words import listed, words

MOST: Final = 6  # things that are named one by one
EVERYTHING: Final = "*"
_FIELDS: Final = 6
_ABBREVIATION: Final = re.compile(r"\(([A-Z0-9]+)\)$")
_KINDS: Final = {"AWS": "", "Service": "the service ", "Federated": "who signs in with ", "CanonicalUser": "user "}


def actions(statement: Statement) -> str:
    """`get object and put object in Amazon S3`."""
    if statement.not_actions:
        return f"do everything except {_actions(statement.not_actions, do='')}"
    return _actions(statement.actions)


def resources(statement: Statement) -> str:
    """`on reports and everything in reports`."""
    if statement.not_resources:
        return f"on everything except {_few([_resource(each) for each in statement.not_resources])}"
    if not statement.resources:
        return ""
    if EVERYTHING in statement.resources:
        return "on every resource"
    return f"on {_few([_resource(each) for each in statement.resources])}"


def who(statement: Statement) -> str:
    """`user ada of account 123456789012 may`, and who may not be meant."""
    if statement.not_principals:
        return f"everybody except {_few([_principal(*each) for each in statement.not_principals])}:"
    if not statement.principals:
        return ""
    return f"{_few([_principal(*each) for each in statement.principals])}:"


def _actions(patterns: Iterable[str], *, do: str = "do ") -> str:
    by_service: dict[str, list[str]] = {}
    for pattern in patterns:
        prefix, _, name = pattern.partition(":")
        by_service.setdefault(prefix.lower() if name else EVERYTHING, []).append(name)
    if EVERYTHING in by_service:
        return f"{do}everything"
    return listed([_of_service(prefix, names, do) for prefix, names in by_service.items()])


def _of_service(prefix: str, names: list[str], do: str) -> str:
    where = f"in {_service(prefix)}"
    if EVERYTHING in names:
        return f"{do}everything {where}"
    return f"{_few([_action(prefix, name, do) for name in names])} {where}"


def _service(prefix: str) -> str:
    """The name that people know, its abbreviation where it comes with one."""
    found = catalog.service(prefix)
    if found is None:
        return prefix
    short = _ABBREVIATION.search(found.name)
    return short[1] if short else found.name


def _action(prefix: str, name: str, do: str) -> str:
    if "*" not in name and "?" not in name:
        known = catalog.action(f"{prefix}:{name}")
        return words(known.name if known else name)
    begins = name.removesuffix(EVERYTHING)
    if "*" not in begins and "?" not in begins:
        return f"{do}all that begins with {begins}"
    return f"{do}all that matches {name}"


def _resource(pattern: str) -> str:
    fields = pattern.split(":", _FIELDS - 1)
    if len(fields) < _FIELDS:
        return pattern
    name = fields[-1]
    if name == EVERYTHING:
        return f"everything of {_service(fields[2])}"
    inside = name.removesuffix("/*")
    if inside == name or "*" in inside:
        return name
    return f"everything in {inside}" if fields[2] == "s3" or "/" in inside else f"every {inside}"


def _principal(kind: str, name: str) -> str:
    if name == EVERYTHING:
        return "everybody"
    fields = name.split(":", _FIELDS - 1)
    if kind != "AWS":
        return _KINDS.get(kind, "") + (name.partition("/")[2] if len(fields) == _FIELDS else name)
    if len(fields) < _FIELDS:
        return f"account {name}" if name.isdecimal() else name
    if fields[-1] == "root":
        return f"account {fields[4]}"
    return f"{fields[-1].replace('/', ' ', 1)} of account {fields[4]}"


def _few(items: list[str]) -> str:
    if len(items) <= MOST:
        return listed(items)
    return f"{', '.join(items[: MOST - 1])} and {len(items) - MOST + 1} more"
