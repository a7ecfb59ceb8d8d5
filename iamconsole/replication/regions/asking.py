"""Asking the stores of several regions at once: one that hangs costs its deadline, not one deadline for each question.

Only stores are asked here: the database and the cache belong to the thread of the request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from iamconsole.replication.regions.store import READING, Unreachable

T = TypeVar("T")


def each(regions: Iterable[str], ask: Callable[[str], T]) -> dict[str, T | None]:
    """What the store of each region answers within half a second; None for one that does not."""
    asked = tuple(regions)
    if not asked:
        return {}
    threads = ThreadPoolExecutor(len(asked), thread_name_prefix="regions")
    answers = {region: threads.submit(ask, region) for region in asked}
    threads.shutdown(wait=False)
    done, _late = wait(answers.values(), timeout=READING)
    found: dict[str, T | None] = dict.fromkeys(asked)
    for region, answer in answers.items():
        if answer in done and not isinstance(answer.exception(), Unreachable):
            found[region] = answer.result()
    return found
