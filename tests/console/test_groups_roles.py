"""Groups and roles in the console."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import AccessKey, Group, Membership, Role
from iamconsole.kernel import clock
from tests.console.furniture import ALLOW, TRUST, furnish
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up


def role_of(tenant: Tenant, name: str) -> Role:
    return Role.objects.get(account_id=tenant.account_id, name=name)


def test_a_group_from_beginning_to_end(tenant: Tenant, admin: Client) -> None:
    arn = furnish(tenant)["policy"]
    made = admin.post("/console/create/group/", {"group_name": "ops", "path": "/", "policy_arns": [arn]})
    assert made["Location"] == "/console/groups/ops/"
    admin.post("/console/groups/ops/users/add/", {"action": "add", "selected": ["ada", "admin"]})
    admin.post("/console/groups/ops/users/remove/", {"user_name": "admin"})
    members = Membership.objects.filter(account_id=tenant.account_id, group__name="ops")
    assert [member.user.name for member in members] == ["ada"]
    admin.post("/console/groups/ops/inline/", {"policy_name": "p", "policy_document": ALLOW})
    moved = admin.post("/console/groups/ops/edit/", {"new_group_name": "operations", "new_path": "/x/"})
    assert moved["Location"] == "/console/groups/operations/"
    page = admin.get("/console/groups/operations/delete/").content.decode()
    assert "1</strong> user loses what the group grants" in page
    assert admin.post("/console/groups/operations/delete/", {"confirm": "operations"}).status_code == 302
    assert not Group.objects.filter(account_id=tenant.account_id, name="operations").exists()


def test_a_name_that_is_taken(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    html = admin.post("/console/create/group/", {"group_name": "DEVS"}).content.decode()
    assert "Group with name DEVS already exists." in html.partition('id="id_group_name_error"')[2]


PRESETS = {
    "this account": ({"trusted": "this-account"}, '"AWS": "arn:aws:iam::{account}:root"'),
    "another account": (
        {"trusted": "other-account", "account_id": "2100-0000-0002", "external_id": "x1"},
        '"sts:ExternalId": "x1"',
    ),
    "a service": ({"trusted": "service", "service": "ec2.amazonaws.com"}, '"Service": "ec2.amazonaws.com"'),
    "JSON": ({"trusted": "custom", "assume_role_policy_document": TRUST}, '"Service":"ec2.amazonaws.com"'),
}


@pytest.mark.parametrize("name", PRESETS)
def test_a_role_by_each_preset(tenant: Tenant, admin: Client, name: str) -> None:
    sent, wanted = PRESETS[name]
    response = admin.post("/console/create/role/", {"role_name": "job", "max_session_duration": "7200", **sent})
    assert response.status_code == 302, response.content.decode()
    assert wanted.replace("{account}", tenant.account_id) in role_of(tenant, "job").trust_policy
    assert role_of(tenant, "job").max_session_duration == 7200


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"trusted": "service"}, "id_service_error"),
        ({"trusted": "custom", "assume_role_policy_document": "{"}, "document-errors"),
        ({"trusted": "this-account", "max_session_duration": "5"}, "id_max_session_duration_error"),
    ],
)
def test_what_is_wrong_with_a_role_stands_beside_its_field(admin: Client, sent: dict[str, str], field: str) -> None:
    response = admin.post("/console/create/role/", {"role_name": "job", **sent})
    assert response.status_code == 400
    assert f'id="{field}"' in response.content.decode()


# A trust policy that IAM accepts, and what the pages say of it; the near miss has nothing to be said of.
RISKY = {
    "every account": ({"AWS": "*"}, "whoever has an account", {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
    "a service for anybody": (
        {"Service": "cloudtrail.amazonaws.com"},
        "may act for anybody&#x27;s resources",
        {"StringEquals": {"aws:SourceAccount": "111122223333"}},
    ),
}


@pytest.mark.parametrize("name", RISKY)
def test_a_risky_trust_policy_is_told_on_every_page_and_kept_from_nobody(
    tenant: Tenant, admin: Client, name: str
) -> None:
    principal, said, condition = RISKY[name]
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    risky = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    narrow = json.dumps({"Version": "2012-10-17", "Statement": [statement | {"Condition": condition}]})
    field = "assume_role_policy_document"
    create = admin.post("/console/create/role/", {"trusted": "custom", "view": "json"}).content.decode()
    assert 'hx-post="/console/check/trust/"' in create
    assert 'id="findings"' in create
    for text, expected in ((risky, True), (narrow, False)):
        form = {"role_name": "", "trusted": "custom", field: text}
        for html in (
            admin.post("/console/check/trust/", form).content.decode(),
            admin.post("/console/create/role/", form).content.decode(),
        ):
            assert (said in html) is expected
            assert ('data-severity="security_warning"' in html) is expected
    made = admin.post("/console/create/role/", {"role_name": "job", "trusted": "custom", field: risky})
    assert made.status_code == 302
    assert said in admin.get("/console/roles/job/trust/").content.decode()
    assert admin.post("/console/roles/job/trust/", {"policy_document": narrow}).status_code == 302
    assert said not in admin.get("/console/roles/job/trust/").content.decode()
    assert admin.post("/console/roles/job/trust/", {"policy_document": risky}).status_code == 302
    assert role_of(tenant, "job").trust_policy == risky


def test_changing_and_deleting_a_role(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    assert "Now: 1 hour." in admin.get("/console/roles/reader/edit/").content.decode()
    admin.post("/console/roles/reader/edit/", {"description": "", "max_session_duration": "43200"})
    assert "Now: 12 hours." in admin.get("/console/roles/reader/edit/").content.decode()
    assert role_of(tenant, "reader").max_session_duration == 43200
    trusted = TRUST.replace("ec2", "lambda")
    assert admin.post("/console/roles/reader/trust/", {"policy_document": trusted}).status_code == 302
    assert role_of(tenant, "reader").trust_policy == trusted
    wrong = admin.post("/console/roles/reader/trust/", {"policy_document": ALLOW})
    assert wrong.status_code == 400
    assert 'id="document-errors"' in wrong.content.decode()
    admin.post("/console/roles/reader/tags/", {"tag_key": ["a"], "tag_value": ["b"]})
    assert role_of(tenant, "reader").tags == {"a": "b"}
    tenant.run("iam:CreateInstanceProfile", instance_profile_name="host")
    tenant.run("iam:AddRoleToInstanceProfile", instance_profile_name="host", role_name="reader")
    assert "host" in admin.get("/console/roles/reader/tab/trust/").content.decode()
    assert admin.post("/console/roles/reader/delete/", {"confirm": "reader"}).status_code == 302
    assert not Role.objects.filter(account_id=tenant.account_id).exists()


def test_the_account_alias(tenant: Tenant, admin: Client) -> None:
    assert admin.post("/console/account/", {"account_alias": "engines"}).status_code == 302
    assert "engines" in admin.get("/console/account/").content.decode()
    assert admin.post("/console/account/", {"account_alias": "No Such"}).status_code == 400
    assert "Remove the account alias engines?" in admin.get("/console/account/alias/remove/").content.decode()
    admin.post("/console/account/alias/remove/", {"account_alias": "engines"})
    assert "engines" not in admin.get("/console/account/").content.decode().replace("engines was", "")


def test_deleting_says_who_trusts_it_and_when_it_was_used(tenant: Tenant, admin: Client) -> None:
    key = furnish(tenant)["key"]
    ada = f"arn:aws:iam::{tenant.account_id}:user/ada"
    trusting = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": ada}, "Action": "sts:AssumeRole"}],
        }
    )
    tenant.run("iam:CreateRole", role_name="breakglass", assume_role_policy_document=trusting.replace("/", "\\u002f"))
    with setting_up():
        AccessKey.objects.filter(pk=key, account_id=tenant.account_id).update(
            last_used=clock.now() - timedelta(minutes=4), last_used_service="s3"
        )
        Role.objects.filter(account_id=tenant.account_id, name="reader").update(last_used=clock.now())
    html = admin.get("/console/users/ada/delete/").content.decode()
    assert f"{key} was used 4\xa0minutes ago for s3" in html
    assert "1</strong> trust policy names it" in html
    html = admin.get("/console/roles/reader/delete/").content.decode()
    assert "It was assumed just now." in html
    assert "Revoke sessions instead" in html


def test_sessions_of_a_role_are_revoked(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    html = admin.get("/console/roles/reader/tab/sessions/").content.decode()
    assert f"/console/switch-role/?account={tenant.account_id}&amp;roleName=reader" in html
    assert admin.post("/console/roles/reader/revoke/").status_code == 302
    assert tenant.run("iam:ListRolePolicies", role_name="reader").policy_names == ["AWSRevokeOlderSessions"]
