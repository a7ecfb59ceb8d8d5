"""The command line is derived: it must hold for every operation of the catalogue, those to come included."""

from __future__ import annotations

import argparse
import shlex

import pytest

from iamconsole.interfaces.cli import examples, explain, output
from iamconsole.interfaces.cli.members import members
from iamconsole.interfaces.cli.options import parser, raw_input
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime import catalogue

OPERATIONS = [pytest.param(operation, id=operation.action) for operation in catalogue.operations()]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_its_example_is_read_back_as_the_members_it_demands(operation, tmp_path, monkeypatch):
    (tmp_path / "policy.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    words = shlex.split(examples.manage_py(operation).replace("file:///dev/stdin", "secret"))[4:]
    raw = raw_input(operation, parser(operation).parse(words))
    assert set(raw) == {member.alias for member in members(operation) if member.required}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_explain_has_every_member_and_error(operation):
    facts = explain.facts(operation)
    assert {member["Member"] for member in facts["Input"]} == {
        field.alias for field in operation.input.model_fields.values()
    }
    assert {error["Code"] for error in facts["Errors"]} == {fault.code for fault in operation.errors}
    page = output.rendered(*explain.page(operation))
    assert operation.action in page
    assert all(member["Option"] in page for member in facts["Input"])


def test_no_member_hides_an_option_of_ours():
    ours = {"account", "output", "help"}
    hidden = {op.action for op in catalogue.operations() if ours & set(op.input.model_fields)}
    assert hidden == set()


def test_explain_create_user(manage):
    facts = manage("iam", "explain", "CreateUser", "--output", "json").data
    assert facts["Action"] == "iam:CreateUser"
    assert facts["AccessLevel"] == "Write"
    assert facts["ResourceTypes"] == ["iam:user"]
    assert facts["ConditionKeys"]["iam:PermissionsBoundary"] == "permissions_boundary"
    assert facts["ImpliedActions"][0] == {"Action": "iam:TagUser", "ResourceType": "iam:user", "When": "tags is given"}
    assert facts["Rest"] == {"Method": "POST", "Path": "/api/v1/users", "Status": 201}
    assert {"Code": "EntityAlreadyExists", "Status": 409, "Shape": "EntityAlreadyExistsException"} in facts["Errors"]
    assert facts["Examples"]["aws"].startswith("aws iam create-user --user-name ada --endpoint-url http")
    assert 'create_user(UserName="ada")' in facts["Examples"]["boto3"]
    assert "iam:TagUser (tags is given)" in manage("iam", "explain", "create-user").out


def test_booleans_take_no_value():
    operation = REGISTRY["iam:CreatePolicyVersion"]
    given = parser(operation).parse(["--policy-arn", "x", "--no-set-as-default"])
    assert isinstance(given, argparse.Namespace)
    assert raw_input(operation, given) == {"PolicyArn": "x", "SetAsDefault": False}
