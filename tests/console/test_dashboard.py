"""The dashboard: a recommendation that fixes itself after a preview, the decisions of two weeks, the trail's state."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import AccessKey, KeyRotation
from iamconsole.audit.models import AccessHistory
from iamconsole.interfaces.console.pages import charts
from iamconsole.kernel import clock
from iamconsole.kernel.errors import EntityAlreadyExists
from tests.console.client import sign_in, with_password
from tests.console.furniture import furnish
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up


def test_old_keys_are_deactivated_from_the_dashboard_after_a_preview(tenant: Tenant, admin: Client) -> None:
    old = furnish(tenant)["key"]
    young = tenant.key("ada")["AccessKeyId"]
    mine = AccessKey.objects.filter(account_id=tenant.account_id)
    with setting_up():
        mine.filter(pk=old).update(created=clock.now() - timedelta(days=120))
    html = admin.get("/console/").content.decode()
    assert "1 user has a key over 90 days old" in html
    there = "/console/bulk/users/?filter=old-keys"
    assert f'action="{there}"' in html
    form = {"action": "deactivate-old-keys", "all_results": "1"}
    assert "Deactivate the old keys of 1 user" in admin.post(there, form).content.decode()
    assert mine.get(pk=old).active
    admin.post(there, {**form, "names": "ada", "confirmed": "1"})
    assert [mine.get(pk=key).active for key in (old, young)] == [False, True]


def test_decisions_of_two_weeks_are_drawn_and_told(tenant: Tenant, admin: Client) -> None:
    now = clock.now()
    with setting_up():
        for number, (days, verdict, times) in enumerate(
            [(0, "ALLOW", 30), (0, "IMPLICIT_DENY", 2), (3, "EXPLICIT_DENY", 5), (20, "ALLOW", 900)]
        ):
            AccessHistory.objects.create(
                account_id=tenant.account_id, digest=f"{number:032d}", principal="p", action="s3:GetObject",
                resource_account_id=tenant.account_id, verdict=verdict, detail="FULL", door="console",
                statements="[]", position=1, context="[]", times=times,
                first_time=now - timedelta(days=days), last_time=now,
            )  # fmt: skip
    days = tenant.run("iamconsole:ListDecisionCounts").days
    assert len(days) == 14
    assert days[10].denied == 5
    assert days[13].denied == 2
    assert days[13].allowed >= 30
    assert sum(day.allowed for day in days) < 900
    html = admin.get("/console/").content.decode()
    assert f'<th scope="row">{now:%Y-%m-%d}</th>' in html
    assert 'class="denied"' in html


@pytest.mark.parametrize(("most", "top"), [(1, 2), (2, 2), (3, 4), (5, 10), (11, 20), (99, 100), (101, 200)])
def test_the_scale_ends_at_a_round_number(most: int, top: int) -> None:
    assert charts.ceiling(most) == top


def test_bars_end_where_the_scale_does() -> None:
    drawn = charts.bars([("a", 10, 0), ("b", 0, 10), ("c", 0, 0)])
    foot = charts.HEIGHT - charts.BOTTOM
    assert [bar["allowed_y"] for bar in drawn["bars"]] == [charts.TOP, foot, foot]
    assert drawn["bars"][1]["denied_y"] == charts.TOP
    assert [line["value"] for line in drawn["lines"]] == [0, 5, 10]


def test_the_state_of_the_trail_stands_beside(tenant: Tenant, admin: Client) -> None:
    assert "Not verified" in admin.get("/console/").content.decode()
    tenant.run("iamconsole:VerifyAuditTrail")
    assert re.search(r"Intact\s*</span>", admin.get("/console/").content.decode())


def test_a_failure_is_told_apart_from_a_refusal(tenant: Tenant, admin: Client) -> None:
    tenant.run("iam:CreateGroup", group_name="devs")
    with pytest.raises(EntityAlreadyExists):
        tenant.run("iam:CreateGroup", group_name="devs")
    html = admin.get("/console/").content.decode()
    assert "Failed" in html
    assert "Deny" not in html


def rotation_said(client: Client) -> str:
    """The card of key rotation: its badge and its text."""
    html = client.get("/console/").content.decode()
    card = r'</svg>([^<]+)</span>\s*<span class="grow"><a href="/console/key-rotation/[^>]*>([^<]+)<'
    found = re.search(card, html)
    assert found, html
    return f"{found[1].strip()}: {found[2]}"


def test_the_state_of_key_rotation_stands_beside(tenant: Tenant, admin: Client) -> None:
    assert rotation_said(admin) == "Off: No key is replaced by itself"
    key = tenant.user("ada")["AccessKeyId"]
    tenant.run("iamconsole:PutRotationSchedule", max_age_days=90)
    assert rotation_said(admin) == "On schedule: No key is due this week"
    with setting_up():
        mine = AccessKey.objects.filter(account_id=tenant.account_id, pk=key)
        mine.update(created=clock.now() - timedelta(days=85))
    assert rotation_said(admin) == "Due: 1 key is replaced this week"
    started = tenant.run("iamconsole:StartKeyRotation", user_name="ada").key_rotation
    assert rotation_said(admin) == "Under way: 1 key is being replaced"
    with setting_up():
        under_way = KeyRotation.objects.filter(account_id=tenant.account_id, pk=started.rotation_id)
        under_way.update(last_error="refused", since=clock.now() - timedelta(hours=1))
    assert rotation_said(admin) == "Held up: 1 key rotation needs you"
    tenant.run("iamconsole:PauseKeyRotation", rotation_id=started.rotation_id)
    assert rotation_said(admin) == "Under way: 1 key is being replaced"


def test_the_state_of_the_regions_stands_beside(tenant: Tenant, admin: Client, settings: Any) -> None:
    assert "regions" not in admin.get("/console/").content.decode()  # one alone is not worth a card
    settings.IAM_REGIONS = {"home": "", "eu": "unix:///nowhere/valkey.sock"}
    html = admin.get("/console/").content.decode()
    assert '<a href="/console/replication/">1 of 2 regions is behind</a>' in html
    assert "Down" in html


def test_whoever_may_not_see_the_overview_is_told_whom_to_ask(tenant: Tenant) -> None:
    with_password(tenant, "stranger")
    html = sign_in(tenant, "stranger").get("/console/").content.decode()
    assert "Signed in as stranger." in html
    assert "a policy allows iam:GetAccountSummary" in html
    assert re.search(r"<pre[^>]*>[0-9a-f]{26}</pre>", html), "what an administrator explains the denial by"
    assert "perform: iam:GetAccountSummary" not in html
