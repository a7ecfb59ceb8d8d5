"""Rolling back from each state, holding on, and what others do meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from accounts.rotation.deliveries import DeliveryFailed
from iamconsole.kernel.errors import InvalidInput
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

Key = dict[str, str]
Clock = time_machine.Traveller


def delivering(clock: Clock, tenant: Tenant, old: Key) -> Key:
    start(tenant)
    round_()
    return {}


def delivered(clock: Clock, tenant: Tenant, old: Key) -> Key:
    delivering(clock, tenant, old)
    return collect(tenant, old)


def in_use(clock: Clock, tenant: Tenant, old: Key) -> Key:
    new = delivered(clock, tenant, old)
    later(clock, seconds=1)
    use(tenant, new)
    round_()
    return new


def quiesced(clock: Clock, tenant: Tenant, old: Key) -> Key:
    new = in_use(clock, tenant, old)
    later(clock, days=2)
    round_()
    return new


def rolled_back(tenant: Tenant, **members: Any) -> None:
    tenant.run("iamconsole:RollBackKeyRotation", rotation_id=the_rotation(tenant).pk, **members)


@pytest.mark.parametrize("way", [delivering, delivered])
def test_a_key_that_nobody_used_goes_at_once(clock: Clock, tenant: Tenant, robot: Key, way: Callable[..., Key]) -> None:
    new = way(clock, tenant, robot)
    rolled_back(tenant)
    assert state(tenant) == "RolledBack"
    assert keys_of(tenant, "robot") == {robot["AccessKeyId"]: "Active"}
    assert not (new and works(tenant, new))
    start(tenant)


@pytest.mark.parametrize("way", [in_use, quiesced])
def test_a_key_in_use_goes_when_it_is_quiet_and_may_collect_the_old_one(
    clock: Clock, tenant: Tenant, robot: Key, way: Callable[..., Key]
) -> None:
    new = way(clock, tenant, robot)
    use(tenant, new)
    rolled_back(tenant)
    round_()
    assert state(tenant) == "RollingBack"
    assert works(tenant, robot)
    assert works(tenant, new)
    assert collect(tenant, new) == robot
    later(clock, days=1, seconds=20)
    round_()
    assert state(tenant) == "RolledBack"
    assert keys_of(tenant, "robot") == {robot["AccessKeyId"]: "Active"}


def test_at_once_on_request(clock: Clock, tenant: Tenant, robot: Key) -> None:
    new = quiesced(clock, tenant, robot)
    use(tenant, new)
    rolled_back(tenant)
    rolled_back(tenant, immediately=True)
    assert state(tenant) == "RolledBack"
    assert works(tenant, robot)
    assert not works(tenant, new)


def test_before_anything_was_done(clock: Clock, tenant: Tenant, robot: Key) -> None:
    start(tenant)
    rolled_back(tenant)
    assert state(tenant) == "RolledBack"
    assert works(tenant, robot)


def test_a_key_that_was_rolled_back_is_left_alone_for_a_day(clock: Clock, tenant: Tenant, robot: Key) -> None:
    later(clock, days=90)
    round_()
    rolled_back(tenant)
    later(clock, hours=23)
    round_()
    assert state(tenant) == "RolledBack"
    later(clock, hours=2)
    round_()
    assert state(tenant) == "Delivering"


def test_there_is_no_way_back_from_a_deleted_key(clock: Clock, tenant: Tenant, robot: Key) -> None:
    quiesced(clock, tenant, robot)
    later(clock, days=7)
    round_()
    with pytest.raises(InvalidInput, match="a key that was deleted does not come back"):
        rolled_back(tenant)


def test_a_pushed_key_is_withdrawn_first(clock: Clock, tenant: Tenant, robot: Key, vault: Vault) -> None:
    by_vault(tenant)
    start(tenant)
    round_()
    use(tenant, vault.holds)
    round_()
    new, vault.fails = vault.holds, DeliveryFailed("503", retryable=True)
    rolled_back(tenant)
    round_()
    assert (state(tenant), the_rotation(tenant).last_error) == ("RollingBack", "503")
    vault.fails = None
    later(clock, minutes=1)
    round_()
    assert vault.holds == robot
    assert works(tenant, new)
    later(clock, days=1, seconds=20)
    round_()
    assert state(tenant) == "RolledBack"
    assert not works(tenant, new)


def test_a_roll_back_waits_for_a_delivery_that_is_under_way(
    clock: Clock, tenant: Tenant, robot: Key, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_vault(tenant)
    start(tenant)
    take = vault.deliver

    def slow(key: Any) -> Any:
        receipt = take(key)
        monkeypatch.undo()
        raise SystemExit(receipt)  # the process ends with the key delivered and nothing noted

    monkeypatch.setattr(vault, "deliver", slow)
    with pytest.raises(SystemExit):
        round_()
    by_vault(tenant)
    monkeypatch.setattr("accounts.rotation.deliveries.read", lambda _kind, _settings: vault)
    rolled_back(tenant)
    round_()
    assert (state(tenant), vault.calls[-1][0]) == ("RollingBack", "deliver")
    later(clock, minutes=5)
    round_()
    assert (state(tenant), vault.holds) == ("RolledBack", robot)


@pytest.mark.parametrize("way", [delivering, delivered, in_use, quiesced])
def test_a_paused_rotation_stays_as_it_is(clock: Clock, tenant: Tenant, robot: Key, way: Callable[..., Key]) -> None:
    new = way(clock, tenant, robot)
    before = state(tenant)
    tenant.run("iamconsole:PauseKeyRotation", rotation_id=the_rotation(tenant).pk)
    later(clock, days=30)
    if new:
        use(tenant, new)
    round_()
    assert state(tenant) == before
    assert len(keys_of(tenant, "robot")) == 2
    tenant.run("iamconsole:ResumeKeyRotation", rotation_id=the_rotation(tenant).pk)
    round_()
    assert state(tenant) == {"Delivering": "Delivering", "Delivered": "InUse", "InUse": "Quiesced"}.get(before, "Done")


def delete(tenant: Tenant, key_id: str) -> None:
    tenant.run("iam:DeleteAccessKey", user_name="robot", access_key_id=key_id)


@pytest.mark.parametrize(
    ("way", "ends"), [(delivering, "Cancelled"), (delivered, "Delivered"), (in_use, "Done"), (quiesced, "Done")]
)
def test_somebody_deletes_the_old_key(
    clock: Clock, tenant: Tenant, robot: Key, way: Callable[..., Key], ends: str
) -> None:
    new = way(clock, tenant, robot)
    delete(tenant, robot["AccessKeyId"])
    round_()
    assert state(tenant) == ends
    if new:
        assert works(tenant, new)
        round_()
        assert state(tenant) in ("Done", "InUse")
    else:
        assert keys_of(tenant, "robot") == {}


@pytest.mark.parametrize("way", [delivering, delivered, in_use, quiesced])
def test_somebody_deletes_the_new_key(clock: Clock, tenant: Tenant, robot: Key, way: Callable[..., Key]) -> None:
    way(clock, tenant, robot)
    delete(tenant, the_rotation(tenant).new_key_id)
    round_()
    assert state(tenant) == "Cancelled"
    assert robot["AccessKeyId"] in keys_of(tenant, "robot")
    assert collected(tenant, robot).status != 200


def test_an_inactive_new_key_takes_nothing_over(clock: Clock, tenant: Tenant, robot: Key) -> None:
    new = in_use(clock, tenant, robot)
    tenant.run("iam:UpdateAccessKey", user_name="robot", access_key_id=new["AccessKeyId"], status="Inactive")
    later(clock, days=30)
    round_()
    assert state(tenant) == "InUse"
    assert works(tenant, robot)


def test_an_old_key_that_somebody_activates_again_is_waited_for_anew(clock: Clock, tenant: Tenant, robot: Key) -> None:
    quiesced(clock, tenant, robot)
    tenant.run("iam:UpdateAccessKey", user_name="robot", access_key_id=robot["AccessKeyId"], status="Active")
    round_()
    assert state(tenant) == "InUse"
    assert works(tenant, robot)


@pytest.mark.parametrize(("way", "ends"), [(None, "Cancelled"), (delivering, "RolledBack"), (delivered, "Delivered")])
def test_somebody_deletes_the_schedule(
    clock: Clock, tenant: Tenant, robot: Key, way: Callable[..., Key] | None, ends: str
) -> None:
    other = None if way else tenant.key("robot")
    later(clock, days=90)
    round_()
    if way is delivered:
        collect(tenant, robot)
    tenant.run("iamconsole:DeleteRotationSchedule", user_name="robot")
    round_()
    assert state(tenant) == ends
    assert works(tenant, robot)
    assert other is None or works(tenant, other)


def test_somebody_deletes_the_user(clock: Clock, tenant: Tenant, robot: Key) -> None:
    in_use(clock, tenant, robot)
    for key_id in keys_of(tenant, "robot"):
        delete(tenant, key_id)
    tenant.run("iam:DeleteUser", user_name="robot")
    round_()
    assert tenant.run("iamconsole:ListKeyRotations").key_rotations == []


def test_the_schedule_of_one_key_goes_on_with_its_successor(clock: Clock, tenant: Tenant, robot: Key) -> None:
    tenant.run("iamconsole:PutRotationSchedule", access_key_id=robot["AccessKeyId"], max_age_days=5, grace_seconds=0)
    new = quiesced(clock, tenant, robot)
    round_()
    assert state(tenant) == "Done"
    shown = tenant.run("iamconsole:GetRotationSchedule", access_key_id=new["AccessKeyId"])
    assert shown.rotation_schedule.max_age_days == 5
