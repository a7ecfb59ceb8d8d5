"""Key rotation in a real browser: a schedule, a preview, the progress of a rotation, and the way back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from iamconsole.audit.history.recorder import recorder
from iamconsole.celery import app as celery
from iamconsole.interfaces.workers import rotation as worker
from tests.rest.signed import Rest
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e


def round_() -> None:
    assert celery.conf.task_always_eager
    recorder.flush()
    worker.advance()


def test_a_key_is_rotated_and_rolled_back(company: Tenant, visitor: Any) -> None:
    key = company.user("robot")
    page = visitor().sign_in(company.alias, "admin")
    page.get_by_role("link", name="Key rotation").click()
    page.get_by_role("link", name="Schedule for the account").click()
    page.get_by_label("Days until a key is replaced").fill("30")
    page.get_by_role("button", name="Save schedule").click()
    expect(page.get_by_role("rowheader", name="The account")).to_be_visible()

    page.goto("/console/users/robot/tab/credentials/")
    page.get_by_role("link", name="Rotate", exact=True).click()
    expect(page.get_by_text("Make the old key inactive.")).to_be_visible()
    page.get_by_role("button", name="Rotate now").click()
    expect(page.get_by_text("The rotation has begun.")).to_be_visible()

    round_()
    answer = Rest(company.app, key).send("POST", "/rotation/collect")
    new = {name: answer.body[name] for name in ("AccessKeyId", "SecretAccessKey")}
    company.client("sts", new).get_caller_identity()
    round_()
    page.reload()
    expect(page.locator(".track-current")).to_contain_text("New key in use")
    expect(page.get_by_text("Waits for the overlap window to end.")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_text("Waits for the new key to go quiet")).to_be_visible()
    page.get_by_role("button", name="Delete the new key now").click()
    expect(page.get_by_text("The rotation was rolled back.")).to_be_visible()

    page.goto("/console/key-rotation/keys/")
    expect(page.get_by_text(key["AccessKeyId"])).to_be_visible()


def test_a_delivery_shows_the_fields_of_its_kind(company: Tenant, visitor: Any) -> None:
    phone = visitor(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = phone.sign_in(company.alias, "admin", path="/console/key-rotation/schedule/")
    expect(page.get_by_label("Url")).to_be_hidden()
    page.get_by_label("Delivery", exact=True).select_option("webhook")
    page.get_by_label("Url").fill("https://hooks.example.com/keys")
    page.locator("#id_webhook-Secret").fill("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    expect(page.locator("#id_vault_kv2-Mount")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Save schedule").click()
    expect(page.get_by_role("rowheader", name="The account")).to_be_visible()
