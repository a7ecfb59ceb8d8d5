"""A service as it is being written: rows of a form or JSON, and from there the members of RegisterService."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.forms import snake
from iamconsole.interfaces.console.pages.services import code
from iamconsole.kernel.errors import InvalidInput
from policies.catalog import AccessLevel, ValueType

Part = dict[str, Any]
LEVELS: Final = tuple(level.value for level in AccessLevel)
TYPES: Final = tuple(kind.value for kind in ValueType)
LEVEL, TYPE = AccessLevel.READ.value, ValueType.STRING.value
LISTS: Final = frozenset({"resource_types", "condition_keys"})
YES: Final = "true"


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a row; `options` make it a choice, the first of which a blank row has."""

    name: str
    label: Any
    placeholder: str = ""
    options: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of part as rows: `word` begins the names of its fields, `most` is how many rows one form holds."""

    member: str
    word: str
    title: Any
    help: Any
    add: Any
    most: int
    columns: tuple[Column, ...]


KINDS: Final = (
    Kind(
        "actions",
        "action",
        _("Actions"),
        _("What callers can do, such as Read or CancelOrder. Types and keys are those of below, separated by spaces."),
        _("Add an action"),
        100,
        (
            Column("name", _("Name"), "CancelOrder"),
            Column(
                "access_level",
                _("Access level"),
                options=tuple((each, _(each)) for each in (LEVEL, *(each for each in LEVELS if each != LEVEL))),
            ),
            Column("resource_types", _("Resource types"), "order"),
            Column("condition_keys", _("Condition keys")),
            Column("description", _("Description"), "Calls an order off"),
        ),
    ),
    Kind(
        "resource_types",
        "type",
        _("Resource types"),
        _("What actions work on. An ARN has places to fill, written ${Name}."),
        _("Add a resource type"),
        50,
        (
            Column("name", _("Name"), "order"),
            Column("arn_template", _("ARN"), "arn:${Partition}:orders:${Region}:${Account}:order/${OrderId}"),
            Column("condition_keys", _("Condition keys"), "aws:ResourceTag/${TagKey}"),
        ),
    ),
    Kind(
        "condition_keys",
        "key",
        _("Condition keys"),
        _("Facts that the service tells with its questions; they begin with its prefix."),
        _("Add a condition key"),
        40,
        (
            Column("name", _("Name"), "orders:Priority"),
            Column("type", _("Type"), options=tuple((each, each) for each in TYPES)),
            Column("multivalued", _("Values"), options=(("", _("One value")), (YES, _("Several values")))),
            Column("description", _("Description")),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts by kind, as the operation takes them."""

    parts: Mapping[str, Sequence[Part]] = field(default_factory=dict)

    @classmethod
    def of_rows(cls, post: QueryDict) -> Draft:
        """What the rows say; rows without a name count as not there."""
        return cls({kind.member: _read(post, kind) for kind in KINDS})

    @classmethod
    def of_json(cls, text: str) -> Draft:
        """What a definition says, in the form that GetService and RegisterService have; InvalidInput for no JSON."""
        try:
            given = json.loads(text or "{}")
        except ValueError as wrong:
            raise InvalidInput(f"The definition is not JSON: {wrong}.") from None
        given = given.get("Service", given) if isinstance(given, dict) else given
        if not isinstance(given, dict):
            raise InvalidInput('The definition must be an object: {"Actions": [ … ], "ResourceTypes": [ … ]}.')
        said = _snaked(given)
        return cls({kind.member: said[kind.member] for kind in KINDS if kind.member in said})

    @classmethod
    def of_service(cls, service: Any) -> Draft:
        """A service that is registered."""
        return cls({kind.member: [part.model_dump() for part in getattr(service, kind.member)] for kind in KINDS})

    @property
    def fits_rows(self) -> bool:
        """Whether a form can hold it, which is bound to a thousand fields, and every part has a row's shape."""
        return all(
            isinstance(parts, list) and len(parts) <= kind.most and all(isinstance(part, dict) for part in parts)
            for kind in KINDS
            if (parts := self.parts.get(kind.member, [])) is not None
        )

    def json(self) -> str:
        """The definition for an editor."""
        return code.pretty(code.named({kind.member: self.parts.get(kind.member, []) for kind in KINDS}))

    def members(self) -> dict[str, Any]:
        return {member: list(parts) if isinstance(parts, list) else parts for member, parts in self.parts.items()}

    def tables(self) -> list[dict[str, Any]]:
        """What service_form.html shows: every kind with its rows, and a blank one more to type into."""
        return [
            {"kind": kind, "rows": [_row(kind, part) for part in (*self.parts.get(kind.member, ()), {}, {})]}
            for kind in KINDS
        ]


def _read(post: QueryDict, kind: Kind) -> list[Part]:
    names = [column.name for column in kind.columns]
    given = zip_longest(*(post.getlist(f"{kind.word}_{name}") for name in names), fillvalue="")
    rows = (dict(zip(names, (text.strip() for text in row), strict=True)) for row in given)
    return [_part(row) for row in rows if row["name"]]


def _part(row: Mapping[str, str]) -> Part:
    part: Part = dict(row)
    for name in LISTS & part.keys():
        part[name] = part[name].replace(",", " ").split()
    if "multivalued" in part:
        part["multivalued"] = part["multivalued"] == YES
    return part


def _row(kind: Kind, part: Part) -> list[dict[str, Any]]:
    return [
        {"column": column, "name": f"{kind.word}_{column.name}", "value": _text(part, column)}
        for column in kind.columns
    ]


def _text(part: Part, column: Column) -> str:
    value = part.get(column.name, column.options[0][0] if column.options else "")
    if isinstance(value, bool):
        return YES if value else ""
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _snaked(value: Any) -> Any:
    if isinstance(value, list):
        return [_snaked(each) for each in value]
    if isinstance(value, dict):
        return {snake(str(name)): _snaked(each) for name, each in value.items()}
    return value
