"""Shapes: what operations take and give, as frozen pydantic models carrying AWS's bounds and patterns.

A scalar is an `Annotated` type with one `Text`, `Number` or `Items` constraint, which is data: the decoder builds
AWS's validation message from it, REST its serializer and OpenAPI schema, and tests compare it with botocore's model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from iamconsole.kernel.names import aws_name


@dataclass(frozen=True, slots=True)
class Text:
    """A string of `min` to `max` characters whose whole matches `pattern`, written as in AWS's service model."""

    min: int | None = None
    max: int | None = None
    pattern: str | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        pattern = engine_pattern(self.pattern) if self.pattern else None
        return core_schema.str_schema(min_length=self.min, max_length=self.max, pattern=pattern, strict=True)


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number from `min` to `max`, both included."""

    min: int | None = None
    max: int | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.int_schema(ge=self.min, le=self.max)


@dataclass(frozen=True, slots=True)
class Items:
    """A list of `min` to `max` items."""

    min: int | None = None
    max: int | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        bounds = {"min_length": self.min, "max_length": self.max}
        return cast(CoreSchema, {**schema, **{name: bound for name, bound in bounds.items() if bound is not None}})


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of AWS's enum values."""

    values: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(list(self.values))


class Sensitive:
    """Marks a member that is never written to audit, logs or traces."""


class EncodedDocument:
    """Marks a policy document that AWS's Query answers carry URL-encoded (RFC 3986)."""


_AWS_PATTERNS: dict[str, str] = {}
# AWS's patterns that look around, and the same language without it.
LINEAR = {r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$": r"[a-z0-9]+(-[a-z0-9]+)*"}


def engine_pattern(pattern: str) -> str:
    r"""AWS's pattern as the whole-match pattern of pydantic's linear-time engine.

    AWS means ASCII by `\w` and `\d`; Unicode classes (`\p{L}`) keep their meaning.
    """
    group = "(?-u:" if re.search(r"\\[wd]", pattern) and "\\p{" not in pattern else "(?:"
    compiled = f"^{group}{LINEAR.get(pattern, pattern)})$"
    _AWS_PATTERNS[compiled] = pattern
    return compiled


def aws_pattern(compiled: str) -> str:
    """The pattern as AWS's messages print it."""
    return _AWS_PATTERNS.get(compiled, compiled)


class Shape(BaseModel):
    """A structure of AWS's: snake_case in Python, AWS's member names on every wire; unknown members are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=aws_name, populate_by_name=True, arbitrary_types_allowed=True
    )


# --- scalars that several operations share; names and bounds are those of AWS's service model ----------------------

NAME = r"[\w+=,.@-]+"
LATIN = r"[\u0009\u000A\u000D\u0020-\u00FF]+"
UNICODE = r"[\u0009\u000A\u000D\u0020-\U0010FFFF]+"

UserName = Annotated[str, Text(1, 64, NAME)]
ExistingUserName = Annotated[str, Text(1, 128, NAME)]
GroupName = Annotated[str, Text(1, 128, NAME)]
RoleName = Annotated[str, Text(1, 64, NAME)]
PolicyName = Annotated[str, Text(1, 128, NAME)]
InstanceProfileName = Annotated[str, Text(1, 128, NAME)]
Path = Annotated[str, Text(1, 512, r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)")]
PolicyPath = Annotated[str, Text(1, 512, r"((/[A-Za-z0-9\.,\+@=_-]+)*)/")]
PathPrefix = Annotated[str, Text(1, 512, r"\u002F[\u0021-\u007F]*")]
PolicyPathPrefix = Annotated[str, Text(1, 512, r"((/[A-Za-z0-9\.,\+@=_-]+)*)/")]
Arn = Annotated[str, Text(20, 2048)]
UniqueId = Annotated[str, Text(16, 128, r"[\w]+")]
AccessKeyId = Annotated[str, Text(16, 128, r"[\w]+")]
PolicyDocument = Annotated[str, Text(1, 131072, LATIN)]
StoredDocument = Annotated[str, EncodedDocument]
VersionId = Annotated[str, Text(None, None, r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?")]
TagKey = Annotated[str, Text(1, 128, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+")]
TagValue = Annotated[str, Text(0, 256, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*")]
Password = Annotated[str, Text(1, 128, UNICODE), Sensitive]  # accounts.passwords.rules says when AWS's LATIN holds
Status = Annotated[str, OneOf(("Active", "Inactive", "Expired"))]
Marker = Annotated[str, Text(1, 320, r"[\u0020-\u00FF]+")]
MaxItems = Annotated[int, Number(1, 1000)]
Timestamp = datetime


class Tag(Shape):
    """A key and a value that a caller put on a resource."""

    key: TagKey
    value: TagValue


Tags = Annotated[list[Tag], Items(None, 50)]
TagKeys = Annotated[list[TagKey], Items(None, 50)]


class Paged(Shape):
    """What every paginated answer carries beside its list."""

    is_truncated: bool = False
    marker: str | None = None


def metadata_of(annotation: Any) -> tuple[Any, ...]:
    """The constraints of an annotation, looking through `Annotated` and `| None`."""
    if get_origin(annotation) is Annotated:
        return get_args(annotation)[1:]
    for arm in get_args(annotation):
        if get_origin(arm) is Annotated:
            return get_args(arm)[1:]
    return ()


def redacted(value: Any, *, hidden: str = "HIDDEN_DUE_TO_SECURITY_REASONS") -> Any:
    """A JSON-ready copy of a shape under AWS's camelCase member names, every `Sensitive` member replaced."""
    if isinstance(value, Shape):
        out = {}
        for name, field in type(value).model_fields.items():
            item = getattr(value, name)
            if item is None:
                continue
            marks = (*field.metadata, *metadata_of(field.annotation))
            alias = field.alias or aws_name(name)
            key = alias[:1].lower() + alias[1:]
            out[key] = hidden if Sensitive in marks else redacted(item, hidden=hidden)
        return out
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Mapping):
        return {k: redacted(v, hidden=hidden) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(v, hidden=hidden) for v in value]
    if isinstance(value, bytes):
        return hidden
    return value
