"""All faults of an input in one ValidationError, in AWS's wording.

"1 validation error detected: Value 'x' at 'userName' failed to satisfy constraint: Member must …" (reference 2.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic import ValidationError as PydanticError

from iamconsole.kernel.errors import ValidationError
from iamconsole.kernel.names import aws_name, message_name
from iamconsole.kernel.shapes import Sensitive, aws_pattern, metadata_of

SHOWN = 128  # characters of a refused value that a message repeats
UNSHOWN = ("missing", "extra_forbidden")  # a member that is not known may be a secret under a misspelt name


def _constraint(kind: str, context: Mapping[str, Any]) -> str:
    match kind:
        case "missing":
            return "Member must not be null"
        case "string_too_short" | "too_short":
            return f"Member must have length greater than or equal to {context['min_length']}"
        case "string_too_long" | "too_long":
            return f"Member must have length less than or equal to {context['max_length']}"
        case "string_pattern_mismatch":
            return f"Member must satisfy regular expression pattern: {aws_pattern(context['pattern'])}"
        case "literal_error":
            expected = context["expected"].replace(" or ", ", ").replace("'", "")
            return f"Member must satisfy enum value set: [{expected}]"
        case "greater_than_equal":
            return f"Member must have value greater than or equal to {context['ge']}"
        case "less_than_equal":
            return f"Member must have value less than or equal to {context['le']}"
        case "extra_forbidden":
            return "Member is not known to this operation"
        case _:
            return f"Member must be a valid {_KINDS.get(kind, 'value')}"


_KINDS = {
    "string_type": "string",
    "int_parsing": "integer",
    "int_type": "integer",
    "int_from_float": "integer",
    "bool_parsing": "boolean",
    "bool_type": "boolean",
    "list_type": "list",
    "model_type": "structure",
    "datetime_parsing": "timestamp",
}


def _path(location: tuple[int | str, ...]) -> str:
    """`tags.1.member.key`: AWS counts list members from one."""
    return ".".join(f"{step + 1}.member" if isinstance(step, int) else _member(step) for step in location)


def _member(name: str) -> str:
    return message_name(name if name[:1].isupper() else aws_name(name))


def _shown(value: Any) -> str:
    return "null" if value is None or isinstance(value, dict | list | BaseModel) else f"'{str(value)[:SHOWN]}'"


def validation_error(refused: PydanticError, shape: type[BaseModel]) -> ValidationError:
    """AWS's message for everything pydantic refused; values of `Sensitive` members are not repeated."""
    hidden = {
        name
        for python_name, field in shape.model_fields.items()
        for name in (python_name, field.alias)
        if Sensitive in (*field.metadata, *metadata_of(field.annotation))
    }
    texts: list[str] = []
    errors: dict[str, list[str]] = {}
    for fault in refused.errors(include_url=False):
        path = _path(fault["loc"])
        constraint = _constraint(fault["type"], fault.get("ctx", {}))
        silent = fault["type"] in UNSHOWN or (fault["loc"] and fault["loc"][0] in hidden)
        value = None if silent else fault["input"]
        texts.append(f"Value {_shown(value)} at '{path}' failed to satisfy constraint: {constraint}")
        errors.setdefault(path, []).append(constraint)
    head = "1 validation error" if len(texts) == 1 else f"{len(texts)} validation errors"
    return ValidationError(f"{head} detected: {'; '.join(texts)}", errors=errors)
