"""A user that has left is deactivated, is told so when it signs in, and can come back."""

from __future__ import annotations

from django.test import Client

from accounts.models import AccessKey, Attachment, LoginProfile
from iamconsole.audit.access.summaries import DENY_ALL
from tests.console.client import sign_in, with_password
from tests.console.furniture import allowing, furnish
from tests.console.test_users import names
from tests.support.tenants import Tenant

TAB = "/console/users/ada/tab/credentials/"


def test_a_user_is_deactivated_in_one_batch_and_can_come_back(tenant: Tenant, admin: Client) -> None:
    key = furnish(tenant)["key"]
    there = "/console/users/ada/deactivate/"
    page = admin.get(there).content.decode()
    assert "1</strong> SSH public key stops working" in page
    assert admin.post(there)["Location"] == TAB
    assert names(tenant) == [
        "AttachUserPolicy",
        "UpdateAccessKey",
        "UpdateSSHPublicKey",
        "UpdateSigningCertificate",
        "UpdateServiceSpecificCredential",
    ]
    assert admin.get(there)["Location"] == TAB  # nothing is left
    assert LoginProfile.objects.filter(account_id=tenant.account_id, user__name="ada").exists()
    assert "Deactivate instead" not in admin.get("/console/users/ada/delete/").content.decode()
    back = admin.get(TAB).content.decode()
    assert "whatever else this user has, it can do nothing" in back
    assert "/console/users/ada/reactivate/" in back
    assert "Deactivate user" not in back
    done = names(tenant)
    assert admin.post("/console/users/ada/reactivate/", {"with_keys": "on"})["Location"] == TAB
    assert names(tenant)[len(done) :] == ["DetachUserPolicy", *done[1:]]
    assert AccessKey.objects.get(account_id=tenant.account_id, pk=key).active
    assert "it can do nothing" not in admin.get(TAB).content.decode()
    assert admin.get("/console/users/ada/reactivate/")["Location"] == TAB  # nothing to undo


def test_keys_stay_inactive_unless_they_are_asked_for(tenant: Tenant, admin: Client) -> None:
    key = furnish(tenant)["key"]
    admin.post("/console/users/ada/deactivate/")
    html = admin.get("/console/users/ada/reactivate/").content.decode()
    assert "aws iam detach-user-policy" in html
    admin.post("/console/users/ada/reactivate/")
    assert not AccessKey.objects.get(account_id=tenant.account_id, pk=key).active


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
