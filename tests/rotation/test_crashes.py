"""A process killed at every moment of a rotation: it ends the same, and the host's key works all the while."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from accounts.rotation.models import KeyRotation
from iamconsole.interfaces.workers import calling
from iamconsole.interfaces.workers import rotation as worker
from iamconsole.runtime import dispatch
from tests.rotation.conftest import Vault, by_vault, keys_of, later, round_, the_rotation, works
from tests.support.tenants import Tenant

MOMENTS = 16
"""Seven operations, each before and after its commit, and the delivery before and after it happened."""

LIFE = ["Due", "Delivering", "Delivered", "InUse", "Quiesced", "Done"]


class Killed(BaseException):
    """What no handler catches."""


class Fate:
    """Kills at the moment of that number, once; counts them all."""

    def __init__(self, number: int) -> None:
        self.number, self.count = number, 0

    def moment(self) -> None:
        self.count += 1
        if self.count == self.number:
            raise Killed

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.moment()
            return function(*args, **kwargs)

        return wrapped

    def after(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            self.moment()
            return result

        return wrapped


@pytest.fixture
def fate(monkeypatch: pytest.MonkeyPatch, vault: Vault) -> Callable[[int], Fate]:
    def ordained(number: int) -> Fate:
        made = Fate(number)
        project = made.before(dispatch.project)  # everything is written, and nothing committed

        def of_worker(changes: Any, account_id: str) -> Any:
            kinds = {change.entity for change in changes}
            return (project if "key_rotation" in kinds else plain)(changes, account_id)

        plain = dispatch.project
        monkeypatch.setattr(dispatch, "project", of_worker)
        monkeypatch.setattr(calling, "run", made.after(calling.run))
        monkeypatch.setattr(vault, "deliver", made.after(made.before(vault.deliver)))
        return made

    return ordained


@pytest.mark.parametrize("number", range(MOMENTS + 1), ids=lambda number: f"moment-{number}" if number else "no-crash")
def test_it_ends_the_same(
    clock: time_machine.Traveller,
    tenant: Tenant,
    robot: dict[str, str],
    vault: Vault,
    fate: Callable[[int], Fate],
    number: int,
) -> None:
    by_vault(tenant)
    vault.holds = robot
    later(clock, days=90)
    ordained, deaths = fate(number), 0
    for _ in range(40):
        try:
            round_()
        except Killed:
            deaths += 1
        assert works(tenant, vault.holds)
        assert len(keys_of(tenant, "robot")) <= 2
        later(clock, hours=12)
    assert deaths == (1 if number else 0)
    assert number or ordained.count == MOMENTS
    row = KeyRotation.objects.get(account_id=tenant.account_id)
    assert row.state == "Done"
    assert keys_of(tenant, "robot") == {vault.holds["AccessKeyId"]: "Active"}
    states = list(row.steps.filter(account_id=tenant.account_id).order_by("number").values_list("state", flat=True))
    # A key that was delivered, and used before that could be noted, has arrived whatever was noted.
    assert states in (LIFE, [state for state in LIFE if number and state != "Delivered"])


def test_messages_that_come_twice_do_everything_once(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str], vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_vault(tenant)
    vault.holds = robot
    later(clock, days=90)
    sent: list[tuple[Any, Any]] = []
    for task in (worker.begin, worker.step):

        def twice(args: Any, task: Any = task, **_options: Any) -> None:
            sent.append((task, args))
            task(*args)
            task(*args)

        monkeypatch.setattr(task, "apply_async", twice)
    for _ in range(40):
        round_()
        assert works(tenant, vault.holds)
        later(clock, hours=12)
    for task, args in sent:
        task(*args)  # and once more when all is over
    assert the_rotation(tenant).state == "Done"
    assert KeyRotation.objects.filter(account_id=tenant.account_id).count() == 1
    assert vault.calls == [("deliver", the_rotation(tenant).new_key_id)]
    assert keys_of(tenant, "robot") == {vault.holds["AccessKeyId"]: "Active"}
