"""Several workers at once, and people beside them: each step is taken once, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection

from accounts.rotation import due
from accounts.rotation.models import KeyRotation, RotationSchedule
from iamconsole.audit import verification
from iamconsole.audit.history.recorder import recorder
from iamconsole.interfaces.workers import rotation as worker
from iamconsole.kernel import clock as kernel_clock
from iamconsole.kernel.errors import Fault
from tests.rotation.conftest import Vault, by_vault, keys_of, later, the_rotation, works
from tests.support.tenants import Tenant, open_account
from tests.support.write_guard import guarded

AT_ONCE = 4


def at_once(work: Callable[[], None]) -> None:
    gate = Barrier(AT_ONCE)

    def one(_: int) -> None:
        gate.wait()
        try:
            with guarded():
                work()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, range(AT_ONCE)))


@pytest.fixture
def crowd(transactional_db: Any, app: Any, clock: time_machine.Traveller) -> tuple[Tenant, dict[str, str]]:
    tenant = open_account(app)
    key = tenant.user("robot")
    tenant.run("iamconsole:PutRotationSchedule", user_name="robot", max_age_days=90)
    later(clock, days=90)
    return tenant, key


def step(tenant: Tenant) -> None:
    for account_id, key_id in due.keys(kernel_clock.now()):
        worker.begin(account_id, key_id)
    for row in KeyRotation.objects.filter(account_id=tenant.account_id):
        worker.step(row.account_id, row.pk)


@pytest.mark.slow
def test_each_step_is_taken_once(
    crowd: tuple[Tenant, dict[str, str]], clock: time_machine.Traveller, vault: Vault
) -> None:
    tenant, robot = crowd
    by_vault(tenant)
    vault.holds = robot
    for _ in range(12):
        at_once(lambda: step(tenant))
        assert works(tenant, vault.holds)
        recorder.flush()
        later(clock, days=1)
    rotation = the_rotation(tenant)
    assert rotation.state == "Done"
    states = rotation.steps.filter(account_id=tenant.account_id).order_by("number").values_list("state", flat=True)
    assert list(states) == ["Due", "Delivering", "Delivered", "InUse", "Quiesced", "Done"]
    assert keys_of(tenant, "robot") == {vault.holds["AccessKeyId"]: "Active"}
    assert len(vault.calls) == 1
    assert verification.verify(tenant.account_id).intact


@pytest.mark.slow
def test_people_who_create_keys_meanwhile_leave_no_third_one(
    crowd: tuple[Tenant, dict[str, str]], clock: time_machine.Traveller
) -> None:
    tenant, robot = crowd

    def work() -> None:
        step(tenant)
        try:
            tenant.run("iam:CreateAccessKey", user_name="robot")
        except Fault as refused:
            assert refused.code == "LimitExceeded"  # noqa: PT017  (in a thread of its own)

    at_once(work)
    assert len(keys_of(tenant, "robot")) == 2
    assert the_rotation(tenant).state in ("Delivering", "Blocked")
    assert works(tenant, robot)


@pytest.mark.slow
def test_schedules_that_are_put_at_once_are_one(crowd: tuple[Tenant, dict[str, str]]) -> None:
    tenant, _robot = crowd
    ages = iter(range(1, AT_ONCE + 1))

    def work() -> None:
        age = next(ages)
        tenant.run("iamconsole:PutRotationSchedule", max_age_days=age)
        tenant.run("iamconsole:PutRotationSchedule", user_name="robot", max_age_days=age)

    at_once(work)
    rows = RotationSchedule.objects.filter(account_id=tenant.account_id)
    assert rows.count() == 2
    assert {row.max_age_days for row in rows} <= set(range(1, AT_ONCE + 1))
