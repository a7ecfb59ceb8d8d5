"""What beat asks for is there, and an emptied account leaves nothing of it behind."""

from __future__ import annotations

from typing import Any

import time_machine
from django.conf import settings

from accounts.access_keys.models import KeySighting
from accounts.rotation.models import KeyRotation, RotationSchedule, RotationStep
from iamconsole.celery import app as celery
from tests.rotation.conftest import collect, round_, start, use
from tests.support.tenants import Tenant


def test_every_task_that_beat_asks_for_is_known() -> None:
    celery.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(celery.tasks)


def test_a_reset_takes_rotations_along(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str], settings: Any
) -> None:
    start(tenant)
    round_()
    use(tenant, collect(tenant, robot))
    round_()
    settings.IAM_TEST_MODE = True
    tenant.run("iamconsole:ResetAccount")
    for model in (KeyRotation, RotationStep, RotationSchedule, KeySighting):
        assert not model.objects.filter(account_id=tenant.account_id).exists()
    round_()
