"""CreateUser and GetUser over HTTP on SQLite and, as durable as in production, on PostgreSQL."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.bench.loading import CONNECTIONS, SECONDS, put
from tests.bench.measuring import RUNS, number, table
from tests.bench.serving import Bench, medians
from tests.support.product import Product
from tests.support.servers import PostgresServer

PLACES = (("SQLite", 2, "≥ 300"), ("PostgreSQL", 2, "≥ 500"), ("PostgreSQL", 4, "≥ 500"))
"""Databases, numbers of web processes, and the target of creations."""


def report() -> str:
    """The section of the report."""
    rows = [row for place in PLACES for row in _rows(*place)]
    head = ["what", "database", "web processes", "a second", "p50 ms at half load", "p99 ms at half load", "target"]
    return f"""## Writes and signed reads, by database

granian; `wrk` with {CONNECTIONS} connections for {SECONDS} s on the same cores, where the database is, too. PostgreSQL
with fsync. Load {os.getloadavg()[0]:.1f} at the end.

{table(head, rows)}
"""


def _rows(database: str, workers: int, target: str) -> list[list[str]]:
    with ExitStack() as servers:
        place = Path(servers.enter_context(tempfile.TemporaryDirectory()))
        url = servers.enter_context(PostgresServer(fresh=True, durable=True)).url if database != "SQLite" else ""
        own = {"DATABASE_URL": url} if url else {}
        bench = Bench(servers.enter_context(Product(place, processes=workers, **own)))
        asked = {
            "CreateUser": (bench.creations, target),
            "GetUser": (lambda: bench.query("GetUser", UserName="ada"), ""),
        }
        rows = []
        for name, (load, wanted) in asked.items():
            full = medians([[put(load())] for _ in range(RUNS)])[0]
            half = put(load(), half_of=full.rate)
            figures = [number(each) for each in (full.rate, half.p50, half.p99)]
            rows.append([name, database, str(workers), *figures, wanted])
        return rows


if __name__ == "__main__":
    print(report())
