"""The dashboard: a recommendation that fixes itself after a preview, the decisions of two weeks, the trail's state."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import AccessKey
from iamconsole.audit.models import AccessHistory
from iamconsole.interfaces.console.pages import charts
from iamconsole.kernel import clock
from iamconsole.kernel.errors import EntityAlreadyExists
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
