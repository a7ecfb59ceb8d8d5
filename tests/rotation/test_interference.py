"""What others do while a key is being replaced: it goes on or stops, says why, and a key works all the while."""

from __future__ import annotations

import json
from contextvars import Context
from ipaddress import ip_network
from typing import Any

import pytest
import time_machine

from accounts.models import Notification
from accounts.rotation.deliveries import DeliveryFailed
from accounts.tenancy.models import QuotaOverride
from iamconsole.interfaces.workers import notices
from iamconsole.replication.models import ChangeEntry
from tests.audit.support import records_of, trail_of
from tests.rotation.conftest import (
    Vault,
    by_vault,
    collect,
    collected,
    keys_of,
    later,
    round_,
    start,
    state,
    the_rotation,
    use,
    works,
)
from tests.support.tenants import Tenant
from tests.support.webhook_receiver import webhook_receiver
from tests.support.write_guard import setting_up

Clock = time_machine.Traveller
Key = dict[str, str]


def quota(tenant: Tenant, limit: int) -> None:
    with setting_up():
        QuotaOverride.objects.update_or_create(
            account_id=tenant.account_id, name="AccessKeysPerUser", defaults={"limit": limit}
        )


def waits_for(tenant: Tenant) -> Any:
    return tenant.run("iamconsole:GetKeyRotation", rotation_id=the_rotation(tenant).pk).key_rotation.waits_for


def set_status(tenant: Tenant, key: Key, status: str) -> None:
    tenant.run("iam:UpdateAccessKey", user_name="robot", access_key_id=key["AccessKeyId"], status=status)


def test_a_user_who_is_renamed_goes_on_under_the_new_name(clock: Clock, tenant: Tenant, robot: Key) -> None:
    start(tenant)
    round_()
    tenant.run("iam:UpdateUser", user_name="robot", new_user_name="machine")
    answer = collected(tenant, robot)
    assert (answer.status, answer.body["UserName"]) == (200, "machine")
    new = {name: answer.body[name] for name in robot}
    use(tenant, new)
    for _ in range(3):
        round_()
        later(clock, days=8)
    assert state(tenant) == "Done"
    assert keys_of(tenant, "machine") == {new["AccessKeyId"]: "Active"}


def test_a_key_that_is_inactive_collects_nothing_and_the_rotation_says_so(
    clock: Clock, tenant: Tenant, robot: Key
) -> None:
    start(tenant)
    round_()
    set_status(tenant, robot, "Inactive")
    assert collected(tenant, robot).status in (401, 403)
    later(clock, days=1)
    round_()
    assert state(tenant) == "Delivering"
    assert "is inactive and cannot collect the new one: activate it, or roll back." in waits_for(tenant)
    set_status(tenant, robot, "Active")
    assert works(tenant, collect(tenant, robot))


def test_a_key_of_another_user_collects_nothing(clock: Clock, tenant: Tenant, robot: Key) -> None:
    other = tenant.user("other")
    start(tenant)
    round_()
    assert collected(tenant, other).code == "NoSuchEntity"
    assert state(tenant) == "Delivering"


def test_a_clock_that_jumps_back_takes_nothing_away_early(clock: Clock, tenant: Tenant, robot: Key) -> None:
    start(tenant)
    round_()
    new = collect(tenant, robot)
    use(tenant, new)
    round_()
    later(clock, days=-30)
    round_()
    assert state(tenant) == "InUse"
    use(tenant, robot)
    later(clock, days=30, hours=23)
    round_()
    assert state(tenant) == "InUse"
    later(clock, hours=2)
    round_()
    assert state(tenant) == "Quiesced"
    later(clock, days=-400)
    round_()
    assert state(tenant) == "Quiesced"
    assert works(tenant, new)


def test_a_quota_that_is_lowered_meanwhile_stops_nothing(clock: Clock, tenant: Tenant, robot: Key) -> None:
    start(tenant)
    round_()
    quota(tenant, 1)
    new = collect(tenant, robot)
    use(tenant, new)
    for _ in range(3):
        round_()
        later(clock, days=8)
    assert state(tenant) == "Done"
    start(tenant)
    round_()
    assert (state(tenant), waits_for(tenant)) == (
        "Blocked",
        "The quota AccessKeysPerUser leaves no room for a second key: raise it.",
    )
    quota(tenant, 2)
    round_()
    assert state(tenant) == "Delivering"


