"""Bulk actions: a preview that writes nothing, then everything or nothing."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.models import AccessKey, Membership, User
from iamconsole.audit.models import AuditEvent
from iamconsole.replication.models import ChangeEntry
from tests.console.client import sign_in, with_password
from tests.console.furniture import allowing
from tests.support.tenants import Tenant

BULK = "/console/bulk/users/"
HIDDEN = re.compile(r'<input type="hidden" name="(action|names|confirmed|group_name)" value="([^"]*)"')


@pytest.fixture
def team(tenant: Tenant) -> list[str]:
    """Five users, each with a key, and a group that one of them is in."""
    names = [f"user-{number}" for number in range(5)]
    for name in names:
        tenant.user(name)
    tenant.run("iam:CreateGroup", group_name="devs")
    tenant.run("iam:AddUserToGroup", group_name="devs", user_name="user-0")
    return names


def footprint(tenant: Tenant) -> tuple[int, ...]:
    account = {"account_id": tenant.account_id}
    return tuple(
        model.objects.filter(**account).count() for model in (User, AccessKey, Membership, AuditEvent, ChangeEntry)
    )


@pytest.mark.parametrize("action", ["add-to-group", "rotate-keys", "deactivate-keys", "delete"])
def test_a_preview_writes_nothing(tenant: Tenant, admin: Client, team: list[str], action: str) -> None:
    before = footprint(tenant)
    sent = {"action": action, "selected": [*team, "nobody"], "group_name": "devs"}
    response = admin.post(BULK, sent)
    assert response.status_code == 200
    assert "X-Iam-Consistency-Token" not in response
    assert "nobody" in response.content.decode().partition('id="skipped"')[2]
    assert footprint(tenant) == before


def confirm(client: Client, html: str) -> str:
    """Press the button of a preview; gives where it leads."""
    response = client.post(BULK, dict(HIDDEN.findall(html)))
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def test_adding_to_a_group_asks_for_it_then_shows_then_does(tenant: Tenant, admin: Client, team: list[str]) -> None:
    asked = admin.post(BULK, {"action": "add-to-group", "selected": team})
    assert 'name="group_name"' in asked.content.decode()
    preview = admin.post(BULK, {"action": "add-to-group", "names": " ".join(team), "group_name": "devs"})
    html = preview.content.decode()
    assert "4 changes, 1 skipped" in html
    assert "is in this group already" in html
    assert confirm(admin, html) == "/console/users/"
    assert Membership.objects.filter(account_id=tenant.account_id).count() == 5


def test_deleting_takes_dependents_along(tenant: Tenant, admin: Client, team: list[str]) -> None:
    confirm(admin, admin.post(BULK, {"action": "delete", "selected": team[:3]}).content.decode())
    left = User.objects.filter(account_id=tenant.account_id, is_root=False).values_list("name", flat=True)
    assert sorted(left) == ["admin", "user-3", "user-4"]


def test_all_results_means_what_the_list_shows(tenant: Tenant, admin: Client, team: list[str]) -> None:
    sent = {"action": "deactivate-keys", "all_results": "1"}
    html = admin.post(f"{BULK}?q=user-&filter=keys", sent).content.decode()
    confirm(admin, html)
    active = AccessKey.objects.filter(account_id=tenant.account_id, active=True)
    assert [key.user.name for key in active] == ["admin"]


def test_a_refused_one_is_skipped_with_the_reason(tenant: Tenant, team: list[str]) -> None:
    here = f"arn:aws:iam::{tenant.account_id}:user/user-1"
    reads = allowing("iam:List*", "iam:Get*")
    with_password(tenant, "helper", reads, allowing("iam:UpdateAccessKey", resource=here))
    client = sign_in(tenant, "helper")
    html = client.post(BULK, {"action": "deactivate-keys", "selected": ["user-1", "user-2"]}).content.decode()
    assert "1 change, 1 skipped" in html
    why = html.partition('id="skipped"')[2]
    assert f"iam:UpdateAccessKey on resource: {here.replace('user-1', 'user-2')}" in why
    confirm(client, html)
    active = AccessKey.objects.filter(account_id=tenant.account_id, active=True).values_list("user__name", flat=True)
    assert sorted(active) == ["admin", "user-0", "user-2", "user-3", "user-4"]


def test_nothing_selected_and_unknown_actions(admin: Client, db: None) -> None:
    assert admin.post(BULK, {"action": "delete"})["Location"] == "/console/users/"
    assert admin.post(BULK, {"action": "promote", "selected": ["x"]}).status_code == 400
    assert admin.get(BULK).status_code == 302
