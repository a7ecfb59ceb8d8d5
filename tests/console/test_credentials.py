"""SSH public keys, signing certificates and service-specific credentials of a user; batches that are not allowed."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.models import AccessKey, ConsoleSession
from iamconsole.kernel import clock
from tests.console.client import sign_in, with_password
from tests.console.furniture import allowing, furnish
from tests.console.test_users import names
from tests.support.keys import issued, ssh
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

TAB = "/console/users/ada/tab/credentials/"
HERE = "/console/users/ada/credentials"
ADDED = {
    "ssh-keys": ({"ssh_public_key_body": ssh(1)}, "UploadSSHPublicKey"),
    "certificates": ({"certificate_body": issued(1).pem}, "UploadSigningCertificate"),
    "service-credentials": (
        {"service_name": "bedrock.amazonaws.com", "credential_age_days": "30"},
        "CreateServiceSpecificCredential",
    ),
}
WRONG = {
    "ssh-keys": ({"ssh_public_key_body": "ssh-dss AAAA"}, "ssh_public_key_body"),
    "certificates": ({"certificate_body": "no certificate"}, "certificate_body"),
    "service-credentials": ({"service_name": "s3.amazonaws.com"}, "service_name"),
}
NOUNS = {
    "ssh-keys": ("ssh_key", "SSHPublicKey"),
    "certificates": ("certificate", "SigningCertificate"),
    "service-credentials": ("credential", "ServiceSpecificCredential"),
}


@pytest.mark.parametrize("kind", ADDED)
def test_one_is_added(tenant: Tenant, admin: Client, kind: str) -> None:
    furnish(tenant)
    sent, event = ADDED[kind]
    assert b"aws iam" in admin.get(f"{HERE}/{kind}/add/").content
    response = admin.post(f"{HERE}/{kind}/add/", sent)
    assert response.status_code == (200 if kind == "service-credentials" else 302), response.content.decode()
    assert names(tenant) == [event]


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_stands_beside_its_field(tenant: Tenant, admin: Client, kind: str) -> None:
    furnish(tenant)
    sent, field = WRONG[kind]
    response = admin.post(f"{HERE}/{kind}/add/", sent)
    assert response.status_code == 400
    assert f'id="id_{field}_error"' in response.content.decode()


def test_a_registered_service_is_offered(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    assert '<option value="orders">Orders</option>' in admin.get(f"{HERE}/service-credentials/add/").content.decode()
    assert admin.post(f"{HERE}/service-credentials/add/", {"service_name": "orders"}).status_code == 200


def test_a_secret_is_shown_once_and_reset(tenant: Tenant, admin: Client) -> None:
    there = f"{HERE}/service-credentials/{furnish(tenant)['credential']}/reset/"
    sent = {"submission": "once"}
    first, second = admin.post(there, sent), admin.post(there, sent)
    assert "no-store" in first["Cache-Control"]
    assert "Password" in first.content.decode()
    assert (second.status_code, second["Location"]) == (302, TAB)
    assert names(tenant) == ["ResetServiceSpecificCredential"]


@pytest.mark.parametrize("kind", NOUNS)
def test_one_is_switched_off_and_on_and_deleted(tenant: Tenant, admin: Client, kind: str) -> None:
    which, noun = NOUNS[kind]
    there = f"{HERE}/{kind}/{furnish(tenant)[which]}"
    assert "Deactivate instead" in admin.get(f"{there}/delete/").content.decode()
    admin.post(f"{there}/change/", {"status": "Inactive"})
    assert "Deactivate instead" not in admin.get(f"{there}/delete/").content.decode()
    admin.post(f"{there}/change/", {"status": "Active"})
    assert admin.post(f"{there}/delete/")["Location"] == TAB
    assert names(tenant) == [f"Update{noun}", f"Update{noun}", f"Delete{noun}"]
    assert admin.get(f"{there}/delete/").status_code == 404


def test_only_a_secret_can_be_reset(tenant: Tenant, admin: Client) -> None:
    assert admin.get(f"{HERE}/ssh-keys/{furnish(tenant)['ssh_key']}/reset/").status_code == 404


def test_the_tab_shows_what_tells_them_apart(tenant: Tenant, admin: Client) -> None:
    key = furnish(tenant)["key"]
    with setting_up():
        AccessKey.objects.filter(pk=key, account_id=tenant.account_id).update(
            created=clock.now() - timedelta(days=100),
            last_used=clock.now() - timedelta(minutes=4),
            last_used_service="s3",
            last_used_region="eu-central-1",
        )
    html = unescape(admin.get(TAB).content.decode())
    for said in ("100 days", "4\xa0minutes ago", "s3, eu-central-1", "CN=leaf", f"ada-at-{tenant.account_id}"):
        assert said in html, said


def test_the_sessions_that_end_are_named(tenant: Tenant, admin: Client) -> None:
    with_password(tenant, "ada")
    session = sign_in(tenant, "ada", REMOTE_ADDR="10.1.2.3")
    for page in ("deactivate", "delete", "password/delete"):
        html = admin.get(f"/console/users/ada/{page}/").content.decode()
        assert "1</strong> <a" in html, page
        assert "10.1.2.3, last seen just now" in html, page
    assert admin.post("/console/users/ada/deactivate/").status_code == 302
    assert not ConsoleSession.objects.filter(account_id=tenant.account_id, user__name="ada").exists()
    assert session.get("/console/").status_code == 302


BATCHES: dict[str, tuple[str, Any]] = {
    "users/ada/deactivate/": ("iam:AttachUserPolicy", "Deactivate user"),
    "users/ada/delete/": ("iam:DetachUserPolicy", "Delete user"),
    "groups/devs/delete/": ("iam:RemoveUserFromGroup", "Delete group"),
    "roles/reader/delete/": ("iam:DetachRolePolicy", "Delete role"),
    "services/orders/delete/": ("iamconsole:DeleteServiceAccessKey", "Deregister service"),
}


@pytest.mark.parametrize("page", BATCHES)
def test_a_batch_of_which_a_part_is_not_allowed_is_not_offered(tenant: Tenant, page: str) -> None:
    furnish(tenant)
    lacking, button = BATCHES[page]
    denied = allowing(lacking).replace("Allow", "Deny")
    with_password(tenant, "clerk", allowing("iam:*", "iamconsole:*"), denied)
    clerk = sign_in(tenant, "clerk")
    html = clerk.get(f"/console/{page}").content.decode()
    assert f"not authorized to perform: {lacking}" in html
    assert f">{button}<" not in html
    admin = allowing("iam:*", "iamconsole:*")
    with_password(tenant, "boss", admin)
    assert f">{button}<" in sign_in(tenant, "boss").get(f"/console/{page}").content.decode()
