"""One statement as the fields of a form, where it holds nothing that the fields cannot show."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

ELEMENTS: Final = frozenset({"Sid", "Effect", "Principal", "Action", "Resource", "Condition"})
EFFECTS: Final = ("Allow", "Deny")
ANYBODY: Final = "*"


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A key under an operator with the values that satisfy it, as written."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """A statement; `principals` are pairs of a kind and a name, `("*", "")` being everybody."""

    effect: str = "Allow"
    sid: str = ""
    principals: tuple[tuple[str, str], ...] = ()
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    conditions: tuple[ConditionRow, ...] = ()

    def same_as(self, other: "Fields") -> bool:
        """Whether both say the same; the order of actions, resources and principals says nothing."""
        return (self.effect, self.sid) == (other.effect, other.sid) and all(
            sorted(mine) == sorted(theirs)
            for mine, theirs in (
                (self.principals, other.principals),
                (self.actions, other.actions),
                (self.resources, other.resources),
                (map(_comparable, self.conditions), map(_comparable, other.conditions)),
            )
        )


def fields_of(statement: Any) -> Fields | None:
    """The fields of a statement as JSON has it; None where it holds something that no field shows."""
    if not isinstance(statement, Mapping) or not ELEMENTS.issuperset(statement):
        return None
    effect, sid = statement.get("Effect"), statement.get("Sid", "")
    principals = _principals(statement["Principal"]) if "Principal" in statement else ()
    actions, resources = _texts(statement.get("Action", [])), _texts(statement.get("Resource", []))
    conditions = _conditions(statement.get("Condition", {}))
    if effect not in EFFECTS or not isinstance(sid, str) or sid != sid.strip():
        return None
    if principals is None or actions is None or resources is None or conditions is None:
        return None
    return Fields(effect, sid, principals, actions, resources, conditions)


def written(fields: Fields) -> str:
    """The statement as JSON, indented by two; one value stands alone, several are a list."""
    statement: dict[str, Any] = {"Sid": fields.sid} if fields.sid else {}
    statement["Effect"] = fields.effect
    if fields.principals:
        statement["Principal"] = _principal(fields.principals)
    statement["Action"] = _alone(fields.actions)
    if fields.resources:
        statement["Resource"] = _alone(fields.resources)
    if fields.conditions:
        statement["Condition"] = _condition(fields.conditions)
    return json.dumps(statement, indent=2, ensure_ascii=False)


def _comparable(row: ConditionRow) -> tuple[str, str, tuple[str, ...]]:
    return row.operator, row.key, tuple(sorted(row.values))


def _texts(value: Any) -> tuple[str, ...] | None:
    items = value if isinstance(value, list) else [value]
    return tuple(items) if all(isinstance(item, str) and _is_line(item) for item in items) else None


def _is_line(text: str) -> bool:
    """Whether a text survives in a box that has a line for each."""
    return bool(text) and text == text.strip() and "\n" not in text


def _principals(value: Any) -> tuple[tuple[str, str], ...] | None:
    if value == ANYBODY:
        return ((ANYBODY, ""),)
    if not isinstance(value, Mapping):
        return None
    found: list[tuple[str, str]] = []
    for kind, names in value.items():
        texts = _texts(names)
        if not texts:
            return None
        found += [(kind, name) for name in texts]
    return tuple(found) or None


def _conditions(value: Any) -> tuple[ConditionRow, ...] | None:
    if not isinstance(value, Mapping):
        return None
    rows: list[ConditionRow] = []
    for operator, keys in value.items():
        if not isinstance(keys, Mapping) or not keys:
            return None
        for key, wanted in keys.items():
            items = wanted if isinstance(wanted, list) else [wanted]
            texts = [text for item in items if (text := _scalar(item)) is not None and _is_line(text)]
            if not items or len(texts) < len(items) or not _is_line(key):
                return None
            rows.append(ConditionRow(operator, key, tuple(texts)))
    return tuple(rows)


def _scalar(value: Any) -> str | None:
    """A value as a text, as the engine reads it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None


def _principal(principals: Iterable[tuple[str, str]]) -> Any:
    named: dict[str, list[str]] = {}
    for kind, name in principals:
        if kind == ANYBODY:
            return ANYBODY
        named.setdefault(kind, []).append(name)
    return {kind: _alone(names) for kind, names in named.items()}


def _condition(rows: Iterable[ConditionRow]) -> dict[str, dict[str, Any]]:
    block: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        block.setdefault(row.operator, {}).setdefault(row.key, []).extend(row.values)
    return {operator: {key: _alone(values) for key, values in keys.items()} for operator, keys in block.items()}


def _alone(values: Iterable[str]) -> Any:
    listed = list(values)
    return listed[0] if len(listed) == 1 else listed
