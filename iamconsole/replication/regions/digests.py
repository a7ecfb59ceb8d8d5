"""Proving that a region holds what home holds, and mending what it does not.

Its store sums up the versions of its rows by account and kind as they are applied; a look at these sums tells whether
a change was missed. A full look unpacks every row, so it also finds what somebody altered in the store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import orjson
from django.conf import settings

from iamconsole.replication.models import ProjectedRow
from iamconsole.replication.projection.source import Key
from iamconsole.replication.regions import feed
from iamconsole.replication.regions.applier import Applier
from iamconsole.replication.regions.packing import Forged
from iamconsole.replication.regions.store import OPERATOR, Store, writing
from iamconsole.replication.snapshots import snapshot


class Busy(Exception):
    """Somebody else applies to the region."""


@dataclass(slots=True)
class Findings:
    """What differs, row by row and document by document; `sums`: buckets whose digest is not that of their rows."""

    region: str
    rows: int = 0
    missing: list[Key] = field(default_factory=list)
    stale: list[Key] = field(default_factory=list)
    altered: list[Key] = field(default_factory=list)
    surplus: list[Key] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    sums: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> set[Key]:
        return {*self.missing, *self.stale, *self.altered, *self.surplus}

    @property
    def count(self) -> int:
        return len(self.wrong) + len(self.documents) + len(self.sums)

    def __bool__(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.count


def verify(region: str) -> Findings:
    """Bring the region up to date and compare every row (Unreachable, Outrun, Busy)."""
    with _Held(writing(region)) as held:
        return _compare(held.applier.store, held.generation)


def look(region: str) -> Findings:
    """The same as of the region's cursor and without its lease, so that changes go on arriving meanwhile.

    A region that is built anew at this moment can look worse than it is: `repair` judges under the lease.
    """
    store = writing(region)
    generation = store.generation()
    return _compare(store, generation) if generation else Findings(region)


def repair(region: str) -> Findings:
    """The same, and write anew whatever differs; what is found wrong afterwards is what could not be mended."""
    with _Held(writing(region)) as held:
        found = _compare(held.applier.store, held.generation)
        if found.sums or found.surplus or found.documents:
            held.applier.begin_anew()
        elif found.wrong:
            for shard in range(settings.IAM_LOG_SHARDS):
                held.mend(shard, found.wrong)
        return _compare(held.applier.store, held.applier.store.generation())


class _Held:
    """A region's lease, with the region up to date."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> _Held:
        fence = self._store.lease()
        if fence is None:
            raise Busy(f"region {self._store.region} is being written: try again")
        self._fence = fence
        self.applier = Applier(self._store, fence)
        self.applier.catch_up()
        self._store.renew(fence, OPERATOR)
        self.generation = self._store.generation()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._store.release(self._fence)

    def mend(self, shard: int, wrong: set[Key]) -> None:
        cursor = self._store.cursor(shard, generation=self.generation)
        rows = [row for row in _home(shard) if (row.kind, row.id) in wrong and row.position <= max(cursor.applied, 0)]
        for place in range(0, len(rows), feed.MOST):
            repair = feed.of_rows(shard, cursor, rows[place : place + feed.MOST])
            self.applier.write(self.generation, repair, lease=OPERATOR)


def _compare(store: Store, generation: str) -> Findings:
    found = Findings(store.region)
    # Before the rows: what arrives meanwhile is then of changes after the cursor, which are not compared.
    cursors = [store.cursor(shard, generation=generation) for shard in range(settings.IAM_LOG_SHARDS)]
    told = {name: int(total) for name, total in store.scan(f"{generation}:digests").items()}
    packed, sums = dict(store.scan(f"{generation}:rows")), Counter[str]()
    moving: set[str] = set()
    documents = store.scan(f"{generation}:documents")
    for shard, cursor in enumerate(cursors):
        with snapshot():
            for row in _home(shard):
                if row.position > max(cursor.applied, 0):  # changed since: the region has what was before
                    moving.add(feed.bucket(row.account_id, row.kind))
                    packed.pop(f"{row.kind}/{row.id}", None)
                elif row.body is not None:
                    found.rows += 1
                    sums[feed.bucket(row.account_id, row.kind)] += feed.weight(row.kind, row.id, row.position)
                    _compare_row(found, store, row, packed.pop(f"{row.kind}/{row.id}", None))
                    found.documents += [name for name in feed.named(row.body) if not _is_text_of(name, documents)]
    found.surplus += [(kind, ident) for kind, _, ident in (name.partition("/") for name in packed)]
    known = {name: total % feed.MODULUS for name, total in sums.items()}
    compared = {*told, *known} - moving
    found.sums += sorted(name for name in compared if told.get(name, 0) != known.get(name, 0))
    return found


def _home(shard: int) -> Iterator[ProjectedRow]:
    """Home's rows, tombstones too."""
    yield from ProjectedRow.versions.filter(shard=shard).order_by("row").iterator(chunk_size=2_000)


def _compare_row(found: Findings, store: Store, row: ProjectedRow, text: str | None) -> None:
    key = row.kind, row.id
    if text is None:
        found.missing.append(key)
        return
    try:
        here = store.packer.unpack(row.kind, row.id, text)
    except (Forged, orjson.JSONDecodeError):
        found.altered.append(key)
        return
    if here.position != row.position:
        found.stale.append(key)


def _is_text_of(digest: str, documents: Mapping[str, str]) -> bool:
    text = documents.get(digest)
    return text is not None and sha256(text.encode()).hexdigest() == digest
