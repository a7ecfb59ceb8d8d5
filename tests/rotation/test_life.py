"""The whole life of a key's rotation, by the clock."""

from __future__ import annotations

import pytest
import time_machine
from botocore.exceptions import ClientError

from accounts.rotation.deliveries import DeliveryFailed
from accounts.rotation.models import KeyRotation
from tests.rest.signed import Rest
from tests.rotation.conftest import Vault, by_vault, collected, keys_of, later, round_, state, the_rotation, use
from tests.support.tenants import Tenant


def test_a_key_is_replaced_without_a_moment_in_which_none_works(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str]
) -> None:
    later(clock, days=89)
    round_()
    assert not KeyRotation.objects.filter(account_id=tenant.account_id).exists()
    assert collected(tenant, robot).code == "NoSuchEntity"

    later(clock, days=1)
    round_()
    assert state(tenant) == "Delivering"
    answer = collected(tenant, robot)
    assert answer.status == 200
    assert answer.body["UserName"] == "robot"
    new = {name: answer.body[name] for name in ("AccessKeyId", "SecretAccessKey")}
    assert state(tenant) == "Delivered"
    assert collected(tenant, robot).body["SecretAccessKey"] == new["SecretAccessKey"]

    later(clock, hours=1)
    round_()
    assert state(tenant) == "Delivered"
    use(tenant, new)
    round_()
    assert state(tenant) == "InUse"

    later(clock, hours=23)
    use(tenant, robot)
    later(clock, hours=2)
    round_()
    rest = Rest(tenant.app, tenant.admin_key)
    shown = rest.get(f"/key-rotations/{the_rotation(tenant).pk}").body
    assert shown["KeyRotation"]["WaitsFor"] == (
        "Waits for the old key to go quiet; last used 2 hours ago from 127.0.0.1 by tests."
    )
    assert {use["AccessKeyId"] for use in shown["KeyUses"]} == {robot["AccessKeyId"], new["AccessKeyId"]}
    assert state(tenant) == "InUse"

    later(clock, hours=23)
    round_()
    assert state(tenant) == "Quiesced"
    assert keys_of(tenant, "robot") == {robot["AccessKeyId"]: "Inactive", new["AccessKeyId"]: "Active"}
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        use(tenant, robot)
    round_()
    later(clock, minutes=4)
    told = rest.get(f"/key-rotations/{the_rotation(tenant).pk}").body["KeyRotation"]["WaitsFor"]
    assert told == "Waits before the old key is deleted; still asked for 4 minutes ago from 127.0.0.1 by tests."

    later(clock, days=7)
    round_()
    assert state(tenant) == "Done"
    assert keys_of(tenant, "robot") == {new["AccessKeyId"]: "Active"}
    steps = rest.get(f"/key-rotations/{the_rotation(tenant).pk}").body["Steps"]
    assert [step["State"] for step in steps] == ["Due", "Delivering", "Delivered", "InUse", "Quiesced", "Done"]
    assert {step["Actor"].rpartition(":")[2] for step in steps} == {"worker/rotation", "user/robot"}
    later(clock, days=80)
    round_()
    assert KeyRotation.objects.filter(account_id=tenant.account_id, ended=None).count() == 0
    later(clock, days=10)
    round_()
    assert the_rotation(tenant).old_key_id == new["AccessKeyId"]


def test_a_pushed_key_is_seen_to_arrive(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str], vault: Vault
) -> None:
    by_vault(tenant)
    later(clock, days=90)
    round_()
    assert state(tenant) == "Delivered"
    assert vault.calls == [("deliver", the_rotation(tenant).new_key_id)]
    use(tenant, vault.holds)
    round_()
    later(clock, days=1, minutes=1)
    round_()
    later(clock, days=7)
    round_()
    assert state(tenant) == "Done"
    assert collected(tenant, vault.holds).code == "NoSuchEntity"


def test_a_delivery_that_fails_is_seen_and_tried_again_less_and_less_often(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str], vault: Vault
) -> None:
    by_vault(tenant)
    later(clock, days=90)
    vault.fails = DeliveryFailed("503 from the vault", retryable=True)
    round_()
    row = the_rotation(tenant)
    assert (row.state, row.attempts, row.last_error) == ("Delivering", 1, "503 from the vault")
    round_()
    assert the_rotation(tenant).attempts == 1
    pauses = []
    for _ in range(8):
        before = the_rotation(tenant).retry_at
        clock.move_to(before)
        round_()
        pauses.append((the_rotation(tenant).retry_at - before).total_seconds())
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    use(tenant, robot)
    vault.fails = None
    clock.move_to(the_rotation(tenant).retry_at)
    round_()
    assert state(tenant) == "Delivered"


def test_what_the_destination_repeats_of_a_secret_is_not_kept(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str], vault: Vault
) -> None:
    by_vault(tenant)
    later(clock, days=90)
    vault.fails = DeliveryFailed(f"cannot store {robot['SecretAccessKey']}", retryable=False)
    round_()
    assert the_rotation(tenant).last_error == "cannot store (hidden)"
    assert (the_rotation(tenant).retry_at - the_rotation(tenant).since).total_seconds() == 3600
