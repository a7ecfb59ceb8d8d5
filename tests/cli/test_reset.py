"""`POST /testing/reset`: only in test mode, only from this machine, and everything goes but root."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.db.models import ForeignKey
from django.test import RequestFactory

from accounts.models import AccessKey, Account, Group, User
from accounts.tenancy import resetting
from iamconsole.audit.models import AuditEvent
from iamconsole.interfaces.testmode.views import reset
from tests.support import inprocess
from tests.support.keys import issued, ssh, uploaded
from tests.support.tenants import open_account

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}
MOST_STATEMENTS = 27
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


@pytest.fixture
def test_mode(settings):
    settings.IAM_TEST_MODE = True


def post(body=None, method="POST", **environ):
    """One request, straight into the view's own stack; `environ` as a WSGI server would fill it."""
    data = json.dumps(body) if body is not None else ""
    request = RequestFactory().generic(method, "/testing/reset", data, content_type="application/json", **environ)
    return reset(request)


@pytest.fixture
def furnished(tenant, manage):
    """An account with something of everything, and a key of its root user."""
    manage("bootstrap", "--account-alias", tenant.alias, "--account-id", tenant.account_id, "--root-access-key")
    document = json.dumps(POLICY)
    arn = tenant.run("iam:CreatePolicy", policy_name="p", policy_document=document).policy.arn
    tenant.run("iam:CreatePolicyVersion", policy_arn=arn, policy_document=document)
    tenant.user("ada", document, permissions_boundary=arn)
    tenant.run("iam:CreateGroup", group_name="g")
    tenant.run("iam:AddUserToGroup", group_name="g", user_name="ada")
    tenant.run("iam:AttachGroupPolicy", group_name="g", policy_arn=arn)
    tenant.run("iam:CreateLoginProfile", user_name="ada", password="Correct-horse-9")
    tenant.run("iam:CreateRole", role_name="r", assume_role_policy_document=json.dumps(TRUST))
    tenant.run("iam:CreateInstanceProfile", instance_profile_name="i")
    tenant.run("iam:AddRoleToInstanceProfile", instance_profile_name="i", role_name="r")
    tenant.run("iam:UploadSSHPublicKey", user_name="ada", ssh_public_key_body=ssh())
    tenant.run("iam:UploadSigningCertificate", user_name="ada", certificate_body=issued().pem)
    tenant.run("iam:UploadServerCertificate", **uploaded(issued()))
    tenant.run("iam:CreateServiceSpecificCredential", user_name="ada", service_name="codecommit.amazonaws.com")
    tenant.run("iam:PutAccountProperties", properties={"Team/Name": "red"})
    return tenant


def test_everything_goes_but_root_its_keys_and_the_trail(furnished, test_mode):
    account = {"account_id": furnished.account_id}
    before = AuditEvent.objects.filter(**account).count()
    answer = post({"account": furnished.account_id})
    assert answer.status_code == 200
    assert json.loads(answer.content) == {"account": furnished.account_id}
    assert answer["X-Iam-Consistency-Token"]
    left = {model._meta.label: model._base_manager.filter(**account).count() for model in resetting.tables()}
    assert {label: n for label, n in left.items() if n} == dict.fromkeys(resetting.KEPT, 1)
    assert User.objects.get(**account).is_root
    assert AuditEvent.objects.filter(**account).count() == before + 1
    assert Account.objects.get(pk=furnished.account_id).alias == furnished.alias


def test_the_root_key_goes_on_working_and_every_other_stops(furnished, app, test_mode):
    from accounts.access_keys.secrets import unseal

    key = AccessKey.objects.get(account_id=furnished.account_id, user__is_root=True)
    secret = unseal(key.sealed_secret, account_id=key.account_id, access_key_id=key.id)
    root = inprocess.client("iam", {"AccessKeyId": key.id, "SecretAccessKey": secret}, app)
    assert len(root.list_users()["Users"]) == 2
    post({"account": furnished.account_id})
    assert root.list_users()["Users"] == []
    root.create_user(UserName="ada")
    with pytest.raises(furnished.client().exceptions.ClientError, match="InvalidClientTokenId"):
        furnished.client().list_users()


def test_other_accounts_are_left_alone(furnished, app, test_mode):
    other = open_account(app)
    other.run("iam:CreateGroup", group_name="g")
    assert post().status_code == 400
    assert post({"account": furnished.account_id}).status_code == 200
    assert Group.objects.filter(account_id=other.account_id).count() == 1
    assert other.client().list_users()["Users"]


def test_the_only_account_needs_no_name(furnished, test_mode):
    assert json.loads(post().content) == {"account": furnished.account_id}


def test_a_small_account_is_emptied_by_few_statements(furnished, test_mode, django_assert_max_num_queries):
    """One asks which tables hold anything: a suite that resets after every test has little in few of them."""
    post()
    for n in range(10):
        furnished.run("iam:CreateUser", user_name=f"user-{n}")
    with django_assert_max_num_queries(MOST_STATEMENTS):
        assert post().status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_VIA": "1.1 proxy"},
        {"HTTP_ORIGIN": "http://evil.example"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
    ],
)
def test_whoever_is_not_a_program_on_this_machine_finds_nothing(furnished, test_mode, headers):
    assert post({"account": furnished.account_id}, **headers).status_code == 404
    assert User.objects.filter(account_id=furnished.account_id).count() == 3


def test_outside_of_test_mode_there_is_no_such_page_and_no_such_operation(furnished, settings, manage):
    settings.IAM_TEST_MODE = False
    assert post({"account": furnished.account_id}).status_code == 404
    ran = manage("iam", "reset-account", "--account", furnished.account_id)
    assert ran.code == 254
    assert "IAM_TEST_MODE=1" in ran.err
    assert User.objects.filter(account_id=furnished.account_id).count() == 3


def test_the_page_is_where_the_contract_says(tenant, app, test_mode):
    answer = inprocess.request(app, "POST", f"{inprocess.ENDPOINT}/testing/reset", {}, b"")
    assert answer.status_code == 200
    assert json.loads(answer.content) == {"account": tenant.account_id}
    with pytest.raises(tenant.client().exceptions.ClientError, match="InvalidClientTokenId"):
        tenant.client().list_users()


def test_another_method_finds_nothing(tenant, test_mode):
    assert post(method="GET").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"), [({"account": "999999999999"}, 404), ({"account": "aws"}, 404), ([], 400), ("x", 400)]
)
def test_a_body_that_names_no_account_is_refused(tenant, test_mode, body, status):
    answer = post(body)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["code"] in ("NoSuchEntity", "InvalidInput")


def test_no_table_of_an_account_is_forgotten():
    """Rows that refer to an account's rows must go with them, or the database refuses the reset."""
    emptied = {*resetting.tables(), Account}
    forgotten = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model in emptied and model not in emptied
    }
    assert forgotten - {"admin.LogEntry.user"} == set()  # switched off
