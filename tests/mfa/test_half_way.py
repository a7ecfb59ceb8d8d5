"""Somebody half way through signing in is nobody at every other door; enabling devices at once exceeds no quota."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.mfa.models import MFADevice
from iamconsole.kernel.errors import LimitExceeded
from tests.console.client import with_password
from tests.mfa.devices import Phone
from tests.mfa.pages import first_step
from tests.query.aws import ANYTHING
from tests.support.tenants import PASSWORD, Tenant, open_account

READS = ["/api/v1/users", "/api/v1/caller-identity"]
PAGES = ["/console/", "/console/users/", "/console/mfa/", "/console/verify/", "/console/sessions/"]
CREATE = {"content_type": "application/json", "data": json.dumps({"UserName": "eve"})}


@pytest.fixture
def must_change(tenant: Tenant) -> Client:
    """A browser of eve's, who may do anything once she has a new password."""
    tenant.run("iam:CreateUser", user_name="eve")
    tenant.run("iam:PutUserPolicy", user_name="eve", policy_name="p", policy_document=ANYTHING)
    tenant.run("iam:CreateLoginProfile", user_name="eve", password=PASSWORD, password_reset_required=True)
    client = Client()
    form = {"account": tenant.alias, "user_name": "eve", "password": PASSWORD}
    assert client.post("/console/signin/", form).status_code == 302
    return client


def statuses(client: Client, paths: list[str]) -> set[int]:
    return {client.get(path).status_code for path in paths}


def test_the_password_alone_is_nobody_at_every_door(phone: Phone) -> None:
    phone.tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="p", policy_document=ANYTHING)
    client = first_step(phone.tenant)
    assert statuses(client, READS) == {401}
    assert statuses(client, PAGES) == {302}
    assert all("/console/signin/" in client.get(path)["Location"] for path in PAGES)
    assert client.post("/api/v1/users", **CREATE).status_code == 401


def test_whoever_must_change_the_password_does_nothing_else(must_change: Client) -> None:
    assert statuses(must_change, READS) == {403}
    assert statuses(must_change, PAGES) == {302}
    must_change.get("/console/password/")  # which sets the token that changes must carry
    token = must_change.cookies["csrftoken"].value
    sent = must_change.post("/api/v1/users", headers={"X-CSRFToken": token}, **CREATE)
    assert (sent.status_code, "password must be changed" in sent.content.decode()) == (403, True)


def test_of_twelve_devices_enabled_at_once_eight_are(transactional_db: None, app: Any) -> None:
    tenant = open_account(app)
    with_password(tenant, "ada")
    phones = [Phone.new(tenant, f"phone{number}") for number in range(12)]

    def enable(phone: Phone) -> str:
        phone.user_name = "ada"
        try:
            tenant.run("iam:EnableMFADevice", **phone.members(phone.pair()))
        except LimitExceeded:
            return "refused"
        finally:
            connection.close()
        return "enabled"

    with ThreadPoolExecutor(12) as pool:
        assert Counter(pool.map(enable, phones)) == {"enabled": 8, "refused": 4}
    assert MFADevice.objects.filter(account_id=tenant.account_id, user__name="ada").count() == 8
