"""The product's Celery application, which sends every message twice, under the same id."""

from __future__ import annotations

from typing import Any

from iamconsole.celery import app

send = app.send_task


def send_twice(*args: Any, **options: Any) -> Any:
    send(*args, **options)
    return send(*args, **options)


app.send_task = send_twice
