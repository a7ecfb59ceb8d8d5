"""`manage.py bootstrap`, exactly as the contract has it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.test import override_settings

from accounts.models import Account, User
from accounts.passwords import rules
from iamconsole.audit.models import AuditEvent
from iamconsole.interfaces.cli import bootstrapping, generated
from iamconsole.settings.parsing import BASE_DIR
from tests.support import inprocess

CALL = ("bootstrap", "--account-alias", "demo", "--admin", "admin", "--json")
SECRETS = {"Password", "SecretAccessKey"}


def test_it_prints_what_the_contract_says_and_the_credentials_work(db, app, manage):
    made = manage(*CALL).data
    assert set(made) == {"AccountId", "AccountAlias", "ConsoleUrl", "Created", "Root", "Admin"}
    assert set(made["Root"]) == {"Email", "Password"}
    assert set(made["Admin"]) == {"UserName", "Arn", "Password", "AccessKeyId", "SecretAccessKey"}
    assert made["Root"]["Email"] == "root@demo.localhost"
    assert made["ConsoleUrl"].endswith("/console/")
    assert len(made["AccountId"]) == 12
    iam = inprocess.client("iam", made["Admin"], app)
    iam.create_user(UserName="ada")
    groups = iam.list_groups_for_user(UserName="admin")["Groups"]
    assert [group["GroupName"] for group in groups] == ["Administrators"]
    assert inprocess.client("sts", made["Admin"], app).get_caller_identity()["Arn"] == made["Admin"]["Arn"]
    account = {"account_id": made["AccountId"]}
    assert User.objects.get(name="admin", **account).check_password(made["Admin"]["Password"])
    assert User.objects.get(is_root=True, **account).check_password(made["Root"]["Password"])


def test_every_step_is_on_record_and_no_secret_is(db, manage):
    ran = manage(*CALL)
    bodies = [event.body for event in AuditEvent.objects.filter(account_id=ran.data["AccountId"]).order_by("sequence")]
    names = [json.loads(body)["eventName"] for body in bodies]
    assert names == [
        "CreateAccount",
        "CreateGroup",
        "AttachGroupPolicy",
        "CreateUser",
        "AddUserToGroup",
        "CreateLoginProfile",
        "CreateAccessKey",
    ]
    for secret in (ran.data["Root"]["Password"], ran.data["Admin"]["Password"], ran.data["Admin"]["SecretAccessKey"]):
        assert not any(secret in body for body in bodies)


def test_a_second_call_prints_no_secrets_and_says_so(db, manage):
    first = manage(*CALL).data
    events = AuditEvent.objects.filter(account_id=first["AccountId"]).count()
    second = manage(*CALL).data
    assert second["Created"] is False
    assert "cannot be shown again" in second["Message"]
    assert second["Root"] == {"Email": "root@demo.localhost"}
    assert second["Admin"] == {key: value for key, value in first["Admin"].items() if key not in SECRETS}
    assert AuditEvent.objects.filter(account_id=first["AccountId"]).count() == events
    assert "cannot be shown again" in manage(*CALL[:-1]).out


@pytest.mark.parametrize(
    "missing", ["iam:CreateGroup", "iam:CreateUser", "iam:CreateLoginProfile", "iam:CreateAccessKey"]
)
def test_what_a_crash_left_out_is_completed(db, app, manage, monkeypatch, missing):
    whole = bootstrapping._perform

    def crashing(account_id, steps):
        kept = [action for action, _ in steps].index(missing)
        whole(account_id, steps[:kept])
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(bootstrapping, "_perform", crashing)
        with pytest.raises(KeyboardInterrupt):
            manage(*CALL)
    completed = manage(*CALL).data
    assert "shown this once" in completed["Message"]
    inprocess.client("iam", completed["Admin"], app).create_user(UserName="ada")
    assert len(manage(*CALL).data["Admin"]) == 3


def test_a_fault_in_the_middle_leaves_nothing(db, manage, monkeypatch):
    monkeypatch.setattr(bootstrapping, "POLICY", "arn:aws:iam::aws:policy/NoSuchPolicy")
    ran = manage(*CALL)
    assert ran.code == 1
    assert "NoSuchPolicy" in ran.err
    assert not Account.objects.filter(alias="demo").exists()


def test_id_and_email_are_ours_to_choose(db, manage):
    made = manage(*CALL, "--account-id", "1234-5678-9012", "--root-email", "Boss@Example.com").data
    assert made["AccountId"] == "123456789012"
    assert made["Root"]["Email"] == "boss@example.com"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--account-id", "12345"), "twelve digits"),
        (("--account-id", "210987654321"), "belongs to 123456789012"),
        (("--account-alias", "other", "--account-id", "123456789012"), "is called demo"),
        (("--account-alias", "other", "--root-email", "root@demo.localhost"), "belongs to another root user"),
        (("--account-alias", "No Alias"), "accountAlias"),
    ],
)
def test_what_contradicts_the_installation_is_refused(db, manage, words, hint):
    manage(*CALL, "--account-id", "123456789012")
    ran = manage(*CALL, *words)
    assert ran.code == 1
    assert hint in ran.err


def test_a_root_access_key_is_for_tests_and_says_so(db, app, manage):
    ran = manage(*CALL, "--root-access-key")
    assert "warning" in ran.err
    root = ran.data["Root"]
    arn = inprocess.client("sts", root, app).get_caller_identity()["Arn"]
    assert arn == f"arn:aws:iam::{ran.data['AccountId']}:root"
    again = manage(*CALL, "--root-access-key").data["Root"]
    assert again == {"Email": root["Email"], "AccessKeyId": root["AccessKeyId"]}


def test_the_first_run_opens_the_default_account_once(db, manage):
    first = manage("bootstrap", "--first-run")
    account = Account.objects.get(alias="demo")
    for expected in (account.pk, "/console/", "root@demo.localhost", "password "):
        assert expected in first.out
    assert not User.objects.filter(account_id=account.pk, is_root=False).exists()
    again = manage("bootstrap", "--first-run")
    assert account.pk in again.out
    assert "password" not in again.out


def test_the_first_run_leaves_an_installation_with_accounts_alone(tenant, manage):
    ran = manage("bootstrap", "--first-run", "--admin", "admin")
    assert tenant.alias in ran.out
    assert not Account.objects.filter(alias="demo").exists()


@override_settings(
    IAM_BOOTSTRAP_ACCOUNT_ALIAS="acme",
    IAM_BOOTSTRAP_ROOT_EMAIL="boss@acme.example",
    IAM_BOOTSTRAP_ROOT_PASSWORD="Given-and-known-7",
)
def test_the_environment_chooses_for_the_first_run(db, manage):
    ran = manage("bootstrap", "--first-run", "--admin", "ops")
    root = User.objects.get(account=Account.objects.get(alias="acme"), is_root=True)
    assert root.email == "boss@acme.example"
    assert root.check_password("Given-and-known-7")
    assert "Given-and-known-7" not in ran.out
    assert "admin    ops" in ran.out


def test_generated_passwords_satisfy_the_rule_and_differ():
    made = {generated.password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        rules.check(password, account="demo", user_name="admin")
        assert len(password) == generated.LENGTH
        assert all(set(password) & set(kind) for kind in generated.KINDS)


def test_a_generated_account_id_is_not_taken():
    asked: list[str] = []
    assert generated.account_id(lambda number: not asked.append(number) and len(asked) < 3) == asked[2]
    assert all(number.isdigit() and len(number) == 12 and number[0] != "0" for number in asked)


@pytest.mark.slow
def test_in_a_process_of_its_own_on_a_fresh_machine(tmp_path):
    """Tables, account, administrator; the JSON is all that standard output has from the first brace on."""
    given = {"PATH": os.environ["PATH"], "IAM_ENV_FILE": os.devnull, "IAM_DATA_DIR": str(tmp_path / "var")}

    def run(*words):
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=BASE_DIR, env=given, capture_output=True, text=True, check=False)

    first = run(*CALL)
    assert first.returncode == 0, first.stderr
    made = json.loads(first.stdout[first.stdout.index("{") :])
    assert made["Admin"]["SecretAccessKey"]
    assert json.loads(run(*CALL).stdout)["Created"] is False
    refused = run("iam", "get-user", "--user-name", "nobody")
    assert refused.returncode == 254
    assert refused.stderr.strip().startswith("An error occurred (NoSuchEntity) when calling the GetUser operation: ")
