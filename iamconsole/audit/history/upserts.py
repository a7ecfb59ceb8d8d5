"""How rows of the history get into its tables: new ones are added, counts and times of those that are there grow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection, models

from iamconsole.audit.history.models import AccessHistory, AskedPolicies, HistoryLoss, LastAccess

Row = dict[str, Any]
LATER: Final = "CASE WHEN excluded.{0} > {table}.{0} THEN excluded.{0} ELSE {table}.{0} END"
NEWLY_ALLOWED: Final = (
    "CASE WHEN excluded.allowed IS NOT NULL AND ({table}.allowed IS NULL OR excluded.allowed >= {table}.allowed) "
    "THEN excluded.{0} ELSE {table}.{0} END"
)
MORE: Final = "{table}.{0} + excluded.{0}"


@dataclass(frozen=True, slots=True)
class Upsert:
    """How rows of a table are written: by `unique`, and what becomes of a column where the row is there."""

    model: type[models.Model]
    unique: tuple[str, ...]
    merged: Mapping[str, str]

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows in one order everywhere, so that two processes do not wait for each other crosswise."""
        if not rows:
            return
        ordered = sorted(rows, key=lambda row: tuple(str(row[column]) for column in self.unique))
        with connection.cursor() as cursor:
            cursor.executemany(self._sql(rows[0]), [tuple(map(_adapted, row.values())) for row in ordered])

    def _sql(self, row: Iterable[str]) -> str:
        columns = list(row)
        table = connection.ops.quote_name(self.model._meta.db_table)
        merged = ", ".join(f"{name} = {how.format(name, table=table)}" for name, how in self.merged.items())
        return (
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) "  # noqa: S608
            f"ON CONFLICT ({', '.join(self.unique)}) DO UPDATE SET {merged}"
        )


HISTORY: Final = Upsert(AccessHistory, ("account_id", "digest"), {"times": MORE, "last_time": LATER})
POLICIES: Final = Upsert(AskedPolicies, ("account_id", "digest"), {"needed": LATER})
LOSSES: Final = Upsert(HistoryLoss, ("account_id", "hour", "what"), {"times": MORE})
ACCESS: Final = Upsert(
    LastAccess,
    ("account_id", "principal_id", "service", "action"),
    {
        "principal": "excluded.{0}",
        "attempted": LATER,
        **dict.fromkeys(("region", "resource", "allowed"), NEWLY_ALLOWED),
    },
)


def loss(account_id: str, what: str, times: int) -> Row:
    """A row that says how much is missing of this hour."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return {"account_id": account_id, "hour": hour, "what": str(what), "times": times}


def _adapted(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
