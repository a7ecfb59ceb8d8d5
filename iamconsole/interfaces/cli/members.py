"""The members of an operation's input as a command line sees them: option, kind, bounds."""

from __future__ import annotations

import types
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic_core import PydanticUndefined

from iamconsole.kernel.names import aws_name, kebab
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.shapes import Items, Number, OneOf, Sensitive, Shape, Text, aws_pattern, metadata_of


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its Python name, AWS's, and the annotation that says what it may be."""

    name: str
    alias: str
    annotation: Any
    required: bool
    default: Any
    marks: tuple[Any, ...]

    @property
    def option(self) -> str:
        """`--user-name`, as the aws CLI spells it."""
        return f"--{kebab(self.name)}"

    @property
    def kind(self) -> Any:
        return plain(self.annotation)

    @property
    def is_flag(self) -> bool:
        return self.kind is bool

    @property
    def item(self) -> Any:
        """The annotation of a list's items; None for what is no list."""
        return get_args(self.kind)[0] if get_origin(self.kind) is list else None

    @property
    def is_structured(self) -> bool:
        """Whether a value has parts of its own, which JSON or shorthand spell out."""
        return is_structure(self.item if self.item is not None else self.annotation)

    @property
    def is_sensitive(self) -> bool:
        return Sensitive in self.marks


def members_of(shape: type[Shape]) -> list[Member]:
    """The members of a shape in their order."""
    return [
        Member(
            name=name,
            alias=field.alias or aws_name(name),
            annotation=field.annotation,
            required=field.is_required(),
            default=None if field.default is PydanticUndefined else field.default,
            marks=(*field.metadata, *metadata_of(field.annotation)),
        )
        for name, field in shape.model_fields.items()
    ]


def members(operation: Operation) -> list[Member]:
    """The members of an operation's input, those that must be given first."""
    return sorted(members_of(operation.input), key=lambda member: not member.required)


def plain(annotation: Any) -> Any:
    """The type behind `Annotated` and `| None`."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            annotation = next(arm for arm in get_args(annotation) if arm is not type(None))
        else:
            return annotation


def is_structure(annotation: Any) -> bool:
    kind = plain(annotation)
    return (isinstance(kind, type) and issubclass(kind, Shape)) or get_origin(kind) is dict


def described(member: Member) -> str:
    """What a value may be, in words: `1 to 64 characters, [\\w+=,.@-]+`."""
    return _described(member.annotation, member.marks)


def _described(annotation: Any, marks: tuple[Any, ...] = ()) -> str:
    kind, marks = plain(annotation), (*marks, *metadata_of(annotation))
    if get_origin(kind) is list:
        item = get_args(kind)[0]
        return f"list{_range(_mark(marks, Items), '')} of {_described(item)}"
    if get_origin(kind) is dict:
        return "map"
    if isinstance(kind, type) and issubclass(kind, Shape):
        inner = ", ".join(f"{m.alias}{'' if m.required else '?'}" for m in members_of(kind))
        return f"{kind.__name__} ({inner})"
    if one := _mark(marks, OneOf):
        return " | ".join(one.values)
    if number := _mark(marks, Number):
        return f"number{_range(number, '')}"
    if text := _mark(marks, Text):
        pattern = f", {aws_pattern(text.pattern)}" if text.pattern else ""
        return f"string{_range(text, ' characters')}{pattern}"
    return NAMES.get(kind, "string")


NAMES = {bool: "flag", int: "number", datetime: "timestamp", bytes: "bytes (fileb://)"}


def _mark(marks: tuple[Any, ...], kind: type) -> Any:
    return next((mark for mark in marks if isinstance(mark, kind)), None)


def _range(bounds: Any, unit: str) -> str:
    if bounds is None or (bounds.min is None and bounds.max is None):
        return ""
    if bounds.max is None:
        return f" of at least {bounds.min}{unit}"
    return f" of {bounds.min} to {bounds.max}{unit}" if bounds.min else f" of at most {bounds.max}{unit}"
