"""The change of a page in the languages that people automate in: the aws CLI, our own, boto3 and Terraform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from iamconsole.interfaces.console import aws_cli, boto3_code, own_cli, terraform
from iamconsole.kernel.operation import Operation

LANGUAGES = (
    ("cli", "AWS CLI", aws_cli.commands),
    ("own", "manage.py, on the host", own_cli.commands),
    ("boto3", "boto3", boto3_code.code),
    ("terraform", "Terraform", terraform.code),
)


def of(*items: tuple[Operation, Mapping[str, Any]]) -> list[dict[str, str]]:
    """What _cli.html shows: {key, label, text} of each language that can say it."""
    said = [{"key": key, "label": label, "text": write(items)} for key, label, write in LANGUAGES]
    return [snippet for snippet in said if snippet["text"]]


def of_all(items: Iterable[tuple[Operation, Mapping[str, Any]]]) -> list[dict[str, str]]:
    """The same of what is computed on the way."""
    return of(*items)