def test_no_key_is_deleted_to_make_room_that_there_would_not_be(clock: Clock, tenant: Tenant, robot: Key) -> None:
    tenant.run("iamconsole:PutRotationSchedule", user_name="robot", max_age_days=90, delete_inactive_after_days=1)
    other = tenant.key("robot")
    set_status(tenant, other, "Inactive")
    quota(tenant, 1)
    later(clock, days=2)
    start(tenant)
    round_()
    assert state(tenant) == "Blocked"
    assert other["AccessKeyId"] in keys_of(tenant, "robot")
    quota(tenant, 2)
    round_()
    assert state(tenant) == "Delivering"


def put(tenant: Tenant, url: str, secret: str) -> None:
    tenant.run(
        "iamconsole:PutRotationSchedule",
        user_name="robot",
        max_age_days=90,
        delivery_kind="webhook",
        delivery_settings={"Url": url, "Secret": secret},
    )


@pytest.fixture
def loopback(settings: Any) -> None:
    settings.IAM_DELIVERY_NETWORKS = (ip_network("127.0.0.0/8"),)


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_place_that_is_put_right_is_tried_at_once(clock: Clock, tenant: Tenant, robot: Key, loopback: None) -> None:
    with webhook_receiver() as wrong, webhook_receiver() as right:
        wrong.answers = [404]
        put(tenant, wrong.url, SECRET)
        start(tenant)
        round_()
        assert the_rotation(tenant).last_error
        put(tenant, right.url, SECRET)
        round_()
        assert state(tenant) == "Delivered"
        assert len(wrong.got) == len(right.got) == 1


def test_an_attempt_at_a_place_that_was_given_up_meanwhile_does_not_count(
    clock: Clock, tenant: Tenant, robot: Key, vault: Vault, loopback: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_vault(tenant)
    start(tenant)
    take = vault.deliver
    with webhook_receiver() as right:

        def overtaken(key: Any) -> Any:
            Context().run(put, tenant, right.url, SECRET)  # somebody else's call
            return take(key)

        monkeypatch.setattr(vault, "deliver", overtaken)
        round_()
        round_()
        assert state(tenant) == "Delivered"
        assert right.got[-1].said["data"]["AccessKeyId"] == the_rotation(tenant).new_key_id
    assert vault.calls == [("deliver", the_rotation(tenant).new_key_id)]


def test_a_failure_without_a_reason_is_a_failure(clock: Clock, tenant: Tenant, robot: Key, vault: Vault) -> None:
    by_vault(tenant)
    vault.fails = DeliveryFailed("", retryable=True)
    start(tenant)
    round_()
    assert (state(tenant), the_rotation(tenant).last_error) == ("Delivering", "The destination gave no reason.")


def test_no_secret_of_a_delivery_is_on_record(
    clock: Clock, tenant: Tenant, robot: Key, loopback: None, capfd: pytest.CaptureFixture[str]
) -> None:
    with webhook_receiver() as receiver:
        receiver.answers = [500]
        put(tenant, receiver.url, SECRET)
        start(tenant)
        round_()
        later(clock, minutes=20)
        assert notices.look() == 1
        round_()
        new = receiver.got[-1].said["data"]["SecretAccessKey"]
    use(tenant, {"AccessKeyId": the_rotation(tenant).new_key_id, "SecretAccessKey": new})
    round_()
    told = json.dumps(records_of(tenant.account_id)) + "".join(event.body for event in trail_of(tenant.account_id))
    told += str(list(ChangeEntry.objects.filter(account_id=tenant.account_id).values()))
    told += str(list(Notification.objects.filter(account_id=tenant.account_id).values()))
    told += str(list(the_rotation(tenant).steps.filter(account_id=tenant.account_id).values()))
    told += str(tenant.run("iamconsole:GetKeyRotation", rotation_id=the_rotation(tenant).pk))
    told += str(tenant.run("iamconsole:GetRotationSchedule", user_name="robot"))
    told += "".join(capfd.readouterr())
    for canary in (SECRET, SECRET.removeprefix("whsec_"), new, robot["SecretAccessKey"]):
        assert canary not in told
