"""The aws CLI commands that forms show."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

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


def test_values_that_shorthand_cannot_hold_are_json() -> None:
    said = command(operation("TagUser"), {"user_name": "ada", "tags": [{"key": "a b", "value": "c,d"}]})
    assert json.loads(shlex.split(said)[-1]) == {"Key": "a b", "Value": "c,d"}


def test_operations_of_our_own_have_no_command() -> None:
    assert commands([(catalogue.find("signin", "ConsoleLogout"), {})]) == ""
