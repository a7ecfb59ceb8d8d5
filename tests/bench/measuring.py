"""How figures are taken: medians of several runs, and a fixed loop beside them."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence

RUNS = 5
RUN_SECONDS = 0.3
CALIBRATION = 2_000_000


def microseconds(run: Callable[[], None], *, per_run: int = 1) -> float:
    """The median cost of one of the `per_run` things that a warm run does."""
    run()
    return statistics.median(_once(run, per_run) for _ in range(RUNS))


def _once(run: Callable[[], None], per_run: int) -> float:
    count, begin = 0, time.perf_counter()
    while (passed := time.perf_counter() - begin) < RUN_SECONDS:
        run()
        count += per_run
    return passed / count * 1e6


def milliseconds(run: Callable[[], object]) -> float:
    """The median of a run as it is, cold caches and all."""
    found = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        run()
        found.append((time.perf_counter() - begin) * 1000)
    return statistics.median(found)


def calibration() -> float:
    """Milliseconds of a fixed loop, so that figures of different hours and machines can be compared."""

    def loop() -> int:
        total = 0
        for n in range(CALIBRATION):
            total += n & 7
        return total

    return milliseconds(loop)


def machine() -> str:
    """Processor, cores, Python and the load that others put on it."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as lines:
            model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    except OSError:
        pass  # not Linux: the architecture has to do
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}; load {load:.1f} at the start"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float) -> str:
    """With three digits that say something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
