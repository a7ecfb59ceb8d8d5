"""The console at scale: every page of a large company, by the product's middleware in one process.

A page that takes longer than its bound breaks the benchmark; so does one that is not answered.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from typing import Any

from tests.bench.measuring import machine, number, table
from tests.support.servers import PostgresServer

BOUND, PALETTE_BOUND = 300, 100  # milliseconds
DOWNLOADS = (".csv", "events/export/", "credentials")
"""What is made of everything there is, and streamed or kept as a file: shown without a bound."""
SHOWN = 20
HEAD = ["page", "median ms", "worst ms", "first ms", "CPU ms", "SQL", "kB", "kB as gzip"]
broken: list[str] = []


def bound(page: str) -> int | None:
    """Milliseconds that a page may take, if it has a bound."""
    if any(each in page for each in DOWNLOADS):
        return None
    return PALETTE_BOUND if page.startswith(("/console/palette/", "/console/search/")) else BOUND


def report() -> str:
    """The section of the report; `broken` says afterwards which bounds do not hold."""
    load = machine()
    found = {name: measured(server) for name, server in (("SQLite", None), ("PostgreSQL", PostgresServer()))}
    parts = [part for name, each in found.items() for part in _pages(name, each)]
    return f"""## The console at scale

10,000 users, 1,000 roles, 2,000 policies, 200 groups, 10,000 access keys, 5,000 MFA devices, 100,000 audit events and
10,000 denials in one account (`tests/support/company`), beside AWS's policies. {load}. Every GET
page of the console as its administrator sees it, by Django's test client through the product's middleware; medians of
{found["SQLite"]["runs"]} warm runs, and the first, which reads what processes keep of an account until it changes.
CPU is what the page takes of this process: where it is far below the median, others had the processor (or, with
PostgreSQL, the database worked). Bounds on the median: {BOUND} ms, {PALETTE_BOUND} ms for search and palette; downloads
have none.

{"".join(parts)}"""


def measured(server: PostgresServer | None) -> dict[str, Any]:
    """What a process of its own measures, on a database that it fills."""
    with tempfile.TemporaryDirectory() as place, server or nullcontext():
        environment = {**os.environ, "TEST_DATA_DIR": place}
        environment |= {"TEST_DATABASE_URL": server.url} if server else {}
        command = [sys.executable, "-m", "tests.bench.console_pages"]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _pages(name: str, found: dict[str, Any]) -> list[str]:
    pages = sorted(found["pages"], key=lambda page: -page["median"])
    over = [page for page in pages if (most := bound(page["page"])) is not None and page["median"] > most]
    broken.extend(f"{name}: {page['page']} takes {page['median']:.0f} ms" for page in over)
    bounded = [page for page in pages if bound(page["page"]) is not None]
    within = sum(page["median"] < 100 for page in bounded)
    quick = [page for page in bounded if bound(page["page"]) == PALETTE_BOUND]
    return [
        f"### {name}\n\n",
        f"{len(bounded)} pages with a bound, {within} of them under 100 ms, {len(over)} too slow; the slowest:\n\n",
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
