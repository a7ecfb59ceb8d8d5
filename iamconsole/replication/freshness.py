"""Whether what a process remembers of an account still stands: a stamp per account that moves with each of its changes.

A view of the log is taken once per request. On SQLite that costs one PRAGMA (about 2 µs) as long as nobody wrote to the
database; only then, and always on PostgreSQL, is the tail of the log read. What names the rows that it was made of
stands on as long as none of the account's changes is about one of them.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, NamedTuple, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.tenancy.models import AWS
from iamconsole.kernel.call import Change
from iamconsole.replication.log import epoch, shard_of
from iamconsole.replication.models import ChangeEntry
from iamconsole.replication.projection.projector import row_id, touched
from iamconsole.replication.projection.rows import HOME
from iamconsole.replication.projection.source import Key, Source
from iamconsole.replication.snapshots import snapshot as snapshot

FAR = 5_000  # changes behind: reading them costs more than to begin anew
RECENT = 1_000  # changes that a process can tell one from another
TAIL = (
    f"SELECT position, request_id, account_id, entity, entity_id, verb FROM {ChangeEntry._meta.db_table} "  # noqa: S608  (a constant)
    "WHERE shard = %s AND position >= %s ORDER BY position LIMIT %s"
)
LATEST = (
    f"SELECT position, request_id FROM {ChangeEntry._meta.db_table} "  # noqa: S608  (a constant)
    "WHERE shard = %s ORDER BY position DESC LIMIT 1"
)


class Stamp(NamedTuple):
    """The last change of an account: its place in the log, and the request that made it.

    A transaction that is rolled back leaves its positions to others; the request tells them apart. In another region
    than home, the place in what was applied there, and the generation of its store.
    """

    position: int
    request_id: str
    region: str = ""


ANY = "*"  # in place of an id: every row of a kind, be it there or not
NOTHING = Stamp(0, "")
Entry = tuple[Any, ...]
"""Position, request and account of a change and, of those of the home region, its entity, id and verb."""


class Tail:
    """A log shard as far as it was read; accounts that did not change since it was begun share one stamp."""

    __slots__ = ("_accounts", "_before", "_entries", "_since", "head")

    def __init__(self, head: Stamp, *, before: Tail | None = None) -> None:
        self.head = head
        self._before: Tail | Stamp = before or head
        self._accounts: dict[str, Stamp] = {}
        self._entries: list[Entry] = []
        self._since = head

    def stamp(self, account_id: str) -> Stamp:
        """The account's last change, as far as this was read."""
        found = self._accounts.get(account_id)
        if found is not None:
            return found
        return self._before if isinstance(self._before, Stamp) else self._before.stamp(account_id)

    def read(self, entries: Sequence[Entry]) -> None:
        """Move forward by these changes; what is known already is passed over."""
        for entry in entries:
            position, request_id, account_id = entry[:3]
            if position > self.head.position:
                self._entries.append(entry)
                self.head = self._accounts[account_id] = Stamp(position, request_id, self.head.region)
        if len(self._entries) > 2 * RECENT:  # others may be looking through the old list
            self._since = Stamp(*self._entries[-RECENT - 1][:2], self.head.region)
            self._entries = self._entries[-RECENT:]

    def changes(self, since: Stamp) -> Iterator[Entry]:
        """What changed after a stamp of this log, the latest first; LookupError where that cannot be told."""
        entries, known = self._entries, self._since  # in this order: `read` writes them in the other
        for place in range(len(entries) - 1, -1, -1):
            if entries[place][:2] == since[:2]:
                return
            yield entries[place]
        if known != since:
            if isinstance(self._before, Stamp):
                raise LookupError(since)
            yield from self._before.changes(since)


class View:
    """A region as of the moment this was taken: here the home region, which is never behind."""

    __slots__ = ("_stamps", "_tails")
    region = ""
    source: Source = HOME

    def __init__(self, tails: Sequence[Tail]) -> None:
        self._tails = tails
        self._stamps: dict[str, Stamp] = {}

    def stamp(self, account_id: str) -> Stamp:
        """What everything remembered of the account must have been read under."""
        found = self._stamps.get(account_id)
        if found is None:
            found = self._stamps[account_id] = self._tails[shard_of(account_id)].stamp(account_id)
        return found

    def leaves(self, depends: Collection[Key], account_id: str, *, since: Stamp) -> bool:
        """Whether no change of the account after a stamp is about any of these rows."""
        try:
            return not any(
                concerns(entry, depends, account_id) for entry in self._tails[shard_of(account_id)].changes(since)
            )
        except LookupError:
            return False

    def epoch(self) -> int:
        """Which history of the log this is a moment of."""
        return epoch()

    def position(self, account_id: str) -> int:
        """How far the account's log has come."""
        return self._tails[shard_of(account_id)].head.position

    def withholds(self, account_id: str, keys: Collection[Key]) -> bool:
        """Whether a revocation that concerns any of these rows is known of and not yet applied."""
        return False

    def withheld_resources(self, account_id: str) -> frozenset[str]:
        """The ARNs of resources whose policies such a revocation is about."""
        return frozenset()


