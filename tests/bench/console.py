"""The console at scale: every page of a large company, by the product's middleware in one process.

A page that takes longer than its bound breaks the benchmark; so does one that is not answered.
BENCH_CONSOLE_ON=SQLite (or PostgreSQL) measures on that alone.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from tests.bench.measuring import machine, number, table
from tests.support.servers import PostgresServer

BOUND, PALETTE_BOUND = 300, 100  # milliseconds
DOWNLOADS = (".csv", "events/export/", "credentials")
"""What is made of everything there is, and streamed or kept as a file: shown without a bound."""
RUNS = 5
SHOWN = 20
SERVERS: dict[str, Callable[[], PostgresServer | None]] = {"SQLite": lambda: None, "PostgreSQL": PostgresServer}
HEAD = ["page", "median ms", "worst ms", "first ms", "CPU ms", "SQL", "kB", "kB as gzip"]
broken: list[str] = []


def bound(page: str) -> int | None:
    """Milliseconds that a page may take, if it has a bound."""
    if any(each in page for each in DOWNLOADS):
        return None
    return PALETTE_BOUND if page.startswith(("/console/palette/", "/console/search/")) else BOUND


def is_crowded(found: dict[str, Any]) -> bool:
    """Whether a page took longer than it may, and this process had not even that long of the processor."""
    most = bound(found["page"])
    return most is not None and "failed" not in found and found["cpu"] <= most < found["median"]


def report() -> str:
    """The section of the report; `broken` says afterwards which bounds do not hold."""
    load = machine()
    chosen = os.environ.get("BENCH_CONSOLE_ON", " ".join(SERVERS)).split()
    found = {name: measured(name, SERVERS[name]()) for name in chosen}
    parts = [part for name, each in found.items() for part in _pages(name, each)]
    after = f"load {os.getloadavg()[0]:.1f} at the end"
    return f"""## The console at scale

10,000 users, 1,000 roles, 2,000 policies, 200 groups, 10,000 access keys, 5,000 MFA devices, 100,000 audit events and
10,000 denials in one account (`tests/support/company`), beside AWS's policies. {load}, {after}. Every GET
page of the console as its administrator sees it, by Django's test client through the product's middleware; medians of
{RUNS} warm runs, and the first, which reads what processes keep of an account until it changes.
CPU is what the page takes of this process: where it is far below the median, others had the processor (or, with
PostgreSQL, the database worked); a page that others kept beyond its bound is measured once more after all pages.
Bounds on the median: {BOUND} ms, {PALETTE_BOUND} ms for search and palette; downloads have none.

{_weight(found)}

{"".join(parts)}"""


def measured(name: str, server: PostgresServer | None) -> dict[str, Any]:
    """What a process of its own measures, on a database that it fills: pages by address, and weights at the end.

    Each figure is shown when it comes, and kept if the process dies later.
    """
    pages: dict[str, dict[str, Any]] = {}
    found: dict[str, Any] = {"pages": pages}
    with tempfile.TemporaryDirectory() as place, server or nullcontext():
        environment = {**os.environ, "TEST_DATA_DIR": place}
        environment |= {"TEST_DATABASE_URL": server.url} if server else {}
        command = [sys.executable, "-m", "tests.bench.console_pages"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout or ():
                print(f"{name}: {line}", end="", file=sys.stderr, flush=True)
                told = json.loads(line)
                if "page" in told:
                    pages[told["page"]] = told
                else:
                    found |= told
    if process.returncode:
        broken.append(f"{name}: the process that measures ended with {process.returncode}")
    return found


def _weight(found: dict[str, Any]) -> str:
    """What the list of users weighs, as one of the processes found it."""
    weights = next((each["weights"] for each in found.values() if "weights" in each), {})
    told = ", ".join(f"{kind} {size / 1000:.1f} kB" for kind, size in weights.items())
    return (
        f"The list of users as gzip, as a browser loads it first: {told}; {sum(weights.values()) / 1000:.1f} kB in all."
    )


def _pages(name: str, found: dict[str, Any]) -> list[str]:
    failed = [page for page in found["pages"].values() if "failed" in page]
    broken.extend(f"{name}: {page['page']} answers {page['failed']}" for page in failed)
    pages = sorted((page for page in found["pages"].values() if page not in failed), key=lambda page: -page["median"])
    over = [page for page in pages if (most := bound(page["page"])) is not None and page["median"] > most]
    broken.extend(f"{name}: {page['page']} takes {page['median']:.0f} ms" for page in over)
    bounded = [page for page in pages if bound(page["page"]) is not None]
    within = sum(page["median"] < 100 for page in bounded)
    quick = [page for page in bounded if bound(page["page"]) == PALETTE_BOUND]
    return [
        f"### {name}\n\n",
        f"{len(bounded)} pages with a bound, {within} of them under 100 ms, {len(over)} too slow; ",
        f"the most that one takes of the processor is {max((page['cpu'] for page in bounded), default=0):.0f} ms. ",
        "The slowest:\n\n",
        table(HEAD, [_row(page) for page in pages[:SHOWN]]),
        "\n\nSearch and palette:\n\n",
        table(HEAD, [_row(page) for page in quick]),
        "\n\n",
    ]


def _row(page: dict[str, Any]) -> list[str]:
    times = [number(page[each]) for each in ("median", "worst", "first", "cpu")]
    return [f"`{page['page']}`", *times, str(page["sql"]), f"{page['size'] / 1000:.0f}", f"{page['gzip'] / 1000:.1f}"]


def squeezed(body: bytes) -> int:
    """Bytes as gzip, at the level that servers commonly use."""
    return len(gzip.compress(body, 6))
