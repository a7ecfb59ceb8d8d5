"""Is the scheduler alive? Every turn leaves word, silence is told of, and a stopped worker piles nothing up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import ModelEntry
from redis.exceptions import ConnectionError as Unreachable

from iamconsole.celery import app as celery_app
from iamconsole.interfaces.workers import tasks, turns
from iamconsole.kernel import clock
from iamconsole.runtime import schedule
from iamconsole.runtime.metrics import registry
from iamconsole.settings.schedule import EVERY
from tests.passwords.conftest import later as later  # a fixture

Later = Callable[..., None]


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def readyz() -> dict[str, Any]:
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    return json.loads(answer.content)


def test_everything_that_beat_asks_for_is_a_task_that_workers_know() -> None:
    celery_app.loader.import_default_modules()
    assert set(EVERY) <= set(celery_app.tasks)
    assert tasks.turns is turns


@pytest.mark.parametrize("name", settings.CELERY_BEAT_SCHEDULE)
def test_an_entry_is_called_after_its_task_and_its_message_is_void_by_the_next(name: str, db: None) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE[name]
    assert name == entry["task"].replace(".", "-").replace("_", "-")
    ModelEntry.from_entry(name, app=celery_app, **entry)  # as beat stores it when it starts
    row = PeriodicTask.objects.get(name=name)
    assert row.expire_seconds == EVERY[row.task]
    assert row.schedule.run_every.total_seconds() == EVERY[row.task]


def test_silence_is_told_of_and_keeps_nobody_out(db: None, later: Later) -> None:
    said = readyz()
    assert (said["ready"], said["scheduler"]) == (True, schedule.NEVER)
    schedule.note("audit.fold_denials", succeeded=True, now=clock.now())
    assert readyz()["scheduler"] == "ok"
    later(minutes=4, seconds=59)
    assert readyz()["scheduler"] == "ok"
    later(seconds=2)
    assert readyz()["scheduler"] == "silent for 5 minutes"
    schedule.note("notifications.deliver", succeeded=False, now=clock.now())
    assert readyz()["scheduler"] == "ok"  # somebody is at work, if without success


def test_a_cache_that_is_away_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any) -> None:
        raise Unreachable

    monkeypatch.setattr(schedule.cache, "get_many", away)
    assert schedule.heard(clock.now()) == "ConnectionError"


def test_a_turn_of_a_task_leaves_word(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = clock.now().timestamp()
    tasks.sweep.apply()
    found = schedule.turns()["retention.sweep"]
    assert found.succeeded is not None
    assert found.succeeded >= before
    assert found.failed is None

    def broken(_now: Any) -> None:
        raise ArithmeticError

    monkeypatch.setattr(tasks.retention, "sweep", broken)
    tasks.sweep.apply(throw=False)
    failed = schedule.turns()["retention.sweep"]
    assert failed.failed is not None
    assert failed.succeeded == found.succeeded


def test_other_tasks_leave_none() -> None:
    turns._note("somebody.elses", succeeded=True)
    assert all(each == schedule.Turns() for each in schedule.turns().values())


def test_figures_for_prometheus(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule.note("reports.write_ordered", succeeded=True, now=clock.now())
    task = {"task": "reports.write_ordered"}
    assert registry.get_sample_value("iam_task_last_success_timestamp_seconds", task) > 0
    assert registry.get_sample_value("iam_task_last_failure_timestamp_seconds", task) == 0
    assert registry.get_sample_value("iam_task_interval_seconds", task) == 15
    assert registry.get_sample_value("iam_notification_deliveries", {"state": "Failed"}) == 0

    def away(*_args: Any) -> None:
        raise Unreachable

    monkeypatch.setattr(schedule.cache, "get_many", away)
    assert registry.get_sample_value("iam_task_interval_seconds", task) is None
    assert registry.get_sample_value("iam_accounts") is not None
