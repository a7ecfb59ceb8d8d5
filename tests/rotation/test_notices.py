"""What owners of keys are told: once each, whatever looks how often, and never a secret."""

from __future__ import annotations

import pytest
import time_machine

from accounts.models import Notification
from accounts.notifications.channels import message_of
from accounts.rotation import noticing
from accounts.rotation.deliveries import DeliveryFailed
from iamconsole.interfaces.workers import notices
from iamconsole.kernel import clock as kernel_clock
from tests.rotation.conftest import Vault, by_vault, later, round_, start, the_rotation
from tests.support.tenants import Tenant

Clock = time_machine.Traveller
Key = dict[str, str]


def told(tenant: Tenant) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(account_id=tenant.account_id).order_by("created", "pk")
    return [(row.kind, message_of(row).text) for row in rows]


def user_arn(tenant: Tenant) -> str:
    return f"arn:aws:iam::{tenant.account_id}:user/robot"


def test_a_key_that_is_about_to_be_replaced(clock: Clock, tenant: Tenant, robot: Key) -> None:
    raised = []
    for _ in range(89):
        later(clock, days=1)
        raised.append(notices.look() + notices.look())
    assert raised == [0] * 82 + [1] + [0] * 6
    text = (
        f"Access key {robot['AccessKeyId']} of {user_arn(tenant)} will be replaced on 2026-05-31. "
        "Whoever holds it must collect the new one, with it (CollectAccessKey)."
    )
    assert told(tenant) == [("access-key-expiring", text)]
    row = Notification.objects.get(account_id=tenant.account_id)
    assert row.user_id == tenant.run("iam:GetUser", user_name="robot").user.user_id


def test_another_day_is_told_of_anew_and_a_paused_schedule_of_nothing(clock: Clock, tenant: Tenant, robot: Key) -> None:
    later(clock, days=85)
    assert notices.look() == 1
    tenant.run("iamconsole:PutRotationSchedule", user_name="robot", max_age_days=91)
    assert [notices.look(), notices.look()] == [1, 0]
    tenant.run("iamconsole:PutRotationSchedule", user_name="robot", max_age_days=92, paused=True)
    assert notices.look() == 0


def test_a_rotation_that_has_no_room(clock: Clock, tenant: Tenant, robot: Key) -> None:
    later(clock, hours=1)
    other = tenant.key("robot")
    start(tenant)
    assert notices.look() == 0
    round_()
    assert [notices.look(), notices.look()] == [1, 0]
    text = (
        f"Access key {robot['AccessKeyId']} of {user_arn(tenant)} cannot be replaced. All key slots of the user are "
        f"taken: deactivate and delete {other['AccessKeyId']}, never used."
    )
    assert told(tenant) == [("key-rotation-blocked", text)]
    later(clock, days=1)
    round_()
    assert notices.look() == 0


def test_a_delivery_that_goes_on_failing(clock: Clock, tenant: Tenant, robot: Key, vault: Vault) -> None:
    by_vault(tenant)
    start(tenant)
    vault.fails = DeliveryFailed(f"will not take {robot['SecretAccessKey']}", retryable=True)
    round_()
    assert notices.look() == 0
    later(clock, minutes=10)
    assert [notices.look(), notices.look()] == [1, 0]
    ((kind, text),) = told(tenant)
    assert kind == "key-rotation-failed"
    assert "the delivery fails (will not take (hidden))" in text
    tenant.run("iamconsole:RollBackKeyRotation", rotation_id=the_rotation(tenant).pk)
    round_()
    later(clock, minutes=10)
    assert [notices.look(), notices.look()] == [1, 0]


def test_a_paused_rotation_waits_for_nobody(clock: Clock, tenant: Tenant, robot: Key) -> None:
    tenant.key("robot")
    start(tenant)
    round_()
    tenant.run("iamconsole:PauseKeyRotation", rotation_id=the_rotation(tenant).pk)
    assert notices.look() == 0


def test_many_come_in_pages(clock: Clock, tenant: Tenant, robot: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noticing, "PAGE", 2)
    tenant.run("iamconsole:PutRotationSchedule", max_age_days=90)
    for number in range(4):
        tenant.user(f"robot-{number}")
    later(clock, days=85)
    found = [page for account, page in noticing.pages(kernel_clock.now()) if account == tenant.account_id]
    assert max(map(len, found)) <= 2
    # The administrator's own key is among them.
    assert notices.look() == sum(map(len, found)) == 6
    assert notices.look() == 0
