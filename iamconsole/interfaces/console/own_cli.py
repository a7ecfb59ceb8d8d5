"""The same change on this product's own command line, for what AWS has no command for."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from iamconsole.interfaces.console.aws_cli import listed, single
from iamconsole.kernel.names import aws_name, kebab
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.shapes import Sensitive, metadata_of

AWS = ("iam", "sts")


def commands(items: Iterable[tuple[Operation, Mapping[str, Any]]]) -> str:
    """One command a line, run on the host; operations that AWS has are left to its CLI."""
    return "\n".join(command(operation, raw) for operation, raw in items if operation.service not in AWS)


def command(operation: Operation, raw: Mapping[str, Any]) -> str:
    """`manage.py iam put-notification-settings --notice-days 7`; an empty list is one, a secret a placeholder."""
    words = ["manage.py", "iam", operation.command]
    for name, field in operation.input.model_fields.items():
        value = raw.get(name)
        if value is None or value == "":
            continue
        if Sensitive in (*field.metadata, *metadata_of(field.annotation)):
            words.append(f"--{kebab(name)} file:///dev/stdin")
        elif isinstance(value, bool):
            words.append(f"--{kebab(name)}" if value else f"--no-{kebab(name)}")
        elif isinstance(value, list) and not any(isinstance(item, Mapping) for item in value):
            words.append(listed(name, list(map(str, value))))
        elif isinstance(value, list | Mapping):
            words.append(f"--{kebab(name)} {shlex.quote(json.dumps(_named(value)))}")
        else:
            words.append(single(name, str(value)))
    return " ".join(words)


def _named(value: Any) -> Any:
    if isinstance(value, list):
        return [_named(item) for item in value]
    return {aws_name(key): _named(item) for key, item in value.items()} if isinstance(value, Mapping) else value
