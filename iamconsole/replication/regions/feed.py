"""What a region has not yet: the rows that changed after its cursor, as of one moment of the primary."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from iamconsole.kernel import clock
from iamconsole.replication.models import ChangeEntry, LogHead, ProjectedDocument, ProjectedRow
from iamconsole.replication.regions import latency
from iamconsole.replication.regions.packing import Packer
from iamconsole.replication.regions.store import Cursor
from iamconsole.replication.snapshots import snapshot

MOST = 500  # rows of a batch, unless one change wrote more
FAR = 2_000  # changes behind: they are no longer looked at one by one
MODULUS = 2**46  # Lua's numbers are doubles, and its JSON has 14 digits
NAMED = ("document", "bound", "trust", "trust_bound")


class OtherHistory(Exception):
    """The region's cursor is of a log that is not this one, or of changes that were swept: it must begin anew."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows after a cursor, and the cursor after them; `cut` where more are waiting."""

    shard: int
    at: Cursor
    to: Cursor
    rows: list[ProjectedRow]
    documents: dict[str, str]
    accounts: list[str]
    times: list[datetime]
    cut: bool = False
    repairs: bool = False

    def payload(self, packer: Packer) -> str:
        """What the store's script takes."""
        return orjson.dumps(
            {
                "shard": str(self.shard),
                "from": str(self.at),
                "to": str(self.to),
                "applied": self.to.applied,
                "repairs": self.repairs,
                "rows": [_packed(row, packer) for row in self.rows],
                "documents": self.documents,
                "accounts": self.accounts,
                "latencies": latency.counted(self.times, now=clock.now()),
            }
        ).decode()


def after(shard: int, cursor: Cursor, *, most: int = MOST) -> Batch | None:
    """What comes after a cursor; None where nothing does. OtherHistory where the cursor leads nowhere."""
    with snapshot():
        entries = list(
            ChangeEntry.objects.filter(shard=shard, position__gte=max(cursor.position, 0))
            .order_by("position")
            .values_list("position", "request_id", "account_id", "time")[: FAR + 2]
        )
        _demand_history(shard, cursor, entries[0][:2] if entries else None)
        new = [entry for entry in entries if entry[0] > cursor.position]
        if not new and cursor.position >= 0:
            return None
        rows, cut = _rows(shard, cursor.position, most)
        return _batch(shard, cursor, rows, new, cut=cut)


def of_rows(shard: int, cursor: Cursor, rows: list[ProjectedRow]) -> Batch:
    """These rows once more, whatever the region has of them, its cursor where it is."""
    made = _with_documents(shard, cursor, cursor, rows)
    return replace(made, accounts=sorted({row.account_id for row in rows}), repairs=True)


def _demand_history(shard: int, cursor: Cursor, first: tuple[int, str] | None) -> None:
    if cursor.position > 0 and first != (cursor.position, cursor.request_id):
        raise OtherHistory(f"the log of shard {shard} has no change {cursor.position} {cursor.request_id}")
    swept = LogHead.objects.filter(shard=shard).values_list("swept", flat=True).first() or 0
    if cursor.applied >= 0 and cursor.position < swept:  # else it is being built, and never had what was deleted
        raise OtherHistory(f"what was deleted up to change {swept} of shard {shard} is no longer known")


def _rows(shard: int, after: int, most: int) -> tuple[list[ProjectedRow], bool]:
    """The rows of whole positions, `most` of them or those of one position; and whether there are more."""
    waiting = ProjectedRow.versions.filter(shard=shard, position__gt=after).order_by("position", "row")
    rows = list(waiting[: most + 1])
    if len(rows) <= most:
        return rows, False
    last = rows[-1].position
    whole = [row for row in rows if row.position < last]
    if whole:
        return whole, True
    together = list(waiting.filter(position=last))
    return together, waiting.filter(position__gt=last).exists()


def _batch(shard: int, at: Cursor, rows: list[ProjectedRow], new: list[Any], *, cut: bool) -> Batch:
    if cut:
        end = rows[-1].position
        entry = ChangeEntry.objects.filter(shard=shard, position=end).values_list("request_id", "time").first()
        request_id, time = entry or ("", None)
        to = Cursor(end, at.applied, request_id, time.isoformat() if time else at.time)
        accounts = {row.account_id for row in rows}
        return replace(_with_documents(shard, at, to, rows), accounts=sorted(accounts), cut=True)
    if len(new) > FAR:
        known = ChangeEntry.objects.filter(shard=shard)
        new = [known.order_by("-position").values_list("position", "request_id", "account_id", "time")[0]]
        changed = known.filter(position__gt=at.position).values_list("account_id", flat=True).distinct()
        accounts = {*changed}
    else:
        accounts = {account_id for _position, _request_id, account_id, _time in new}
    accounts |= {row.account_id for row in rows}
    end, request_id, _account, time = new[-1] if new else (0, "", "", None)
    to = Cursor(end, end, request_id, time.isoformat() if time else "")
    made = _with_documents(shard, at, to, rows)
    times = [time for *_rest, time in new] if at.position >= 0 else []
    return replace(made, accounts=sorted(accounts), times=times)


def _with_documents(shard: int, at: Cursor, to: Cursor, rows: list[ProjectedRow]) -> Batch:
    digests = {digest for row in rows if row.body is not None for digest in named(row.body)}
    documents = dict(ProjectedDocument.objects.filter(digest__in=digests).values_list("digest", "text"))
    return Batch(shard, at, to, rows, documents, [], [])


def named(body: dict[str, Any]) -> set[str]:
    """The documents that a row names, by digest."""
    found = {digest for _name, digest in body.get("inline", ())}
    return found | {body[member] for member in NAMED if member in body}


def bucket(account_id: str, kind: str) -> str:
    """What is summed up together in a digest."""
    return f"{account_id}/{kind}"


def weight(kind: str, ident: str, position: int) -> int:
    """What a version of a row adds to its digest."""
    return int.from_bytes(hashlib.sha256(f"{kind}/{ident}/{position}".encode()).digest()[:8]) % MODULUS


def _packed(row: ProjectedRow, packer: Packer) -> list[Any]:
    key = f"{row.kind}/{row.id}"
    held = bucket(row.account_id, row.kind)
    if row.body is None:
        return [key, row.id, row.position, "", held, 0, []]
    share = weight(row.kind, row.id, row.position)
    return [key, row.id, row.position, packer.pack(row), held, share, _places(row)]


def _places(row: ProjectedRow) -> list[tuple[str, str]]:
    """Where else than by its id a row is found."""
    places = []
    if row.arn:
        places.append(("index", f"arn/{row.account_id}/{row.kind}/{row.arn}"))
    if row.kind in ("user", "role"):
        places.append(("index", f"name/{row.account_id}/{row.kind}/{row.body['name']}"))
    if row.kind == "resource_policy":
        places.append((f"covered/{row.account_id}", row.arn))
    return places
