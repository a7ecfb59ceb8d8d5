"""All keys over 90 days are replaced at once, and no program stops for it."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from playwright.sync_api import Page, expect

from iamconsole.audit.history.recorder import recorder
from iamconsole.interfaces.workers import rotation
from iamconsole.kernel import clock
from tests.e2e.journeys.conftest import Programs
from tests.e2e.journeys.steps import collected, go, outcome, tab
from tests.query.aws import allow, document
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e
LISTS = document(allow("iam:ListUsers"))
DAY = 24 * 60 * 60


def round_() -> None:
    """What the worker does every few seconds, after what was noted of keys is written."""
    recorder.flush()
    rotation.advance()


def test_rotate_all_keys_over_ninety_days(company: Tenant, visitor: Any, program: Programs, live_server: Any) -> None:
    old = [company.user(name, LISTS) for name in ("billing", "metrics")]
    with time_machine.travel(clock.now().timestamp() + 100 * DAY, tick=True) as travel:
        company.user("fresh", LISTS)
        company.run(
            "iam:UpdateAccessKey", user_name="admin", access_key_id=company.admin_key["AccessKeyId"], status="Inactive"
        )
        page = visitor().sign_in(company.alias, "admin")
        begun(page)
        round_()
        new = [collected(live_server, key) for key in old]
        for key in (*old, *new):
            assert outcome(program(key).list_users) == "OK"
        round_()
        progress(page, "New key in use")

        travel.shift(2 * DAY)
        round_()
        assert [outcome(program(key).list_users) for key in (*old, *new)] == [*["InvalidClientTokenId"] * 2, "OK", "OK"]
        page = visitor().sign_in(company.alias, "admin")
        progress(page, "Old key inactive")

        travel.shift(8 * DAY)
        round_()
        page = visitor().sign_in(company.alias, "admin", path="/console/users/?filter=old-keys")
        expect(page.get_by_text("metrics")).to_have_count(0)
        ended(page, old, new)


def begun(page: Page) -> None:
    """From the filter of the list to a preview to the deed."""
    go(page, "Users")
    page.get_by_role("link", name="Keys over 90 days").click()
    expect(page.get_by_text("2 of 4 users")).to_be_visible()
    page.get_by_label("Select all rows of this page").check()
    page.get_by_role("button", name="Rotate keys").click()
    expect(page.get_by_role("heading", name="Rotate a key of 2 users")).to_be_visible()
    expect(page.get_by_text("Nothing has been written yet.")).to_be_visible()
    page.get_by_role("button", name="Rotate keys").click()
    expect(page.get_by_text("2 rotations have begun.")).to_be_visible()


def progress(page: Page, state: str) -> None:
    go(page, "Key rotation")
    for name in ("billing", "metrics"):
        expect(page.get_by_role("row").filter(has_text=name)).to_contain_text(state)
    page.get_by_role("row").filter(has_text="billing").get_by_role("link").first.click()
    expect(page.locator(".track-current")).to_contain_text(state)


def ended(page: Page, old: list[dict[str, str]], new: list[dict[str, str]]) -> None:
    go(page, "Users")
    page.get_by_role("link", name="billing", exact=True).click()
    tab(page, "Security credentials")
    expect(page.get_by_text(new[0]["AccessKeyId"])).to_be_visible()
    expect(page.get_by_text(old[0]["AccessKeyId"])).to_have_count(0)
