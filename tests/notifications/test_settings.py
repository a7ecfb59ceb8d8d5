"""Who is told: root always, contacts, the user himself; and what nobody can turn off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Notification
from iamconsole.kernel.errors import Fault
from tests.notifications.conftest import root_mail
from tests.notifications.test_occasions import sign_in
from tests.rest.signed import Rest
from tests.support.smtp_sink import Sink
from tests.support.tenants import PASSWORD, Tenant, open_account

Work = Callable[[], dict[str, int]]
PUT = "iamconsole:PutNotificationSettings"


def of(tenant: Tenant) -> Any:
    return tenant.run("iamconsole:GetNotificationSettings")


def addresses(mail: Sink, title: str) -> set[str]:
    return {address for address, message in mail.arrived if title in message["Subject"]}


def test_an_account_that_set_nothing(tenant: Tenant) -> None:
    found = of(tenant)
    assert (found.notice_days, found.contacts, found.channels_present) == (15, [], [])
    assert all(kind.channels == ["email", "webhook"] for kind in found.kinds)
    assert {kind.kind for kind in found.kinds if not kind.security} == {
        "password-expiring",
        "password-expired",
        "credential-unused",
        "access-key-expiring",
        "key-rotation-blocked",
        "key-rotation-failed",
    }


def test_what_is_not_given_stays(tenant: Tenant) -> None:
    tenant.run(PUT, contacts=["sec@example.com", "sec@example.com"], notice_days=7)
    tenant.run(PUT, channels=[{"kind": "password-expiring", "channels": ["webhook"]}])
    tenant.run(PUT, channels=[{"kind": "password-expired", "channels": []}])
    found = of(tenant)
    assert (found.notice_days, found.contacts) == (7, ["sec@example.com"])
    chosen = {kind.kind: kind.channels for kind in found.kinds}
    assert (chosen["password-expiring"], chosen["password-expired"]) == (["webhook"], [])


@pytest.mark.parametrize("kind", ["root-signed-in", "mfa-device-deactivated", "notification-settings-changed"])
def test_security_is_not_turned_off(tenant: Tenant, kind: str) -> None:
    with pytest.raises(Fault, match="concern security"):
        tenant.run(PUT, channels=[{"kind": kind, "channels": []}])


@pytest.mark.parametrize(
    "address",
    ["nobody", "a@b@c.example", "x@example.com\r\nBcc: eve@example.com", "x@example.com\n", '"a\nb"@example.com'],
)
def test_a_contact_is_an_address_and_nothing_more(tenant: Tenant, address: str) -> None:
    with pytest.raises(Fault, match="is not an e-mail address"):
        tenant.run(PUT, contacts=[address])


def test_whoever_changes_the_contacts_is_told_of_to_root(tenant: Tenant, mail: Sink, work: Work) -> None:
    tenant.run(PUT, contacts=["eve@example.com"])
    tenant.run(PUT, contacts=[])
    work()
    told = addresses(mail, "The notification settings were changed")
    assert root_mail(tenant) in told


def reset(tenant: Tenant, **tags: str) -> None:
    tenant.run("iam:CreateUser", user_name="ada", tags=[{"key": k, "value": v} for k, v in tags.items()])
    tenant.run("iam:CreateLoginProfile", user_name="ada", password=PASSWORD)
    tenant.run("iam:UpdateLoginProfile", user_name="ada", password="Another-horse-8")


def test_a_user_is_told_of_what_is_his(tenant: Tenant, mail: Sink, work: Work) -> None:
    reset(tenant, Email="ada@example.com")
    work()
    assert addresses(mail, "set by somebody else") == {"ada@example.com"}


@pytest.mark.parametrize("tags", [{}, {"email": "no address"}])
def test_a_user_without_an_address_is_not_left_out(
    tenant: Tenant, mail: Sink, work: Work, tags: dict[str, str]
) -> None:
    reset(tenant, **tags)
    work()
    assert addresses(mail, "set by somebody else") == {root_mail(tenant)}


def test_accounts_know_nothing_of_one_another(tenant: Tenant, app: Any, mail: Sink, work: Work) -> None:
    other = open_account(app)
    other.run(PUT, contacts=["other@example.com"])
    sign_in(tenant)
    work()
    assert addresses(mail, f"[IAM {tenant.account_id}]") == {root_mail(tenant)}
    assert {each.kind for each in other.run("iamconsole:ListNotifications").notifications} == {
        "notification-settings-changed"
    }


def test_pages_go_from_the_newest_to_the_oldest(tenant: Tenant) -> None:
    made = [tenant.run("iamconsole:SendTestNotification").notification_id for _ in range(7)]
    seen, marker = [], None
    while True:
        page = tenant.run("iamconsole:ListNotifications", max_items=3, kind="test", marker=marker)
        seen += [each.notification_id for each in page.notifications]
        marker = page.marker
        if not page.is_truncated:
            break
    assert len(seen) == 7
    assert set(seen) == set(made)
    assert seen == sorted(seen, reverse=True)
    assert tenant.run("iamconsole:ListNotifications", state="Delivered").notifications == []


def test_nobody_without_a_right_to_it_sees_or_sets(tenant: Tenant) -> None:
    key = tenant.user("eve")
    assert Notification.objects.filter(account_id=tenant.account_id).count() == 0
    rest = Rest(tenant.app, key)
    for method, path in (
        ("GET", "/notifications"),
        ("GET", "/notifications/settings"),
        ("POST", "/notifications/test"),
    ):
        assert rest.send(method, path).status == 403
    assert rest.send("PUT", "/notifications/settings", {"Contacts": []}).status == 403
