"""Which schedule counts, what it says, and what it keeps to itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.access_keys.models import AccessKey
from accounts.rotation import counting, deliveries, due, schedules
from accounts.rotation.models import RotationSchedule
from iamconsole.kernel import clock as kernel_clock
from iamconsole.kernel.errors import EntityAlreadyExists, InvalidInput, NoSuchEntity
from tests.rest.signed import Rest
from tests.rotation.conftest import later, round_, start, the_rotation
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

LEVELS = ("key", "user", "red", "blue", "other", "account")
AGES = st.none() | st.integers(1, 30)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(ages=st.fixed_dictionaries(dict.fromkeys(LEVELS, AGES)), paused=st.sets(st.sampled_from(LEVELS), max_size=2))
def test_the_most_specific_counts(
    robot: dict[str, str], tenant: Tenant, ages: dict[str, int | None], paused: set[str]
) -> None:
    _put(tenant, robot["AccessKeyId"], ages, paused)
    told = {name: (age, name in paused) for name, age in ages.items() if age is not None}
    groups = [told[name] for name in ("red", "blue") if name in told]
    ranked = (told.get("key"), told.get("user"), min(groups) if groups else None, told.get("account"))
    expected = next(filter(None, ranked), None)
    rows = AccessKey.objects.filter(account_id=tenant.account_id, pk=robot["AccessKeyId"])
    key = rows.get()
    found = schedules.effective(key)
    assert ((found.max_age_days, found.paused) if found else None) == expected
    assert rows.filter(counting.unscheduled()).exists() == (expected is None)
    for age in range(0, 32, 5):
        is_due = due.is_due(key, now=key.created + timedelta(days=age))
        assert is_due == (expected is not None and age >= expected[0] and not expected[1])


def _put(tenant: Tenant, key_id: str, ages: dict[str, int | None], paused: set[str]) -> None:
    """Robot is in the groups red and blue, not in `other`."""
    targets: dict[str, dict[str, str]] = {
        "key": {"access_key_id": key_id},
        "user": {"user_name": "robot"},
        **{name: {"group_name": name} for name in ("red", "blue", "other")},
        "account": {},
    }
    for name in ("red", "blue", "other"):
        try:
            tenant.run("iam:CreateGroup", group_name=name)
        except EntityAlreadyExists:
            continue
        if name != "other":
            tenant.run("iam:AddUserToGroup", group_name=name, user_name="robot")
    with setting_up():
        RotationSchedule.objects.filter(account_id=tenant.account_id).delete()
    for level, age in ages.items():
        if age is not None:
            terms = {"max_age_days": age, "paused": level in paused}
            tenant.run("iamconsole:PutRotationSchedule", **terms, **targets[level])


def test_what_is_put_is_shown_and_gone_once_deleted(tenant: Tenant) -> None:
    tenant.run("iam:CreateGroup", group_name="robots")
    rest = Rest(tenant.app, tenant.admin_key)
    asked = {"GroupName": "Robots", "MaxAgeDays": 30, "QuietSeconds": 0, "DeleteInactiveAfterDays": 10}
    made = rest.send("PUT", "/rotation/schedule", asked).body["RotationSchedule"]
    assert (made["GroupName"], made["OverlapSeconds"], made["DeliveryKind"]) == ("robots", 86400, "pull")
    assert rest.get("/rotation/schedule?GroupName=robots").body["RotationSchedule"] == made
    assert rest.get("/rotation/schedules").body["RotationSchedules"] == [made]
    assert rest.send("PUT", "/rotation/schedule", {"MaxAgeDays": 30, "GroupName": "x", "UserName": "y"}).code == (
        "InvalidInput"
    )
    assert rest.get("/rotation/schedule").code == "NoSuchEntity"
    assert rest.send("DELETE", "/rotation/schedule?GroupName=robots").status == 204
    assert rest.get("/rotation/schedules").body["RotationSchedules"] == []


def test_a_paused_schedule_begins_nothing(clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str]) -> None:
    tenant.run("iamconsole:PutRotationSchedule", max_age_days=1)
    tenant.run("iamconsole:PutRotationSchedule", user_name="robot", max_age_days=1, paused=True)
    later(clock, days=100)
    round_()
    rotated = tenant.run("iamconsole:ListKeyRotations").key_rotations
    assert [row.user_name for row in rotated] == ["admin"]


def test_the_root_users_keys_are_left_alone(clock: time_machine.Traveller, tenant: Tenant) -> None:
    key = next(iter(_root_keys(tenant)))
    tenant.run("iamconsole:PutRotationSchedule", max_age_days=1)
    later(clock, days=2)
    round_()
    assert [row.user_name for row in tenant.run("iamconsole:ListKeyRotations").key_rotations] == ["admin"]
    with pytest.raises(NoSuchEntity):
        tenant.run("iamconsole:PutRotationSchedule", access_key_id=key, max_age_days=1)


def _root_keys(tenant: Tenant) -> list[str]:
    from tests.query.aws import root_client

    made = root_client(tenant).create_access_key()["AccessKey"]
    return [made["AccessKeyId"]]


def test_terms_that_change_count_for_what_is_under_way(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str]
) -> None:
    start(tenant)
    round_()
    tenant.run("iamconsole:PutRotationSchedule", user_name="robot", max_age_days=90, overlap_seconds=5)
    assert the_rotation(tenant).terms.overlap == timedelta(seconds=5)


class _Sink:
    def __init__(self, given: dict[str, str]) -> None:
        self.given = given


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """A kind of delivery (in the place of `pull`) with a secret setting; gives what each was made with."""
    read: list[dict[str, str]] = []
    monkeypatch.setattr(deliveries, "SECRET_MEMBERS", {"pull": frozenset({"Token"})})
    monkeypatch.setattr(deliveries, "read", lambda _kind, given: read.append(dict(given)))
    return read


def test_a_secret_setting_stays_with_the_place_it_was_given_for(tenant: Tenant, sink: list[dict[str, str]]) -> None:
    def put(**given: str) -> Any:
        return tenant.run("iamconsole:PutRotationSchedule", max_age_days=9, delivery_settings=given).rotation_schedule

    shown = put(Url="https://vault.example", Token="canary")
    assert (shown.delivery_settings, shown.secret_settings) == ({"Url": "https://vault.example"}, ["Token"])
    assert put(Url="https://vault.example").secret_settings == ["Token"]
    assert sink[-1] == {"Url": "https://vault.example", "Token": "canary"}
    assert put(Url="https://evil.example").secret_settings == []
    assert sink[-1] == {"Url": "https://evil.example"}
    row = RotationSchedule.objects.get(account_id=tenant.account_id)
    assert "canary" not in str(vars(row))


def test_notice_is_due_in_the_days_before(clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str]) -> None:
    tenant.run("iamconsole:PutRotationSchedule", user_name="robot", max_age_days=90, notice_days=7)
    seen = {}
    for day in range(80, 95):
        clock.move_to(the_key(tenant, robot).created + timedelta(days=day))
        seen[day] = [(each.user_name, each.days_left) for each in due.due_notices(kernel_clock.now())]
    assert {day: found for day, found in seen.items() if found} == {day: [("robot", 90 - day)] for day in range(83, 90)}
    round_()
    assert list(due.due_notices(kernel_clock.now())) == []


def the_key(tenant: Tenant, key: dict[str, str]) -> AccessKey:
    found: AccessKey = AccessKey.objects.get(account_id=tenant.account_id, pk=key["AccessKeyId"])
    return found


def test_a_schedule_needs_a_kind_that_there_is(tenant: Tenant) -> None:
    with pytest.raises(InvalidInput, match="takes no settings"):
        tenant.run("iamconsole:PutRotationSchedule", max_age_days=9, delivery_settings={"Url": "x"})
