"""From JSON to a tree that holds whatever could be read."""

from typing import Any, Final

from policies.engine import Effect, PolicyKind
from policies.engine.operators import qualified
from policies.engine.reader import Number
from policies.validation.finding import Path
from policies.validation.tree import Condition, Policy, Principal, Statement, Text, Value


def policy(root: Any, *, kind: PolicyKind, text: str, resource_type: str | None = None) -> Policy:
    """The tree of a policy text that was read as JSON."""
    top = root if isinstance(root, dict) else {}
    statements = top.get("Statement", [])
    if not isinstance(statements, list):
        statements = [statements]
    return Policy(
        kind=kind,
        text=text,
        root=root,
        version=_text(top, "Version", ()),
        statements=tuple(
            _statement(written, ("Statement", index))
            for index, written in enumerate(statements)
            if isinstance(written, dict)
        ),
        resource_type=resource_type,
    )


def is_text(value: object) -> bool:
    """Whether a JSON value is a string; numbers are read as texts of their own class."""
    return isinstance(value, str) and not isinstance(value, Number)


def _statement(written: dict[str, Any], path: Path) -> Statement:
    effect = written.get("Effect")
    return Statement(
        path=path,
        written=written,
        effect=Effect(effect) if effect in _EFFECTS else None,
        sid=_text(written, "Sid", path),
        actions=_texts(written, "Action", path),
        not_actions=_texts(written, "NotAction", path),
        resources=_texts(written, "Resource", path),
        not_resources=_texts(written, "NotResource", path),
        principals=_principals(written, "Principal", path),
        not_principals=_principals(written, "NotPrincipal", path),
        conditions=_conditions(written.get("Condition"), (*path, "Condition")),
    )


_EFFECTS: Final = tuple(map(str, Effect))


def _text(parent: dict[str, Any], key: str, path: Path) -> Text | None:
    value = parent.get(key)
    return Text(value, (*path, key)) if isinstance(value, str) and is_text(value) else None


def _texts(parent: dict[str, Any], key: str, path: Path) -> tuple[Text, ...]:
    value = parent.get(key)
    items = value if isinstance(value, list) else [value]
    return tuple(Text(item, (*path, key, index)) for index, item in enumerate(items) if is_text(item))


def _principals(statement: dict[str, Any], key: str, path: Path) -> tuple[Principal, ...]:
    value = statement.get(key)
    if value == "*":
        return (Principal("*", "*", (*path, key)),)
    if not isinstance(value, dict):
        return ()
    return tuple(Principal(kind, item.value, item.path) for kind in value for item in _texts(value, kind, (*path, key)))


def _conditions(value: object, path: Path) -> tuple[Condition, ...]:
    if not isinstance(value, dict):
        return ()
    return tuple(
        Condition(
            operator=operator,
            qualified=qualified(operator),
            key=key,
            values=_values(wanted, (*path, operator, key)),
            is_list=isinstance(wanted, list),
            path=(*path, operator, key),
        )
        for operator, keys in value.items()
        if isinstance(keys, dict)
        for key, wanted in keys.items()
    )


def _values(value: object, path: Path) -> tuple[Value, ...]:
    items = value if isinstance(value, list) else [value]
    read = ((item, (*path, index)) for index, item in enumerate(items) if isinstance(item, str | bool))
    return tuple(
        Value(str(item).lower(), "boolean", place)
        if isinstance(item, bool)
        else Value(str(item), "number" if isinstance(item, Number) else "string", place)
        for item, place in read
    )
