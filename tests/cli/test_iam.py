"""`manage.py iam`: any operation as the local operator."""

from __future__ import annotations

import json

import pytest

from accounts.models import User
from iamconsole.audit.models import AuditEvent
from iamconsole.runtime import catalogue

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def test_an_operation_runs_and_prints_json_under_awss_names(tenant, manage):
    made = manage("iam", "create-user", "--user-name", "ada", "--tags", "Key=team,Value=red", "Key=floor,Value=2")
    assert made.code == 0
    user = made.data["User"]
    assert user["Arn"] == f"arn:aws:iam::{tenant.account_id}:user/ada"
    assert user["Tags"] == [{"Key": "floor", "Value": "2"}, {"Key": "team", "Value": "red"}]
    assert User.objects.get(account_id=tenant.account_id, name="ada").tags == {"team": "red", "floor": "2"}


def test_a_call_is_on_record_as_the_operator(tenant, manage):
    manage("iam", "create-user", "--user-name", "ada")
    record = json.loads(AuditEvent.objects.filter(account_id=tenant.account_id).latest("sequence").body)
    assert record["eventName"] == "CreateUser"
    assert record["userIdentity"]["type"] == "Operator"
    assert record["door"] == "cli"
    assert "manage.py" in record["userAgent"]


def test_a_document_comes_from_a_file_and_is_shown_as_json(tenant, manage, tmp_path):
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(POLICY))
    manage("iam", "create-policy", "--policy-name", "p", "--policy-document", f"file://{file}")
    arn = f"arn:aws:iam::{tenant.account_id}:policy/p"
    shown = manage("iam", "get-policy-version", "--policy-arn", arn, "--version-id", "v1").data
    assert shown["PolicyVersion"]["Document"] == POLICY


def test_flags_are_given_plain_or_with_no(tenant, manage):
    arn = f"arn:aws:iam::{tenant.account_id}:policy/p"
    document = json.dumps(POLICY)
    manage("iam", "create-policy", "--policy-name", "p", "--policy-document", document)
    second = manage(
        "iam", "create-policy-version", "--policy-arn", arn, "--policy-document", document, "--set-as-default"
    )
    third = manage(
        "iam", "create-policy-version", "--policy-arn", arn, "--policy-document", document, "--no-set-as-default"
    )
    assert second.data["PolicyVersion"]["IsDefaultVersion"] is True
    assert third.data["PolicyVersion"]["IsDefaultVersion"] is False


def test_lists_are_words_or_json(tenant, manage):
    manage(
        "iam", "create-user", "--user-name", "ada", "--tags", '[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]'
    )
    manage("iam", "tag-user", "--user-name", "ada", "--tags", '{"Key": "c", "Value": "3"}')
    assert manage("iam", "untag-user", "--user-name", "ada", "--tag-keys", "a", "b").code == 0
    assert manage("iam", "list-user-tags", "--user-name", "ada").data == {"Tags": [{"Key": "c", "Value": "3"}]}


def test_all_pages_are_one_result_unless_paging_is_asked_for(tenant, manage):
    for n in range(103):
        tenant.run("iam:CreateUser", user_name=f"user-{n}")
    whole = manage("iam", "list-users").data
    assert len(whole["Users"]) == 104
    assert set(whole) == {"Users"}
    page = manage("iam", "list-users", "--max-items", "7").data
    assert len(page["Users"]) == 7
    assert page["IsTruncated"] is True
    assert len(manage("iam", "list-users", "--marker", page["Marker"]).data["Users"]) == 97


def test_a_fault_is_printed_as_the_aws_cli_prints_it(tenant, manage):
    ran = manage("iam", "get-user", "--user-name", "nobody")
    assert ran.code == 254
    assert ran.out == ""
    assert ran.err.strip() == (
        "An error occurred (NoSuchEntity) when calling the GetUser operation: "
        "The user with name nobody cannot be found."
    )


def test_missing_members_are_reported_in_awss_words(tenant, manage):
    ran = manage("iam", "create-user")
    assert ran.code == 254
    assert "(ValidationError) when calling the CreateUser operation: 1 validation error detected" in ran.err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["creat-user", "--user-name", "ada"], "did you mean create-user"),
        (["CreatUser"], "did you mean CreateUser"),
        (["create-user", "--usr-name", "ada"], "`--usr-name` is not known here: did you mean --user-name"),
        (["create-user", "--user-name", "ada", "stray"], "`stray` is not known here"),
        (["tag-user", "--user-name", "ada", "--tags", "Key"], "--tags: expected Name=Value"),
        (["tag-user", "--user-name", "ada", "--tags", "[1"], "--tags: "),
        (["create-policy", "--policy-document", "file:///no/such/file"], "--policy-document: "),
        (["list", "--service", "iamm"], "did you mean iam"),
        (["create-user", "--output", "yaml"], "--output"),
    ],
)
def test_a_command_line_that_cannot_be_read_says_what_was_meant(tenant, manage, words, hint):
    ran = manage("iam", *words)
    assert ran.code == 252
    assert hint in ran.err


def test_the_account_must_be_named_where_there_are_several(tenant, app, manage):
    from tests.support.tenants import open_account

    other = open_account(app)
    assert other.alias in manage("iam", "list-users").err
    for named in (
        other.account_id,
        other.alias,
        f"{other.account_id[:4]}-{other.account_id[4:8]}-{other.account_id[8:]}",
    ):
        users = manage("iam", "list-users", "--account", named).data["Users"]
        assert users[0]["Arn"].split(":")[4] == other.account_id
    assert manage("iam", "--account", other.alias, "list-users").code == 0
    assert f"did you mean {other.alias}" in manage("iam", "list-users", "--account", f"{other.alias}x").err


def test_without_any_account_the_way_in_is_named(db, manage):
    assert "manage.py bootstrap" in manage("iam", "list-users").err


@pytest.mark.parametrize("name", ["get-caller-identity", "GetCallerIdentity", "sts:GetCallerIdentity"])
def test_an_operation_is_found_by_any_spelling(tenant, manage, name):
    assert manage("iam", name).data["Account"] == tenant.account_id


def test_list_shows_every_operation(manage):
    rows = manage("iam", "list").data["Operations"]
    assert len(rows) == len(catalogue.operations())
    assert {"Operation": "create-user", "Service": "iam", "Access": "Write", "Summary": "Create an IAM user."} in rows
    assert {row["Service"] for row in manage("iam", "list", "--service", "sts").data["Operations"]} == {"sts"}


def test_tables_are_for_people(tenant, manage):
    table = manage("iam", "list-users", "--output", "table").out
    assert "UserName" in table
    assert "admin" in table
    assert "│" in table
    one = manage("iam", "get-user", "--user-name", "admin", "--output", "table").out
    assert "CreateDate" in one


def test_help_lists_the_members_with_their_bounds(manage, capsys):
    assert manage("iam", "create-user", "--help").code == 0
    shown = capsys.readouterr().out
    assert "--permissions-boundary" in shown
    assert "1 to 64 characters" in " ".join(shown.split())
