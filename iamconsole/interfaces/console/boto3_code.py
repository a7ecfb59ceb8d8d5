"""The same change as Python with boto3, from the operation's declaration and its input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from iamconsole.interfaces.console.aws_cli import given, is_document, is_long
from iamconsole.kernel.names import aws_name, kebab
from iamconsole.kernel.operation import Operation

READ = "Path("


def code(items: Iterable[tuple[Operation, Mapping[str, Any]]]) -> str:
    """A client for each service, then one call a line; secrets are placeholders, long documents files."""
    known = [(operation, raw) for operation, raw in items if operation.service in ("iam", "sts")]
    services = dict.fromkeys(operation.service for operation, _raw in known)
    calls = [_call(operation, raw) for operation, raw in known]
    imports = ["from pathlib import Path", ""] if any(READ in call for call in calls) else []
    head = [*imports, "import boto3", "", *(f'{service} = boto3.client("{service}")' for service in services)]
    return "\n".join([*head, *calls]) if known else ""


def _call(operation: Operation, raw: Mapping[str, Any]) -> str:
    method = operation.command.replace("-", "_")
    members = [f"{aws_name(name)}={_value(operation, name, value)}" for name, value in given(operation, raw)]
    return f"{operation.service}.{method}({', '.join(members)})"


def _value(operation: Operation, name: str, value: Any) -> str:
    if value is None:
        return repr(f"<{kebab(name)}>")
    if is_document(operation, name) and is_long(value):
        return f'{READ}"{kebab(name)}.json").read_text()'
    return repr(_named(value))


def _named(value: Any) -> Any:
    if isinstance(value, list):
        return [_named(item) for item in value]
    if isinstance(value, Mapping):
        return {aws_name(key): _named(item) for key, item in value.items()}
    return value
