"""What administrators do without thinking: back, twice, again, and by a link from a message."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.journeys.steps import typed
from tests.query.aws import allow, document
from tests.support.tenants import PASSWORD, Tenant

pytestmark = pytest.mark.e2e
SEARCH = re.compile("^Name, ")


def test_going_back_finds_the_list_as_it_was(company: Tenant, visitor: Any) -> None:
    for number in range(30):
        company.run("iam:CreateUser", user_name=f"user-{number:02d}")
    page = visitor().sign_in(company.alias, "admin", path="/console/users/")
    page.get_by_role("searchbox", name=SEARCH).fill("user-")
    expect(page.get_by_text("30 of 31 users")).to_be_visible()
    page.get_by_role("link", name="User name").click()
    page.get_by_role("link", name="Next").click()
    page.wait_for_url(re.compile("page=2"))
    rows = page.locator("tbody tr").all_inner_texts()
    here = page.url
    page.locator("tbody tr").first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("user-")
    page.go_back()
    expect(page).to_have_url(here)
    expect(page.get_by_role("searchbox", name=SEARCH)).to_have_value("user-")
    assert page.locator("tbody tr").all_inner_texts() == rows
    page.go_back()
    expect(page).not_to_have_url(here)


def test_a_double_click_and_a_reload_do_nothing_twice(company: Tenant, visitor: Any) -> None:
    page = visitor().sign_in(company.alias, "admin", path="/console/create/user/")
    page.get_by_label("User name").fill("grace")
    page.get_by_label("Create an access key for programs").check()
    line(page, latency=600)
    page.get_by_role("button", name="Create user").dblclick(delay=200)
    expect(page.get_by_role("heading", name="Save the credentials of grace")).to_be_visible()
    line(page, latency=0)
    for _twice in range(2):
        with page.expect_download() as file:
            page.get_by_role("button", name="Download .csv").click()
        assert "grace" in file.value.path().read_text()
    page.goto("/console/users/grace/tab/credentials/")
    expect(page.get_by_text("1 of 2")).to_be_visible()
    page.get_by_role("button", name="Create access key").click()
    expect(page.get_by_role("heading", name="Save the credentials of grace")).to_be_visible()
    page.reload()
    settled(page)
    expect(page.get_by_text("This was done already")).to_be_visible()
    expect(page.get_by_text("2 of 2")).to_be_visible()
    assert events(company).count("CreateUser") == 1
    assert events(company).count("CreateAccessKey") == 2


def test_a_reload_after_saving_saves_nothing_again(company: Tenant, visitor: Any) -> None:
    company.run("iam:CreateGroup", group_name="Ops")
    page = visitor().sign_in(company.alias, "admin", path="/console/groups/Ops/edit/")
    page.get_by_label("Group name").fill("Operators")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Operators")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Operators")).to_be_visible()
    page.go_back()
    page.go_forward()
    expect(page.get_by_role("heading", name="Operators")).to_be_visible()
    assert events(company).count("UpdateGroup") == 1


@pytest.mark.parametrize(
    "link", ["/console/users/?q=adm&sort=-created", "/console/simulator/?who=user/admin&action=s3:GetObject"]
)
def test_a_deep_link_survives_signing_in_and_the_end_of_a_session(company: Tenant, visitor: Any, link: str) -> None:
    guest = visitor()
    page = guest.sign_in(company.alias, "admin", path=link)
    expect(page).to_have_url(re.compile(re.escape(link) + "$"))
    guest.context.clear_cookies()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Account ID or alias").fill(company.alias)
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(re.escape(link) + "$"))


def test_saving_before_the_checks_have_answered_is_no_error(company: Tenant, visitor: Any) -> None:
    page = visitor().sign_in(company.alias, "admin", path="/console/create/policy/")
    page.get_by_label("Policy name").fill("Reads")
    page.route("**/console/check/**", lambda _route: None)
    page.evaluate("addEventListener('htmx:beforeSend', ({ detail }) => { window.pending = detail.xhr })")
    with page.expect_request("**/console/check/**"):
        typed(page, document(allow("s3:GetObject")))
    # What Chromium does with a request as it leaves, if its answer is half there.
    page.evaluate("dispatchEvent(new Event('beforeunload')); pending.abort()")
    page.get_by_role("button", name="Create policy").click()
    expect(page.get_by_text("Policy Reads was created.")).to_be_visible()


def line(page: Page, *, latency: int) -> None:
    """A connection on which an answer takes its time; `latency` in milliseconds."""
    unlimited = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", unlimited | {"latency": latency})


def settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")


def events(company: Tenant) -> list[str]:
    """What the administrator did, by the trail; what the test prepared is an operator's."""
    found = company.run("iamconsole:LookupAuditEvents", max_items=200).events
    return [event.event_name for event in found if event.principal.endswith("user/admin")]
