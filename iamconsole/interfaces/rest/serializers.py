"""Serializers derived from shapes: AWS's member names on the wire, nothing but the shape's members in or out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

from rest_framework import serializers

from iamconsole.interfaces.rest.fields import field_of
from iamconsole.kernel.errors import ValidationError
from iamconsole.kernel.names import message_name
from iamconsole.kernel.shapes import Shape

UNKNOWN = "Member is not known to this operation"


class ShapeSerializer(serializers.Serializer):
    """A structure; members without a value are left out, as AWS leaves them out."""

    def to_representation(self, instance: Shape) -> dict[str, Any]:
        return {name: value for name, value in super().to_representation(instance).items() if value is not None}


class InputSerializer(ShapeSerializer):
    """The input of an operation: lets known members through as they were given, at every depth, and no other.

    Values are judged once, by the operation's own decoding, so that every door refuses them in the same words.
    """

    def to_internal_value(self, data: Mapping[str, Any]) -> dict[str, Any]:
        if paths := list(strangers(self, data)):
            raise refusal(paths, UNKNOWN)
        return dict(data)


@cache
def serializer_of(shape: type[Shape]) -> type[ShapeSerializer]:
    """The serializer of an output or nested shape."""
    return _derived(f"{shape.__name__}Serializer", ShapeSerializer, shape)


@cache
def input_serializer(shape: type[Shape]) -> type[InputSerializer]:
    """The serializer of an operation's whole input."""
    return _derived(f"{shape.__name__}InputSerializer", InputSerializer, shape)


def body_serializer(shape: type[Shape], *, apart_from: Collection[str]) -> type[InputSerializer]:
    """What a request holds beside its path, which gives the members `apart_from`."""
    return _derived(f"{shape.__name__}Serializer", InputSerializer, shape, apart_from)


def _derived(name: str, base: type, shape: type[Shape], apart_from: Collection[str] = ()) -> type[Any]:
    members: dict[str, Any] = {"__doc__": shape.__doc__ if shape.__doc__ != Shape.__doc__ else ""}
    for member, field in shape.model_fields.items():
        if member not in apart_from:
            required = field.is_required()
            source = None if field.alias == member else member  # DRF takes a name given twice for a mistake
            made = field_of(field.annotation, tuple(field.metadata), source=source, required=required)
            members[str(field.alias)] = made
    return type(name, (base,), members)


def strangers(field: serializers.Field, value: Any, path: str = "") -> Iterator[str]:
    """The paths, as AWS writes them, of members that a structure does not have."""
    if isinstance(field, serializers.Serializer) and isinstance(value, Mapping):
        for name, item in value.items():
            here = path + message_name(name)
            if name in field.fields:
                yield from strangers(field.fields[name], item, f"{here}.")
            else:
                yield here
    elif isinstance(field, serializers.ListField) and isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from strangers(field.child, item, f"{path}{number}.member.")


def refusal(paths: Collection[str], constraint: str) -> ValidationError:
    """AWS's message for members that are wrong whatever their value."""
    head = "1 validation error" if len(paths) == 1 else f"{len(paths)} validation errors"
    texts = "; ".join(f"Value at '{path[:128]}' failed to satisfy constraint: {constraint}" for path in paths)
    return ValidationError(f"{head} detected: {texts}", errors={path: [constraint] for path in paths})