def concerns(entry: Entry, depends: Collection[Key], account_id: str) -> bool:
    """Whether a change is about one of these rows of an account; one that cannot be told apart is."""
    _position, _request, owner, entity, ident, verb = entry
    if entity == "account":
        return owner in (account_id, AWS)  # everything of it may be another
    if owner != account_id:
        return False
    try:
        return any(
            (kind, ANY) in depends or (kind, row_id(kind, name, account_id)) in depends
            for kind, name in touched(Change(entity, ident, verb))
        )
    except LookupError:
        return True


class _Checked(threading.local):
    """What this thread's connection said when the shared tails were last brought up to date."""

    mark: tuple[object, int, int] | None = None
    view: View | None = None


_held: ContextVar[View | None] = ContextVar("held", default=None)
_tails: dict[int, Tail] = {}
_lock = threading.Lock()
_checked = _Checked()


@contextmanager
def held(seen: View | None = None) -> Iterator[View]:
    """Inside, every view is the same one, `seen` or one of now: for questions answered together that allow nothing.

    Menus and controls ask such. A right that is taken away meanwhile is still seen; whatever is done must take a view
    of its own.
    """
    mark = _held.set(seen or view())
    try:
        yield _held.get()  # type: ignore[misc]
    finally:
        _held.reset(mark)


def view() -> View:
    """The log as of now: whatever was committed before this call is in it."""
    found = _held.get()
    if found is not None:
        return found
    connection = connections[DEFAULT_DB_ALIAS]  # the thread's own; going through the proxy each time costs more
    if connection.in_atomic_block:
        # What this transaction did is seen by itself alone, and forgotten when it is rolled back.
        return View([_branch(shard) for shard in range(settings.IAM_LOG_SHARDS)])
    mark = _mark(connection) if connection.vendor == "sqlite" else None
    if mark is not None and mark == _checked.mark and _checked.view is not None:
        return _checked.view
    found = View([_current(shard) for shard in range(settings.IAM_LOG_SHARDS)])
    _checked.mark, _checked.view = mark, found
    return found


def forget() -> None:
    """Begin anew: the database behind this process was emptied or replaced."""
    with _lock:
        _tails.clear()
    _checked.mark = None


def _mark(connection: BaseDatabaseWrapper) -> tuple[object, int, int]:
    """Differs after every commit of others and every write of this connection."""
    connection.ensure_connection()
    raw = connection.connection
    with connection.wrap_database_errors:
        (version,) = raw.execute("PRAGMA data_version").fetchone()
    return raw, version, raw.total_changes


def _current(shard: int) -> Tail:
    tail = _tails.get(shard)
    entries = _entries_after(shard, tail.head) if tail else None
    with _lock:
        if tail is None or entries is None:
            tail = _tails[shard] = Tail(_latest(shard))
        else:
            tail.read(entries)
    return tail


def _branch(shard: int) -> Tail:
    tail = _tails.get(shard)
    entries = _entries_after(shard, tail.head) if tail else None
    if tail is None or entries is None:
        return Tail(_latest(shard))
    branch = Tail(tail.head, before=tail)
    branch.read(entries)
    return branch


def _entries_after(shard: int, head: Stamp) -> list[Entry] | None:
    """The changes from `head` on; None where the log is not the one that was read before, or far ahead."""
    with connection.cursor() as cursor:
        cursor.execute(TAIL, (shard, head.position, FAR))
        entries: list[Entry] = cursor.fetchall()
    known = head == NOTHING or (bool(entries) and entries[0][:2] == head[:2])
    return entries if known and len(entries) < FAR else None


def _latest(shard: int) -> Stamp:
    with connection.cursor() as cursor:
        cursor.execute(LATEST, (shard,))
        found = cursor.fetchone()
    return Stamp(*found) if found else NOTHING


K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Values read last, at most `capacity`, each good for as long as its account's stamp stands; thread-safe.

    What was read of one region is never given for another.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._entries: dict[tuple[str, K], tuple[str, Stamp, V, Collection[Key]]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K, view: View) -> V | None:
        """The value, or None where there is none that still stands."""
        found = self._entries.get((view.region, key))
        if found is None:
            return None
        account_id, stamp, value, depends = found
        now = view.stamp(account_id)
        if stamp == now:
            return value
        if not depends or not view.leaves(depends, account_id, since=stamp):
            return None
        self.keep(key, value, account_id=account_id, stamp=now, depends=depends)
        return value

    def keep(self, key: K, value: V, *, account_id: str, stamp: Stamp, depends: Collection[Key] = frozenset()) -> None:
        """Remember a value; `stamp` was taken before the value was read.

        `depends`: all rows, present or not, whose changes may make it another; any change of the account, if empty.
        """
        place = stamp.region, key
        with self._lock:
            self._entries.pop(place, None)
            self._entries[place] = (account_id, stamp, value, depends)
            while len(self._entries) > self._capacity:
                del self._entries[next(iter(self._entries))]
