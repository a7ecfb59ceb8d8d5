"""The same change as commands of the aws CLI, from the operation's declaration and its input."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from iamconsole.kernel.names import aws_name, kebab
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.shapes import EncodedDocument, PolicyDocument, Sensitive, metadata_of

LONG = 40  # characters of a document that are still written into the command
PREFIX = "file://"
READ = (PREFIX, "fileb://")  # what a CLI replaces with the content of a file of whoever runs it


def commands(items: Iterable[tuple[Operation, Mapping[str, Any]]]) -> str:
    """One command a line; operations that AWS does not have are left out."""
    return "\n".join(command(operation, raw) for operation, raw in items if operation.service in ("iam", "sts"))


def command(operation: Operation, raw: Mapping[str, Any]) -> str:
    """`aws iam create-user --user-name ada`, quoted for a shell; secrets are placeholders, documents files."""
    words = ["aws", operation.service, operation.command]
    for name, value in given(operation, raw):
        if isinstance(value, bool):
            words.append(f"--{kebab(name)}" if value else f"--no-{kebab(name)}")
        elif value is None:
            words.append(f"--{kebab(name)} {placeholder(name)}")
        elif is_document(operation, name) and is_long(value):
            words.append(f"--{kebab(name)} {PREFIX}{kebab(name)}.json")
        elif isinstance(value, list):
            words.append(listed(name, [_item(item) for item in value]))
        else:
            words.append(single(name, str(value)))
    return " ".join(words)


def placeholder(name: str) -> str:
    return f"<{kebab(name)}>"


def single(name: str, value: str) -> str:
    """`--description 'as it is'`: whoever wrote it runs nothing, reads no file and sets no other option by it."""
    option = f"--{kebab(name)}"
    if value.startswith(READ):
        return f"{option} {placeholder(name)}"
    return shlex.quote(f"{option}={value}") if value.startswith("-") else f"{option} {shlex.quote(value)}"


def listed(name: str, values: Sequence[str]) -> str:
    """`--tag-keys a b`; as JSON where one of them would be more than a value."""
    plain = not any(value.startswith((*READ, "-", "[")) for value in values)
    return " ".join([f"--{kebab(name)}", *map(shlex.quote, values if plain else [json.dumps(list(values))])])


def given(operation: Operation, raw: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The members that were filled in, in the order of the declaration; None stands for a secret."""
    filled = [(name, raw.get(name)) for name in operation.input.model_fields]
    return [
        (name, None if Sensitive in _marks(operation, name) else value)
        for name, value in filled
        if value is not None and value != [] and value != ""
    ]


def _marks(operation: Operation, name: str) -> tuple[Any, ...]:
    field = operation.input.model_fields[name]
    return (*field.metadata, *metadata_of(field.annotation))


def is_document(operation: Operation, name: str) -> bool:
    """Whether a member holds the text of a policy."""
    declared = operation.input.model_fields[name].annotation
    return EncodedDocument in _marks(operation, name) or declared == PolicyDocument or name.endswith("policy_document")


def is_long(value: Any) -> bool:
    return len(str(value)) > LONG


def _item(item: Any) -> str:
    """A list's structure in the CLI's shorthand, `Key=team,Value=a`, or as JSON where that could not hold it."""
    if not isinstance(item, Mapping):
        return str(item)
    named = {aws_name(key): str(value) for key, value in item.items()}
    if any(set(value) & set(",='\"[]{} \t") for value in named.values()):
        return json.dumps(named)
    return ",".join(f"{key}={value}" for key, value in named.items())
