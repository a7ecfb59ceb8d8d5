"""One DRF field for each kind of member; its bounds are data for the schema, since decoding judges values."""

from __future__ import annotations

import types
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from rest_framework import serializers

from iamconsole.kernel.shapes import Items, Number, OneOf, Sensitive, Shape, Text

T = TypeVar("T")


class TextField(serializers.CharField):
    """A string; `pattern` is AWS's, of which the whole value must be an instance."""

    def __init__(self, *, pattern: str | None = None, sensitive: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.pattern = pattern
        self.sensitive = sensitive


class EnumField(serializers.ChoiceField):
    """One of AWS's values."""


class BlobField(serializers.Field):
    """Bytes, as base64."""

    def to_representation(self, value: bytes) -> str:
        return b64encode(value).decode()


def field_of(annotation: Any, marks: tuple[Any, ...] = (), **options: Any) -> serializers.Field:
    """The field of a member: `annotation` as pydantic keeps it, `marks` the constraints beside it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return field_of(arguments[0], (*arguments[1:], *marks), **options)
    if origin in (Union, types.UnionType):
        return field_of(next(arm for arm in arguments if arm is not type(None)), marks, **options)
    if origin is list:
        bounds = _mark(marks, Items) or Items()
        child = field_of(arguments[0])
        return serializers.ListField(child=child, min_length=bounds.min, max_length=bounds.max, **options)
    if origin is dict:
        return serializers.DictField(child=field_of(arguments[1]), **options)
    return _plain(annotation, marks, options)


def _plain(kind: Any, marks: tuple[Any, ...], options: dict[str, Any]) -> serializers.Field:
    from iamconsole.interfaces.rest.serializers import serializer_of  # structures nest fields, fields structures

    if choice := _mark(marks, OneOf):
        return EnumField(choices=choice.values, **options)
    if kind is str:
        text = _mark(marks, Text) or Text()
        return TextField(
            min_length=text.min, max_length=text.max, pattern=text.pattern, sensitive=Sensitive in marks, **options
        )
    if kind is bool:
        return serializers.BooleanField(**options)
    if kind is int:
        number = _mark(marks, Number) or Number()
        return serializers.IntegerField(min_value=number.min, max_value=number.max, **options)
    if kind is float:
        return serializers.FloatField(**options)
    if kind is datetime:
        return serializers.DateTimeField(format="%Y-%m-%dT%H:%M:%SZ", **options)
    if kind is bytes:
        return BlobField(**options)
    if isinstance(kind, type) and issubclass(kind, Shape):
        return serializer_of(kind)(**options)
    raise TypeError(f"no REST field for a member of type {kind!r}: give it one here")


def _mark(marks: Iterable[Any], kind: type[T]) -> T | None:
    return next((mark for mark in marks if isinstance(mark, kind)), None)
