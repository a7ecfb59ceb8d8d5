"""A user has two slots: where both are taken a rotation says what it needs, and breaks nothing."""

from __future__ import annotations

import time_machine

from accounts.tenancy.models import QuotaOverride
from tests.rotation.conftest import keys_of, later, round_, start, state, the_rotation, use
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up


def waits_for(tenant: Tenant) -> str:
    shown = tenant.run("iamconsole:GetKeyRotation", rotation_id=the_rotation(tenant).pk)
    text: str = shown.key_rotation.waits_for
    return text


def test_it_names_the_key_in_the_way_and_who_uses_it(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str]
) -> None:
    later(clock, hours=1)
    other = tenant.key("robot")
    use(tenant, other)
    later(clock, days=3)
    told = start(tenant)
    needed = f"All key slots of the user are taken: deactivate and delete {other['AccessKeyId']}, last used 3 days ago."
    assert told.needs == [needed]
    round_()
    assert (state(tenant), waits_for(tenant)) == ("Blocked", needed)
    assert the_rotation(tenant).old_key_id == robot["AccessKeyId"]
    assert set(keys_of(tenant, "robot").values()) == {"Active"}
    tenant.run("iam:DeleteAccessKey", user_name="robot", access_key_id=other["AccessKeyId"])
    round_()
    assert state(tenant) == "Delivering"


def test_an_inactive_key_is_proposed_and_never_deleted_unasked(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str]
) -> None:
    other = tenant.key("robot")["AccessKeyId"]
    tenant.run("iam:UpdateAccessKey", user_name="robot", access_key_id=other, status="Inactive")
    later(clock, days=400)
    round_()
    assert waits_for(tenant).endswith(f"delete {other}, inactive for 400 days, never used.")
    assert other in keys_of(tenant, "robot")


def test_an_inactive_key_makes_room_where_the_schedule_says_so(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str]
) -> None:
    members = {"user_name": "robot", "max_age_days": 1, "delete_inactive_after_days": 30}
    tenant.run("iamconsole:PutRotationSchedule", **members)
    other = tenant.key("robot")["AccessKeyId"]
    later(clock, days=2)
    tenant.run("iam:UpdateAccessKey", user_name="robot", access_key_id=other, status="Inactive")
    later(clock, days=29)
    round_()
    assert state(tenant) == "Blocked"
    later(clock, days=1)
    round_()
    assert state(tenant) == "Delivering"
    assert set(keys_of(tenant, "robot")) == {robot["AccessKeyId"], the_rotation(tenant).new_key_id}


def test_a_raised_quota_leaves_room(clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str]) -> None:
    tenant.key("robot")
    with setting_up():
        QuotaOverride.objects.create(account_id=tenant.account_id, name="AccessKeysPerUser", limit=3)
    start(tenant)
    round_()
    assert state(tenant) == "Delivering"
    assert len(keys_of(tenant, "robot")) == 3
