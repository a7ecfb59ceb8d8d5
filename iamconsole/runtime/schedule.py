"""Whether scheduled work gets done: when each task last succeeded or failed, in the cache that all processes share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache
from redis.exceptions import RedisError

from iamconsole.settings.schedule import EVERY

SILENT: Final = timedelta(minutes=5)
"""The most frequent tasks have several turns a minute, so such a silence is no accident."""
NEVER = "not heard of since the cache was emptied"


@dataclass(frozen=True, slots=True)
class Turns:
    """The last turns of a task that ended, as seconds since 1970; None where there was none."""

    succeeded: float | None = None
    failed: float | None = None


def note(task: str, *, succeeded: bool, now: datetime) -> None:
    """Remember that a turn of a task has ended."""
    cache.set(_key(task, "succeeded" if succeeded else "failed"), now.timestamp(), None)


def turns() -> Mapping[str, Turns]:
    """The last turns of every task in the table; one question to the cache."""
    keys = {_key(task, how): (task, how) for task in EVERY for how in ("succeeded", "failed")}
    found = {keys[key]: moment for key, moment in cache.get_many(list(keys)).items()}
    return {task: Turns(found.get((task, "succeeded")), found.get((task, "failed"))) for task in EVERY}


def heard(now: datetime) -> str:
    """`ok`, or for how long no task at all has ended its turn: then beat or every worker has stopped."""
    try:
        ended = [moment for each in turns().values() for moment in (each.succeeded, each.failed) if moment]
    except (RedisError, OSError) as lost:
        return type(lost).__name__
    if not ended:
        return NEVER
    silence = timedelta(seconds=now.timestamp() - max(ended))
    return "ok" if silence < SILENT else f"silent for {silence // timedelta(minutes=1)} minutes"


def _key(task: str, how: str) -> str:
    return f"scheduled/{task}/{how}"
