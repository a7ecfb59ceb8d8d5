"""A worker keeps its database connection from task to task, and lets go of one that broke."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from celery.fixups.django import DjangoWorkerFixup
from celery.signals import task_prerun
from django.db import connection

from iamconsole import celery


def test_celery_leaves_the_connection_open_between_tasks(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.ensure_connection()
    monkeypatch.setattr(connection, "close", lambda: pytest.fail("the connection was closed"))
    fixup = DjangoWorkerFixup(celery.app)
    for _ in range(3):
        fixup.close_database()


@pytest.mark.parametrize(("is_eager", "times"), [(False, 1), (True, 0)])
def test_each_task_of_a_worker_lets_go_of_broken_connections(
    monkeypatch: pytest.MonkeyPatch, is_eager: bool, times: int
) -> None:
    looked: list[Any] = []
    monkeypatch.setattr(celery, "close_old_connections", lambda: looked.append(None))
    task: Any = SimpleNamespace(request=SimpleNamespace(is_eager=is_eager))
    celery.drop_broken_connections(task=task)
    assert len(looked) == times
    assert celery.drop_broken_connections in [receiver() for _key, receiver in task_prerun.receivers]
