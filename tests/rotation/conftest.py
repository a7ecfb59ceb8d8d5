"""An account on a clock that stands still, a destination that takes keys, and the worker's round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError

from accounts.rotation import deliveries
from accounts.rotation.deliveries import DeliveryFailed, NewKey, Receipt
from accounts.rotation.models import KeyRotation, RotationSchedule
from iamconsole.audit.history.recorder import recorder
from iamconsole.celery import app as celery  # tasks go to the product's application
from iamconsole.interfaces.workers import rotation as worker
from tests.rest.signed import Rest
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as travel:
        yield travel


@pytest.fixture
def robot(clock: time_machine.Traveller, tenant: Tenant) -> dict[str, str]:
    """The one key of a user who has a schedule."""
    made = tenant.user("robot")
    tenant.run("iamconsole:PutRotationSchedule", user_name="robot", max_age_days=90)
    return made


def start(tenant: Tenant, **members: Any) -> Any:
    return tenant.run("iamconsole:StartKeyRotation", user_name="robot", **members)


def collected(tenant: Tenant, key: dict[str, str]) -> Any:
    return Rest(tenant.app, key).send("POST", "/rotation/collect")


def collect(tenant: Tenant, key: dict[str, str]) -> dict[str, str]:
    """The key that replaces this one."""
    answer = collected(tenant, key)
    assert answer.status == 200, answer.body
    return {name: answer.body[name] for name in ("AccessKeyId", "SecretAccessKey")}


def works(tenant: Tenant, key: dict[str, str]) -> bool:
    try:
        use(tenant, key)
    except ClientError as refused:
        if refused.response["Error"]["Code"] == "InvalidClientTokenId":
            return False
        raise
    return True


def later(clock: time_machine.Traveller, **length: float) -> None:
    clock.shift(timedelta(**length))


def round_() -> None:
    """What beat asks for every few seconds, after what was noted of keys is written."""
    assert celery.conf.task_always_eager
    recorder.flush()
    worker.advance()


def the_rotation(tenant: Tenant) -> KeyRotation:
    found: KeyRotation = KeyRotation.objects.filter(account_id=tenant.account_id).latest("created")
    return found


def state(tenant: Tenant) -> str:
    return the_rotation(tenant).state


def use(tenant: Tenant, key: dict[str, str]) -> None:
    """A call that IAM answers to whoever holds the key."""
    tenant.client("sts", key).get_caller_identity()


@dataclass
class Vault:
    """A destination: what lies there, what happened, and whether it fails."""

    holds: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    fails: DeliveryFailed | None = None

    def deliver(self, key: NewKey) -> Receipt:
        return self._take("deliver", key)

    def withdraw(self, key: NewKey, previous: NewKey) -> None:
        self._take("withdraw", previous)

    def check(self) -> None:
        """It is always there."""

    def _take(self, what: str, key: NewKey) -> Receipt:
        self.calls.append((what, key.access_key_id))
        if self.fails:
            raise self.fails
        self.holds = {"AccessKeyId": key.access_key_id, "SecretAccessKey": key.secret_access_key}
        return Receipt("1")


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    """A delivery of kind `vault`; schedules get it by `by_vault`."""
    made, known = Vault(), deliveries.read
    monkeypatch.setattr(deliveries, "read", lambda kind, settings: made if kind == "vault" else known(kind, settings))
    return made


def by_vault(tenant: Tenant) -> None:
    with setting_up():
        RotationSchedule.objects.filter(account_id=tenant.account_id).update(delivery_kind="vault")


def keys_of(tenant: Tenant, user: str) -> dict[str, str]:
    listed: list[dict[str, Any]] = tenant.client().list_access_keys(UserName=user)["AccessKeyMetadata"]
    return {key["AccessKeyId"]: key["Status"] for key in listed}
