"""The same change as Terraform, where its AWS provider has a resource for every operation of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from iamconsole.interfaces.console.aws_cli import given, is_document, is_long
from iamconsole.kernel.names import kebab
from iamconsole.kernel.operation import Operation

SAME = ("path", "description", "max_session_duration", "permissions_boundary", "tags", "policy_arn")
UNNAMED = re.compile(r"\W+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource type; `arguments` are those that the provider calls otherwise than the API its members."""

    type: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()


def _entity(word: str) -> dict[str, Resource]:
    noun, name = word.capitalize(), f"{word}_name"
    document = {"policy_document": "policy", "policy_name": "name", name: word}
    return {
        f"Create{noun}": Resource(
            f"aws_iam_{word}", {name: "name", "assume_role_policy_document": "assume_role_policy"}
        ),
        f"Attach{noun}Policy": Resource(f"aws_iam_{word}_policy_attachment", {name: word}),
        f"Put{noun}Policy": Resource(f"aws_iam_{word}_policy", document),
    }


RESOURCES = {
    **_entity("user"),
    **_entity("group"),
    **_entity("role"),
    "CreatePolicy": Resource("aws_iam_policy", {"policy_name": "name", "policy_document": "policy"}),
    "AddUserToGroup": Resource(
        "aws_iam_user_group_membership", {"user_name": "user", "group_name": "groups"}, frozenset({"groups"})
    ),
    "CreateAccessKey": Resource("aws_iam_access_key", {"user_name": "user"}),
    "UpdateAccountPasswordPolicy": Resource(
        "aws_iam_account_password_policy",
        {
            name: name
            for name in (
                "minimum_password_length",
                "require_symbols",
                "require_numbers",
                "allow_users_to_change_password",
                "max_password_age",
                "password_reuse_prevention",
                "hard_expiry",
            )
        }
        | {"require_uppercase_characters": "require_uppercase_characters"}
        | {"require_lowercase_characters": "require_lowercase_characters"},
    ),
}
"""By operation: what a resource of the provider manages. An update is the resource that a creation made, changed."""


def code(items: Iterable[tuple[Operation, Mapping[str, Any]]]) -> str:
    """One block a resource; nothing where an operation or one of its members has no place in Terraform."""
    blocks = [_block(operation, raw) for operation, raw in items]
    return "\n\n".join(block for block in blocks if block) if all(blocks) else ""


def _block(operation: Operation, raw: Mapping[str, Any]) -> str:
    resource = RESOURCES.get(operation.name)
    members = given(operation, raw)
    if resource is None or any(name not in resource.arguments and name not in SAME for name, _value in members):
        return ""
    lines = []
    for name, value in members:
        argument = resource.arguments.get(name, name)
        lines.append(f"  {argument} = {_value(operation, name, value, listed=argument in resource.listed)}")
    label = UNNAMED.sub("_", "_".join(str(value) for name, value in members if name.endswith("_name"))) or "this"
    return "\n".join([f'resource "{resource.type}" "{_identifier(label)}" {{', *lines, "}"])


def _identifier(label: str) -> str:
    return label if label[0].isalpha() or label[0] == "_" else f"_{label}"


def _value(operation: Operation, name: str, value: Any, *, listed: bool) -> str:
    if value is None:
        return _text(f"<{kebab(name)}>")
    if is_document(operation, name) and is_long(value):
        return f'file("${{path.module}}/{kebab(name)}.json")'
    if name == "tags":
        return "{" + ", ".join(f"{_text(tag['key'])} = {_text(tag['value'])}" for tag in value) + "}"
    said = json.dumps(value) if isinstance(value, bool | int) else _text(str(value))
    return f"[{said}]" if listed else said


def _text(text: str) -> str:
    """A quoted string; what would be a template in one is written as it stands."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
