"""Reading how far a rotation of master keys has come, and what still holds an older key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from accounts.master_keys import inheritance
from accounts.master_keys import ring as rings
from accounts.master_keys.columns import COLUMNS, COPIES, copies_counted
from accounts.master_keys.models import InheritedKey, MasterKey
from accounts.master_keys.notes import waiting
from iamconsole.kernel.errors import NoSuchEntity

KEPT: Final = timedelta(hours=36 + 1)
"""For so long a key stays after it was replaced: the longest session, GetSessionToken's, and a rolling restart."""
SETTLED: Final = timedelta(seconds=30)
"""After which no request runs that began before the key was replaced."""

Counts = Mapping[str, Counter[str]]
"""How many of each kind need which master key."""


def is_noted() -> bool:
    """Whether the database knows which key of the ring is the current one, and has what the older ones leave."""
    ring = rings.current()
    rows = {row.pk: row for row in MasterKey.objects.filter(retired=None)}
    if ring.current_id not in rows or rows.pop(ring.current_id).replaced is not None:
        return False
    return all(row.replaced is not None and inheritance.is_handed_down(key_id) for key_id, row in rows.items())


class State(StrEnum):
    CURRENT = "current"
    WAITING = "waiting to become current"
    REPLACED = "replaced"
    RETIRED = "retired"
    MISSING = "missing"
    """Something needs it, and it is not in the ring."""


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """A master key: how many secrets of each kind it seals, and what keeps it from being retired."""

    id: str
    state: State
    since: datetime | None = None
    sealed: Mapping[str, int] = field(default_factory=dict)
    held_by: tuple[str, ...] = ()


def words(kind: str) -> str:
    """A kind of secret as people read it."""
    return kind.replace("-", " ")


def counted() -> Counts:
    """Everything that is sealed, copies included; reads every secret's head."""
    inherited = InheritedKey.objects.values_list("sealed_key", flat=True)
    return {
        **{name: column.counted() for name, column in COLUMNS.items()},
        **{name: copies_counted(name) for name in COPIES},
        "inherited keys": Counter(text.split(".")[1] for text in inherited),
    }


def statuses(now: datetime) -> list[KeyStatus]:
    """Every master key of the ring, the current one first, and those that are missing."""
    ring, counts = rings.current(), counted()
    ids = dict.fromkeys([ring.current_id, *ring, *(key_id for kind in counts.values() for key_id in kind)])
    return [_status(key_id, counts, now) for key_id in ids]


def _status(key_id: str, counts: Counts, now: datetime) -> KeyStatus:
    ring, row = rings.current(), MasterKey.objects.filter(pk=key_id).first()
    sealed = {kind: found[key_id] for kind, found in counts.items() if found[key_id]}
    if key_id not in ring:
        return KeyStatus(key_id, State.MISSING, sealed=sealed)
    if key_id == ring.current_id:
        return KeyStatus(key_id, State.CURRENT, sealed=sealed)
    if row is not None and row.retired:
        return KeyStatus(key_id, State.RETIRED, row.retired, sealed)
    if row is None and key_id in waiting(ring):
        return KeyStatus(key_id, State.WAITING, sealed=sealed)
    held_by = tuple(obstacles(key_id, now, counts=counts))
    return KeyStatus(key_id, State.REPLACED, row.replaced if row else None, sealed, held_by)


def obstacles(key_id: str, now: datetime, *, counts: Counts | None = None, end_sessions: bool = False) -> Iterator[str]:
    """What keeps a key from being retired, in words; NoSuchEntity where it is not in the ring.

    `end_sessions` leaves temporary credentials that are out to their fate.
    """
    ring = rings.current()
    if key_id not in ring:
        raise NoSuchEntity(f"There is no master key {key_id} in the ring.")
    if key_id == ring.current_id:
        yield "it is the current one"
        return
    for kind, found in (counts or counted()).items():
        if found[key_id]:
            yield f"it seals {found[key_id]} {words(kind)}: run `manage.py master-key rewrap`"
    row = MasterKey.objects.filter(pk=key_id).first()
    if row is None:
        return  # it was never the current one
    if not inheritance.is_handed_down(key_id) or row.replaced is None:
        yield "what it leaves is not handed down yet: run `manage.py master-key rewrap`"
        return
    ends = row.replaced + (SETTLED if end_sessions else KEPT)
    if now < ends:
        what = "requests that began under it may still run" if end_sessions else "sessions issued under it may last"
        yield f"{what} until {ends:%Y-%m-%d %H:%M:%S} UTC"
