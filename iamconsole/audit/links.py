"""Following the chain record by record: the one place that knows when a record does not belong where it stands."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from iamconsole.audit.chain import GENESIS, digest_of
from iamconsole.audit.models import AuditEvent
from iamconsole.audit.records import columns_of

CHUNK = 2000  # rows in memory at a time
COLUMNS = ("event_id", "time", "name", "principal", "access_key_id", "source_ip", "error_code", "resource")


class Broken(Exception):
    """A record that breaks the chain: its place and why."""

    def __init__(self, sequence: int, why: str) -> None:
        super().__init__(f"record {sequence}: {why}")
        self.sequence, self.why = sequence, why


@dataclass(frozen=True, slots=True)
class Link:
    """A record as it is stored; `columns` is what the database repeats beside the body, None for a record of a file."""

    account_id: str
    sequence: int
    previous: str
    digest: str
    body: str
    columns: Mapping[str, Any] | None = None


def stored(account_id: str, *, after: int = 0) -> Generator[Link, None, None]:
    """The records of an account in order, streamed: one query, one snapshot, constant memory.

    Whoever may stop early closes it (`contextlib.closing`): PostgreSQL keeps a cursor open for it.
    """
    rows = AuditEvent.objects.filter(account_id=account_id, sequence__gt=after).order_by("sequence", "pk")
    fields = ("account_id", "sequence", "previous", "digest", "body", *COLUMNS)
    streamed: Any = rows.values_list(*fields).iterator(chunk_size=CHUNK)
    with closing(streamed) as found:
        for account, sequence, previous, digest, body, *columns in found:
            yield Link(account, sequence, previous, digest, body, dict(zip(COLUMNS, columns, strict=True)))


class Walk:
    """A walk along one account's chain, from its beginning or from a checkpoint that vouches for what came before."""

    def __init__(self, account_id: str, *, sequence: int = 0, digest: str = GENESIS) -> None:
        self.account_id, self.sequence, self.digest = account_id, sequence, digest
        self.count = 0

    def step(self, link: Link) -> dict[str, Any]:
        """Go on to the next record and give what it says; Broken where it cannot be the next."""
        self._in_place(link)
        if link.previous != self.digest:
            raise Broken(
                link.sequence,
                f"it does not follow record {self.sequence}: records were inserted, removed, reordered or rewritten",
            )
        if _digest(link) != link.digest:
            raise Broken(link.sequence, "its digest does not fit its body: one of them was edited")
        record = self._record(link)
        self.sequence, self.digest = link.sequence, link.digest
        self.count += 1
        return record

    def _in_place(self, link: Link) -> None:
        if link.account_id != self.account_id:
            raise Broken(link.sequence, f"it stands under account {link.account_id!a}")
        wanted = self.sequence + 1
        if link.sequence > wanted:
            raise Broken(wanted, f"records from here to {link.sequence - 1} are missing")
        if link.sequence < wanted:
            raise Broken(link.sequence, "the chain has two records in this place")

    def _record(self, link: Link) -> dict[str, Any]:
        try:
            record: dict[str, Any] = json.loads(link.body)
            said = _columns(record)
            owner = record["recipientAccountId"]
        except (ValueError, LookupError, TypeError, AttributeError):
            raise Broken(link.sequence, "its body is not an audit record") from None
        if owner != self.account_id:
            raise Broken(link.sequence, f"it belongs to account {owner!a}")
        if link.columns is not None:
            _agree(link, said)
        return record


def _digest(link: Link) -> str:
    return digest_of(account_id=link.account_id, sequence=link.sequence, previous=link.previous, body=link.body)


def _columns(record: Mapping[str, Any]) -> dict[str, str]:
    return {"event_id": record["eventID"], "time": record["eventTime"], **columns_of(record)}


def _agree(link: Link, said: Mapping[str, str]) -> None:
    columns = link.columns or {}
    time = columns["time"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = {**columns, "event_id": str(columns["event_id"]), "time": time}
    for column in COLUMNS:
        if found[column] != said[column]:
            raise Broken(link.sequence, f"its column {column} disagrees with its body: the column was edited")
