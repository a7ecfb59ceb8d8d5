"""The same change as commands of the aws CLI, from the operation's declaration and its input."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from iamconsole.kernel.names import aws_name, kebab
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.shapes import EncodedDocument, PolicyDocument, Sensitive, metadata_of

LONG = 40  # characters of a document that are still written into the command
PREFIX = "file://"


def commands(items: Iterable[tuple[Operation, Mapping[str, Any]]]) -> str:
    """One command a line; operations that AWS does not have are left out."""
    return "\n".join(command(operation, raw) for operation, raw in items if operation.service in ("iam", "sts"))


def command(operation: Operation, raw: Mapping[str, Any]) -> str:
    """`aws iam create-user --user-name ada`, quoted for a shell; secrets are placeholders, documents files."""
    words = ["aws", operation.service, operation.command]
    for name, field in operation.input.model_fields.items():
        value = raw.get(name)
        if value is None or value == [] or value == "":
            continue
        marks = (*field.metadata, *metadata_of(field.annotation))
        if isinstance(value, bool):
            words.append(f"--{kebab(name)}" if value else f"--no-{kebab(name)}")
        elif Sensitive in marks:
            words += [f"--{kebab(name)}", f"<{kebab(name)}>"]
        elif _is_document(name, field.annotation, marks) and len(str(value)) > LONG:
            words += [f"--{kebab(name)}", f"{PREFIX}{kebab(name)}.json"]
        else:
            words += [f"--{kebab(name)}", *_values(value)]
    return " ".join(word if word.startswith("<") and word.endswith(">") else shlex.quote(word) for word in words)


def _is_document(name: str, annotation: Any, marks: tuple[Any, ...]) -> bool:
    return EncodedDocument in marks or annotation == PolicyDocument or name.endswith("policy_document")


def _values(value: Any) -> list[str]:
    if isinstance(value, list):
        return [_item(item) for item in value]
    return [str(value)]


def _item(item: Any) -> str:
    """A list's structure in the CLI's shorthand, `Key=team,Value=a`, or as JSON where that could not hold it."""
    if not isinstance(item, Mapping):
        return str(item)
    named = {aws_name(key): str(value) for key, value in item.items()}
    if any(set(value) & set(",='\"[]{} \t") for value in named.values()):
        return json.dumps(named)
    return ",".join(f"{key}={value}" for key, value in named.items())
