"""The aws CLI commands that forms show."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from iamconsole.interfaces.console import own_cli
from iamconsole.interfaces.console.aws_cli import command, commands
from iamconsole.runtime import catalogue
from tests.console.furniture import ALLOW

CASES: list[tuple[str, dict[str, Any], str]] = [
    ("CreateUser", {"user_name": "ada"}, "aws iam create-user --user-name ada"),
    ("CreateUser", {"user_name": "ada", "path": ""}, "aws iam create-user --user-name ada"),
    ("CreateUser", {"user_name": "a; rm -rf $HOME"}, "aws iam create-user --user-name 'a; rm -rf $HOME'"),
    (
        "TagUser",
        {"user_name": "ada", "tags": [{"key": "team", "value": "a"}, {"key": "b", "value": ""}]},
        "aws iam tag-user --user-name ada --tags Key=team,Value=a Key=b,Value=",
    ),
    (
        "CreateLoginProfile",
        {"user_name": "ada", "password": "hunter2", "password_reset_required": True},
        "aws iam create-login-profile --user-name ada --password <password> --password-reset-required",
    ),
    (
        "PutUserPolicy",
        {"user_name": "ada", "policy_name": "p", "policy_document": ALLOW},
        "aws iam put-user-policy --user-name ada --policy-name p --policy-document file://policy-document.json",
    ),
    (
        "CreatePolicyVersion",
        {"policy_arn": "arn:aws:iam::1:policy/P", "policy_document": ALLOW, "set_as_default": False},
        "aws iam create-policy-version --policy-arn arn:aws:iam::1:policy/P "
        "--policy-document file://policy-document.json --no-set-as-default",
    ),
]


def operation(name: str) -> Any:
    return catalogue.find("iam", name)


@pytest.mark.parametrize(("name", "members", "wanted"), CASES)
def test_commands(name: str, members: dict[str, Any], wanted: str) -> None:
    assert command(operation(name), members) == wanted


HOSTILE = (
    "<$(touch pwned)>",
    "file:///home/admin/.aws/credentials",
    "fileb://~/.ssh/id_ed25519",
    "--endpoint-url=https://example.org",
    "-x; `id`",
    "'\n\"$(id)\\",
)


@pytest.mark.parametrize("value", HOSTILE)
def test_what_others_wrote_is_a_value_and_nothing_else(value: str) -> None:
    """A description may come from somebody who wants to see what an administrator runs, or has in his files."""
    for service, name, member in (
        ("iam", "UpdateRole", "description"),
        ("iam", "UntagRole", "tag_keys"),
        ("iamconsole", "PutSavedView", "view_name"),
        ("iamconsole", "PutNotificationSettings", "contacts"),
    ):
        found: Any = catalogue.find(service, name)
        write = command if service == "iam" else own_cli.command
        words = shlex.split(write(found, {member: [value] if member in ("tag_keys", "contacts") else value}))
        option = f"--{member.replace('_', '-')}"
        assert words[3:] in (
            [option, value],
            [f"{option}={value}"],
            [option, json.dumps([value])],
            [option, f"<{option[2:]}>"],
        )
        assert not words[-1].startswith(("file", "--endpoint"))
    unquoted = shlex.join(["x", value]).partition(" ")[2]
    said = command(operation("UpdateRole"), {"description": value})
    assert said.endswith((f"--description {unquoted}", shlex.quote(f"--description={value}"), " <description>"))


def test_values_that_shorthand_cannot_hold_are_json() -> None:
    said = command(operation("TagUser"), {"user_name": "ada", "tags": [{"key": "a b", "value": "c,d"}]})
    assert json.loads(shlex.split(said)[-1]) == {"Key": "a b", "Value": "c,d"}


def test_operations_of_our_own_have_no_command() -> None:
    assert commands([(catalogue.find("signin", "ConsoleLogout"), {})]) == ""
