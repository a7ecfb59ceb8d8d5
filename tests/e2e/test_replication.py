"""Regions in a real browser: a toast that follows a change until all have it, and the page that tells why not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from iamconsole.replication import tasks
from iamconsole.replication.regions import applier, lags, status
from tests.support.servers import ValkeyServer
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e


@pytest.fixture
def regions(company: Tenant, settings: Any) -> Iterator[dict[str, ValkeyServer]]:
    """Two regions beside home, each with a server of its own, up to date."""
    with ValkeyServer(fresh=True) as eu, ValkeyServer(fresh=True) as ap:
        settings.IAM_REGIONS = {"home": "", "eu": eu.url, "ap": ap.url}
        lags.forget()
        status.polled()
        for name in ("eu", "ap"):
            applier.apply(name)
        yield {"eu": eu, "ap": ap}


def test_a_toast_follows_a_change_to_every_region(
    company: Tenant, visitor: Any, regions: dict[str, ValkeyServer]
) -> None:
    page = visitor().sign_in(company.alias, "admin", path="/console/create/group/")
    page.get_by_label("Group name").fill("devs")
    page.get_by_role("button", name="Create group").click()
    line = page.locator("[data-change]")
    expect(line).to_have_text("In 1 of 3 regions, not yet in eu, ap.")
    applier.apply("eu")
    expect(line).to_have_text("In 2 of 3 regions, not yet in ap.")
    regions["ap"].kill()
    assert not tasks.bring_up_to_date("ap")
    expect(line).to_have_text("In 2 of 3 regions, not yet in ap. ap does not answer, and gets it once it does.")
    regions["ap"].restart()
    applier.apply("ap")  # it had kept nothing, so it is built anew
    expect(line).to_have_text("In all 3 regions.")


def test_a_delay_on_purpose_is_seen(
    company: Tenant, visitor: Any, regions: dict[str, ValkeyServer], settings: Any
) -> None:
    settings.IAM_REPLICATION_DELAY = (2.0, 2.0)
    page = visitor().sign_in(company.alias, "admin", path="/console/create/group/")
    page.get_by_label("Group name").fill("devs")
    page.get_by_role("button", name="Create group").click()
    for name in ("eu", "ap"):
        applier.apply(name)
    line = page.locator("[data-change]")
    expect(line).to_have_text("In 1 of 3 regions, not yet in eu, ap.")
    page.wait_for_timeout(2000)
    for name in ("eu", "ap"):
        applier.apply(name)
    expect(line).to_have_text("In all 3 regions.")


def test_the_page_follows_a_region_that_comes_back(
    company: Tenant, visitor: Any, regions: dict[str, ValkeyServer]
) -> None:
    phone = visitor(viewport={"width": 390, "height": 844}, color_scheme="dark", reduced_motion="reduce")
    regions["eu"].kill()
    assert not tasks.bring_up_to_date("eu")
    page = phone.sign_in(company.alias, "admin", path="/console/")
    page.get_by_role("link", name="1 of 3 regions is behind").click()
    expect(page.get_by_role("heading", name="Replication")).to_be_visible()
    said = page.get_by_role("status").filter(has_text="regions are up to date")
    expect(said).to_have_text("2 of 3 regions are up to date. eu: Down.")
    expect(page.get_by_text("Its store does not answer.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    regions["eu"].restart()
    page.wait_for_timeout(1000)  # a region that failed is left alone for a moment
    assert tasks.bring_up_to_date("eu")
    expect(said).to_have_text("All 3 regions are up to date.")
    expect(page.get_by_text("Its store does not answer.")).to_have_count(0)
    expect(page.locator("#regions[hx-get]")).to_have_count(0)
    page.get_by_text("The same as a table").press("Enter")
    expect(page.get_by_role("columnheader", name="eu")).to_be_visible()
