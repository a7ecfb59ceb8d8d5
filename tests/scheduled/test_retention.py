"""What has expired goes, in batches; what is alive stays, however often the sweep runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import (
    AccessKey,
    BearerToken,
    BreakglassLink,
    CredentialReport,
    LastAccessedJob,
    Notification,
    NotificationDelivery,
    RoleDeletion,
    SignInAddress,
    SpentAssertion,
    User,
)
from iamconsole.interfaces.workers import tasks
from iamconsole.kernel import clock
from iamconsole.runtime import retention
from iamconsole.runtime.metrics import registry
from tests.passwords.conftest import later as later  # a fixture
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

Make = Callable[[Tenant, datetime, int], Any]


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def _admin(tenant: Tenant) -> User:
    return User.objects.get(account_id=tenant.account_id, name="admin")


def _token(tenant: Tenant, expires: datetime, number: int) -> Any:
    key = AccessKey.objects.get(account_id=tenant.account_id, user=_admin(tenant))
    return BearerToken(digest=f"{number:064d}", access_key=key, created=expires, expires=expires)


# What is kept: how to make a row whose time ends, and for how long it stays after that.
KINDS: dict[str, tuple[Make, timedelta]] = {
    "bearer tokens": (_token, timedelta(days=1)),
    "break-glass links": (
        lambda _t, at, n: BreakglassLink(digest=f"{n:064d}", created=at, expires=at),
        timedelta(days=30),
    ),
    "spent SAML assertions": (lambda _t, at, n: SpentAssertion(digest=f"{n:064d}", expires=at), timedelta()),
    "role deletions": (
        lambda _t, at, n: RoleDeletion(id=f"task/{n}", role_arn="arn:aws:iam::1:role/x", created=at),
        timedelta(days=30),
    ),
    "credential reports": (
        lambda _t, at, _n: CredentialReport(ordered=at, generated=at),
        timedelta(days=30),
    ),
    "last-accessed jobs": (
        lambda _t, at, n: LastAccessedJob(
            id=f"{n:036d}", arn="x", granularity="SERVICE_LEVEL", asked_by="x", created=at
        ),
        timedelta(days=7),
    ),
    "sign-in addresses": (
        lambda t, at, n: SignInAddress(user=_admin(t), address=f"192.0.2.{n}", seen=at),
        timedelta(days=400),
    ),
    "notifications": (
        lambda _t, at, n: Notification(
            id=f"ntf-{n}", kind="test", subject="x", facts={"by": "x"}, created=at, addressed=at, state="Delivered"
        ),
        timedelta(days=90),
    ),
}


def rows(tenant: Tenant, what: str) -> int:
    return retention.KEPT[what].model._default_manager.filter(account_id=tenant.account_id).count()


def put(tenant: Tenant, what: str, at: datetime, number: int = 1) -> Any:
    row = KINDS[what][0](tenant, at, number)
    row.account_id = tenant.account_id
    with setting_up():
        row.save(force_insert=True)
    return row


def test_every_row_of_the_table_is_tried_here() -> None:
    assert set(KINDS) == set(retention.KEPT)


@pytest.mark.parametrize("what", KINDS)
def test_it_stays_until_its_time_and_goes_then(tenant: Tenant, later: Callable[..., None], what: str) -> None:
    ends = clock.now() + timedelta(days=1)
    put(tenant, what, ends)
    later(seconds=(timedelta(days=1) + KINDS[what][1] - timedelta(minutes=1)).total_seconds())
    assert tasks.sweep()[what] == 0
    assert rows(tenant, what) == 1
    later(minutes=2)
    assert tasks.sweep()[what] == 1
    assert rows(tenant, what) == 0
    assert tasks.sweep()[what] == 0
    assert registry.get_sample_value("iam_swept_rows", {"what": what}) == 1


def test_batches_end_when_all_is_gone(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    for number in range(8):
        put(tenant, "spent SAML assertions", clock.now(), number)
    put(tenant, "spent SAML assertions", clock.now() + timedelta(days=1), 99)
    assert tasks.sweep()["spent SAML assertions"] == 8
    assert rows(tenant, "spent SAML assertions") == 1


def test_a_turn_has_an_end_whatever_there_is(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "MOST_BATCHES", 2)
    for number in range(7):
        put(tenant, "spent SAML assertions", clock.now(), number)
    assert [tasks.sweep()["spent SAML assertions"] for _ in range(3)] == [4, 3, 0]


def test_a_notification_on_its_way_stays_and_deliveries_go_with_theirs(
    tenant: Tenant, later: Callable[..., None]
) -> None:
    done = put(tenant, "notifications", clock.now(), 1)
    waiting = put(tenant, "notifications", clock.now(), 2)
    with setting_up():
        Notification.objects.filter(account_id=tenant.account_id, pk=waiting.pk).update(state="Pending")
        for each in (done, waiting):
            NotificationDelivery.objects.create(
                account_id=tenant.account_id, notification=each, channel="webhook", due=clock.now()
            )
    later(days=91)
    assert tasks.sweep()["notifications"] == 1
    left = NotificationDelivery.objects.filter(account_id=tenant.account_id)
    assert [each.notification_id for each in left] == [waiting.pk]


def test_an_order_that_waits_is_no_old_report(tenant: Tenant, later: Callable[..., None]) -> None:
    tenant.run("iam:GenerateCredentialReport")
    later(days=100)
    tasks.sweep()
    assert rows(tenant, "credential reports") == 1
