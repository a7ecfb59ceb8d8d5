"""Where messages go, a test message with its result, and credentials that nobody uses."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import AccessKey, NotificationSettings, StaleCredentialSettings
from accounts.notifications import models
from iamconsole.interfaces.console.pages.notifications import words
from iamconsole.interfaces.workers import notices, stale_credentials
from iamconsole.kernel import clock
from tests.console.furniture import allowing
from tests.notifications.conftest import hook as hook  # a fixture
from tests.notifications.conftest import mail as mail  # a fixture
from tests.support.smtp_sink import Sink
from tests.support.tenants import Tenant
from tests.support.webhook_receiver import Receiver
from tests.support.write_guard import setting_up

PAGE, EDIT, TEST = (f"/console/account/notifications/{part}" for part in ("", "edit/", "test/"))
UNUSED, UNUSED_EDIT, PREVIEW = (f"/console/account/unused-credentials/{part}" for part in ("", "edit/", "preview/"))
PARTLY = {"HX-Request": "true"}
PASSWORD_EXPIRING = "channels-password-expiring"


def text(answer: Any) -> str:
    """What a page says, without its markup."""
    assert answer.status_code == 200, answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def command(answer: Any) -> list[str]:
    """The words of the command that the page shows."""
    found = re.search(r">(manage\.py iam [^<]+)<", answer.content.decode())
    assert found
    plain = found[1].replace("&#x27;", "'").replace("&quot;", '"')
    return shlex.split(plain)[1:]


def test_every_state_and_channel_has_a_word() -> None:
    assert tuple(words.STATES) == models.STATES
    assert tuple(words.CHANNELS) == models.CHANNELS


def test_the_settings_are_saved_from_the_form(tenant: Tenant, admin: Client) -> None:
    said = text(admin.get(PAGE))
    assert "Nobody is told yet" in said
    assert "IAM_SMTP_URL" in said
    form = {"contacts": "ops@example.com\n\n sec@example.com \n", "notice_days": "7", PASSWORD_EXPIRING: ["email"]}
    assert admin.post(EDIT, form).headers["Location"] == PAGE
    chosen = NotificationSettings.objects.get(account_id=tenant.account_id)
    assert (chosen.contacts, chosen.notice_days) == (["ops@example.com", "sec@example.com"], 7)
    assert chosen.channels["password-expiring"] == ["email"]
    assert chosen.channels["credential-unused"] == []  # nothing was ticked
    shown = admin.get(EDIT).content.decode()
    assert "ops@example.com\nsec@example.com</textarea>" in shown
    ticked = re.findall(r'<input[^>]+name="channels-password-expiring"[^>]+checked', shown)
    assert len(ticked) == 1
    assert "sec@example.com" in text(admin.get(PAGE))


def test_what_is_wrong_stands_at_its_field(tenant: Tenant, admin: Client) -> None:
    answer = admin.post(EDIT, {"contacts": "nobody", "notice_days": "90"})
    assert answer.status_code == 400
    assert 'id="id_notice_days_error"' in answer.content.decode()
    answer = admin.post(EDIT, {"contacts": "nobody", "notice_days": "9"})
    html = answer.content.decode()
    assert "is not an e-mail address" in html
    assert 'id="id_contacts_error"' in html
    assert "\nnobody</textarea>" in html
    assert not NotificationSettings.objects.filter(account_id=tenant.account_id).exists()


def test_the_command_beside_the_form_does_the_same(tenant: Tenant, admin: Client) -> None:
    admin.post(EDIT, {"contacts": "ops@example.com", "notice_days": "9", PASSWORD_EXPIRING: ["email", "webhook"]})
    typed = command(admin.get(EDIT))
    tenant.run("iamconsole:PutNotificationSettings", contacts=[], notice_days=1, channels=[])
    call_command(typed[0], "--account", tenant.account_id, *typed[1:])
    chosen = NotificationSettings.objects.get(account_id=tenant.account_id)
    assert (chosen.contacts, chosen.notice_days) == (["ops@example.com"], 9)


def test_a_test_message_tells_what_became_of_it(tenant: Tenant, admin: Client, mail: Sink, hook: Receiver) -> None:
    there = admin.post(TEST).headers["Location"]
    first = admin.get(there).content.decode()
    assert "The test message is on its way." in first
    poll = re.search(r'hx-get="([^"]+)" hx-trigger="every 2s"', first)
    assert poll
    notices.deliver()
    part = admin.get(poll[1], headers=PARTLY)
    assert "<html" not in part.content.decode()
    assert "hx-get" not in part.content.decode()
    said = text(part)
    assert f"E-mail to root@{tenant.alias}.localhost: delivered" in said
    assert "Webhook: delivered" in said
    assert "Delivered" in text(admin.get(f"{PAGE}?state=Delivered"))
    assert "Nothing was told" in text(admin.get(f"{PAGE}?state=Failed"))


def test_a_test_message_that_reaches_nobody(tenant: Tenant, admin: Client) -> None:
    there = admin.post(TEST).headers["Location"]
    notices.deliver()
    assert "There was nobody to tell" in text(admin.get(there))


def test_a_test_message_that_no_worker_takes(tenant: Tenant, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    there = admin.post(TEST).headers["Location"]
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=3))
    html = admin.get(there).content.decode()
    assert "No worker took it." in html
    assert "hx-get" not in html
    assert admin.get(f"{PAGE}?test=ntf-nothing").status_code == 200


def test_messages_come_a_page_at_a_time(tenant: Tenant, admin: Client) -> None:
    for _ in range(21):
        tenant.run("iamconsole:SendTestNotification")
    first = admin.get(PAGE).content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = admin.get(following[1].replace("&amp;", "&")).content.decode()
    assert second.count("A test message") == first.count("A test message") - 19
    assert f'rel="prev" href="{PAGE}?state=#messages"' in second


def test_controls_follow_the_rights(tenant: Tenant, weak: Client) -> None:
    reading = allowing("iamconsole:Get*", "iam:ListAccountAliases")
    tenant.run("iam:PutUserPolicy", user_name="weak", policy_name="p", policy_document=reading)
    html = weak.get(PAGE).content.decode()
    assert html.count('aria-disabled="true"') == 2
    assert "iamconsole:ListNotifications" in html  # why the messages are not shown
    assert weak.get(EDIT).status_code == 403
    assert weak.post(TEST).status_code == 403
    assert weak.get(UNUSED_EDIT).status_code == 403
    assert weak.get(PREVIEW).status_code == 302
    assert "callout" not in weak.post(PREVIEW, {"unused_days": "1"}, headers=PARTLY).content.decode()
    assert weak.post(UNUSED_EDIT, {"unused_days": "90", "notice_days": "9"}).status_code == 403
    shown = weak.get(UNUSED).content.decode()
    assert "iamconsole:ListStaleCredentials" in shown


def test_account_settings_lead_to_both(admin: Client) -> None:
    html = admin.get("/console/account/").content.decode()
    assert f'href="{PAGE}"' in html
    assert f'href="{UNUSED}"' in html


@pytest.fixture
def old_key(tenant: Tenant) -> str:
    """A user's key that is 200 days old and was never used."""
    key = tenant.user("ada")["AccessKeyId"]
    with setting_up():
        mine = AccessKey.objects.filter(account_id=tenant.account_id, pk=key)
        mine.update(created=clock.now() - timedelta(days=200))
    return str(key)


