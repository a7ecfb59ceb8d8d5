"""Account settings: what a password policy would do, the account as an issuer, properties, and the root user."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import AccessKey, LoginProfile, User
from iamconsole.kernel import clock
from tests.console.client import with_password
from tests.support.tenants import PASSWORD, Tenant
from tests.support.write_guard import setting_up


@pytest.fixture
def root(tenant: Tenant) -> Client:
    """The root user in the console."""
    client = Client()
    form = {"email": f"root@{tenant.alias}.localhost", "password": PASSWORD}
    response = client.post("/console/signin/?as=root", form)
    assert response.status_code == 302, response.content.decode()
    return client


def old(tenant: Tenant, name: str, days: int) -> None:
    with_password(tenant, name)
    with setting_up():
        profiles = LoginProfile.objects.filter(account_id=tenant.account_id, user__name=name)
        profiles.update(changed=clock.now() - timedelta(days=days))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            {"max_password_age": "90"},
            "2 of 4 users would fail this policy today: the passwords are too old.",
        ),
        ({"max_password_age": "90", "hard_expiry": "on"}, "They are locked out"),
        ({"max_password_age": "200"}, "1 of 4 users would fail this policy today: the password is too old."),
        ({"max_password_age": "1095"}, "No password expires today."),
        ({"max_password_age": "0"}, "No password expires today."),
        ({"max_password_age": "9" * 40}, "No password expires today."),
        ({"max_password_age": "\u0663"}, "No password expires today."),
    ],
)
def test_who_would_fail_is_told_while_typing(tenant: Tenant, admin: Client, typed: dict[str, str], said: str) -> None:
    for name, days in (("ada", 300), ("grace", 100), ("alan", 10)):
        old(tenant, name, days)
    response = admin.post("/console/account/password-policy/preview/", typed, headers={"HX-Request": "true"})
    html = response.content.decode()
    assert said in html
    assert "<html" not in html
    assert (
        'hx-post="/console/account/password-policy/preview/"'
        in admin.get("/console/account/password-policy/").content.decode()
    )


def test_the_account_as_an_issuer(admin: Client) -> None:
    page = admin.post("/console/account/outbound/", {"do": "enable"}, follow=True).content.decode()
    assert "/.well-known/openid-configuration" in page
    page = admin.post("/console/account/outbound/", {"do": "disable"}, follow=True).content.decode()
    assert "/.well-known/openid-configuration" not in page


def test_account_properties(admin: Client) -> None:
    there = "/console/account/property/"
    assert admin.post(there, {"name": "Billing/Centre", "value": "4711"}).status_code == 302
    assert re.search(r"Billing/Centre.*4711", admin.get("/console/account/").content.decode(), re.DOTALL)
    wrong = admin.post(there, {"name": "nothing", "value": "4711"})
    assert wrong.status_code == 400
    assert "Namespace/PropertyName" in wrong.content.decode()


def test_keys_of_the_root_user_are_its_own(tenant: Tenant, admin: Client, root: Client) -> None:
    html = admin.get("/console/account/root/").content.decode()
    assert "Sign in as it" in html
    keys = AccessKey.objects.filter(account_id=tenant.account_id, user__name="admin").count()
    assert admin.post("/console/account/root/keys/", {"confirm": "root"}).status_code == 403
    assert AccessKey.objects.filter(account_id=tenant.account_id, user__name="admin").count() == keys
    assert root.post("/console/account/root/keys/", {"confirm": "yes"}).status_code == 400
    made = root.post("/console/account/root/keys/", {"confirm": "root"})
    assert made.status_code == 200
    assert "no-store" in made["Cache-Control"]
    mine = User.objects.get(account=tenant.account_id, is_root=True)
    key = AccessKey.objects.get(account_id=tenant.account_id, user=mine)
    root.post("/console/account/root/keys/", {"do": "deactivate", "access_key_id": key.pk})
    assert "Inactive" in root.get("/console/account/root/").content.decode()
    assert "Present" in admin.get("/console/account/root/").content.decode()
    assert "Deactivate" in root.get(f"/console/account/root/keys/{key.pk}/delete/").content.decode()
    assert root.post(f"/console/account/root/keys/{key.pk}/delete/").status_code == 302
    assert not AccessKey.objects.filter(pk=key.pk, account_id=tenant.account_id).exists()
