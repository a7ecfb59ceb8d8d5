"""A user that has left is deactivated, is told so when it signs in, and can come back."""

from __future__ import annotations

from django.test import Client

from accounts.deactivation import DENY_ALL
from accounts.models import AccessKey, Attachment, LoginProfile
from tests.console.client import sign_in, with_password
from tests.console.furniture import allowing, furnish
from tests.console.test_users import names
from tests.support.tenants import Tenant

TAB = "/console/users/ada/tab/credentials/"


def test_a_user_is_deactivated_in_one_step_and_can_come_back(tenant: Tenant, admin: Client) -> None:
    things = furnish(tenant)
    there = "/console/users/ada/deactivate/"
    page = admin.get(there).content.decode()
    assert "1</strong> SSH public key stops working" in page
    assert admin.post(there)["Location"] == TAB
    assert names(tenant) == ["DeactivateUser"]
    assert admin.get(there)["Location"] == TAB  # nothing is left
    assert LoginProfile.objects.filter(account_id=tenant.account_id, user__name="ada").exists()
    assert "Deactivate instead" not in admin.get("/console/users/ada/delete/").content.decode()
    back = admin.get(TAB).content.decode()
    assert "whatever else this user has, it can do nothing" in back
    assert "/console/users/ada/reactivate/" in back
    assert "Deactivate user" not in back
    html = admin.get("/console/users/ada/reactivate/").content.decode()
    for kind, ident in (("access key", "key"), ("SSH public key", "ssh_key"), ("signing certificate", "certificate")):
        assert f"{kind} {things[ident]}" in html
    assert "aws iamconsole" not in html
    assert "reactivate-user --user-name ada" in html
    assert admin.post("/console/users/ada/reactivate/", {"with_credentials": "on"})["Location"] == TAB
    assert names(tenant) == ["DeactivateUser", "ReactivateUser"]
    assert AccessKey.objects.get(account_id=tenant.account_id, pk=things["key"]).active
    assert "it can do nothing" not in admin.get(TAB).content.decode()
    assert admin.get("/console/users/ada/reactivate/")["Location"] == TAB  # nothing to undo


def test_what_was_inactive_before_stays_so_and_nothing_comes_back_where_that_is_not_wanted(
    tenant: Tenant, admin: Client
) -> None:
    things = furnish(tenant)
    tenant.run("iam:UpdateAccessKey", user_name="ada", access_key_id=things["key"], status="Inactive")
    admin.post("/console/users/ada/deactivate/")
    html = admin.get("/console/users/ada/reactivate/").content.decode()
    assert things["ssh_key"] in html
    assert things["key"] not in html
    admin.post("/console/users/ada/reactivate/", {"with_credentials": "on"})
    assert statuses(tenant) == {"key": False, "ssh": True}
    admin.post("/console/users/ada/deactivate/")
    admin.post("/console/users/ada/reactivate/", {})
    assert statuses(tenant) == {"key": False, "ssh": False}


def statuses(tenant: Tenant) -> dict[str, bool]:
    keys = tenant.run("iam:ListAccessKeys", user_name="ada").access_key_metadata
    first = min(keys, key=lambda key: key.create_date)
    ssh = tenant.run("iam:ListSSHPublicKeys", user_name="ada").ssh_public_keys
    return {"key": first.status == "Active", "ssh": ssh[0].status == "Active"}


def test_one_whom_all_is_denied_in_another_way_comes_back_without_credentials(tenant: Tenant, admin: Client) -> None:
    key = furnish(tenant)["key"]
    tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn=DENY_ALL)
    tenant.run("iam:UpdateAccessKey", user_name="ada", access_key_id=key, status="Inactive")
    html = admin.get("/console/users/ada/reactivate/").content.decode()
    assert "were active before is not known" in html
    assert "with_credentials" not in html
    admin.post("/console/users/ada/reactivate/", {"with_credentials": "on"})
    assert not AccessKey.objects.get(account_id=tenant.account_id, pk=key).active
    assert not Attachment.objects.filter(account_id=tenant.account_id, policy__name="AWSDenyAll").exists()


def test_what_a_group_denies_is_no_deactivation(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    tenant.run("iam:AttachGroupPolicy", group_name="devs", policy_arn=DENY_ALL)
    html = admin.get(TAB).content.decode()
    assert "Deactivate user" in html
    assert "/reactivate/" not in html
    assert "All denied" in admin.get("/console/users/?q=ada").content.decode()


def test_a_deactivated_user_is_told_so_and_may_sign_out(tenant: Tenant, admin: Client) -> None:
    with_password(tenant, "ada", allowing("iam:*"))
    admin.post("/console/users/ada/deactivate/")
    ada = sign_in(tenant, "ada")
    for page in ("", "users/", "create/user/", "users/ada/"):
        answer = ada.get(f"/console/{page}")
        html = answer.content.decode()
        assert answer.status_code == 403, page
        assert "Your access is deactivated" in html, page
        assert "ask an administrator to reactivate you" in html, page
        assert "AWSDenyAll" not in html, page
        assert 'action="/console/signout/"' in html, page
    admin.post("/console/users/ada/reactivate/")
    assert ada.get("/console/users/").status_code == 200


def test_nobody_deactivates_himself(tenant: Tenant, admin: Client) -> None:
    html = admin.get("/console/users/admin/deactivate/").content.decode()
    assert "lock yourself out" in html
    assert "Deactivate user" not in html
    assert admin.post("/console/users/admin/deactivate/").status_code == 409
    assert not Attachment.objects.filter(account_id=tenant.account_id, policy__name="AWSDenyAll").exists()