def test_whom_it_would_touch_is_told_before_it_is_on(tenant: Tenant, admin: Client, old_key: str) -> None:
    said = text(admin.get(UNUSED))
    assert old_key in said
    assert "Nothing, while this is off" in said
    assert "Every credential was used" in text(admin.get(f"{UNUSED}?days=365"))
    assert old_key in text(admin.get(f"{UNUSED}?days=nonsense"))  # the account's own number
    preview = text(admin.post(PREVIEW, {"unused_days": "90"}, headers=PARTLY))
    assert "1 access keys and 0 passwords of 1 users: ada." in preview
    assert "nobody is concerned" in text(admin.post(PREVIEW, {"unused_days": "300"}, headers=PARTLY))
    assert "nobody is concerned" in text(
        admin.post(PREVIEW, {"unused_days": "90", "exempt_users": "ADA\nbob"}, headers=PARTLY)
    )
    assert AccessKey.objects.get(account_id=tenant.account_id, pk=old_key).active


def test_turning_it_on_and_what_follows(tenant: Tenant, admin: Client, old_key: str) -> None:
    form = {"enabled": "on", "unused_days": "60", "notice_days": "7", "exempt_users": "admin", "exempt_tag": "keep"}
    assert admin.post(UNUSED_EDIT, form).headers["Location"] == UNUSED
    chosen = StaleCredentialSettings.objects.get(account_id=tenant.account_id)
    assert (chosen.enabled, chosen.unused_days, chosen.notice_days) == (True, 60, 7)
    assert (chosen.exempt_users, chosen.exempt_tag) == (["admin"], "keep")
    assert "The owner is told at the next look" in text(admin.get(UNUSED))
    stale_credentials.sweep()
    assert f"Deactivated on {clock.now() + timedelta(days=7):%Y-%m-%d}" in text(admin.get(UNUSED))
    assert "60 days" in text(admin.get("/console/account/"))
    typed = command(admin.get(UNUSED_EDIT))
    assert "--enabled" in typed
    del form["enabled"]
    admin.post(UNUSED_EDIT, form)
    assert not StaleCredentialSettings.objects.get(account_id=tenant.account_id).enabled
    call_command(typed[0], "--account", tenant.account_id, *typed[1:])
    chosen = StaleCredentialSettings.objects.get(account_id=tenant.account_id)
    assert (chosen.enabled, chosen.exempt_users, chosen.exempt_tag) == (True, ["admin"], "keep")


@pytest.mark.parametrize(
    ("typed", "field"), [({"unused_days": "401"}, "unused_days"), ({"notice_days": "0"}, "notice_days")]
)
def test_bounds_of_unused_credentials(admin: Client, typed: dict[str, str], field: str) -> None:
    answer = admin.post(UNUSED_EDIT, {"unused_days": "90", "notice_days": "14"} | typed)
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in answer.content.decode()


def test_fragments_opened_by_themselves_lead_to_their_page(admin: Client) -> None:
    assert admin.get(TEST).headers["Location"] == PAGE
    assert admin.get(PREVIEW).headers["Location"] == UNUSED_EDIT
    assert parse_qs(urlsplit(admin.post(TEST).headers["Location"]).query)["test"][0].startswith("ntf-")
