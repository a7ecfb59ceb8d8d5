"""A region as of a moment: what `freshness.view()` is for home, for the others.

The store is looked at no more than every LOOK seconds, in one round trip; in between, and for a short while after it
stopped answering, decisions come from memory. What is not in memory then cannot be decided.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Mapping

from django.conf import settings

from iamconsole.kernel.errors import InvalidParameterValue, ServiceUnavailable
from iamconsole.replication import freshness
from iamconsole.replication.freshness import Stamp, Tail
from iamconsole.replication.log import shard_of
from iamconsole.replication.projection.source import Key
from iamconsole.replication.regions import overlay
from iamconsole.replication.regions.rows import RegionRows
from iamconsole.replication.regions.store import Cursor, Foundation, Store, Unreachable, home, reading

LOOK = 0.025  # seconds
GRACE = 5.0  # seconds without an answer from the store
AGAIN = 0.25  # seconds until a store that does not answer is asked again
FAR = 5_000  # accounts that changed: beginning anew costs less than to go through them


class RegionView(freshness.View):
    """A region's store as it was when last looked at."""

    __slots__ = ("_cursors", "_overlay", "_tail", "region", "source")

    def __init__(
        self,
        region: str,
        source: RegionRows,
        tail: Tail,
        cursors: Mapping[int, Cursor],
        overlay: Mapping[str, int],
    ) -> None:
        super().__init__([tail])
        self.region = region
        self.source = source
        self._tail = tail
        self._cursors = cursors
        self._overlay = overlay

    def stamp(self, account_id: str) -> Stamp:
        found = self._stamps.get(account_id)
        if found is None:
            found = self._stamps[account_id] = self._tail.stamp(account_id)
        return found

    def leaves(self, depends: Collection[Key], account_id: str, *, since: Stamp) -> bool:
        return False  # the store says which accounts changed, not what of them

    def epoch(self) -> int:
        return Foundation.of(self.source.generation).epoch

    def position(self, account_id: str) -> int:
        return max(self._cursors.get(shard_of(account_id), Cursor()).applied, 0)

    def withholds(self, account_id: str, keys: Collection[Key]) -> bool:
        if not self._overlay:
            return False
        applied = self.position(account_id)
        concerned = [(overlay.ACCOUNT, account_id), *keys]
        return any(self._overlay.get(overlay.field(key), -1) > applied for key in concerned)

    def withheld_resources(self, account_id: str) -> frozenset[str]:
        """The ARNs of resources whose policies a revocation is about."""
        start, applied = f"resource_policy/{account_id}/", self.position(account_id)
        return frozenset(
            name[len(start) :] for name, at in self._overlay.items() if name.startswith(start) and at > applied
        )


class _Lookout:
    """Looks at one region's store, for all threads of this process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._view: RegionView | None = None
        self._generation = self._version = self._overlaid = ""
        self._tail: Tail | None = None
        self._overlay: dict[str, int] = {}
        self._looked = self._answered = self._failed = float("-inf")

    def view(self) -> RegionView:
        now = time.monotonic()
        found = self._view
        if found is not None and now - self._looked < LOOK:
            return found
        with self._lock:
            if now - self._looked >= LOOK:
                self._look(now)
            if self._view is None:
                raise ServiceUnavailable(f"Region {self._store.region} has nothing to decide by yet.")
            return self._view

    def _look(self, now: float) -> None:
        if now - self._failed >= AGAIN:
            try:
                self._view = self._read()
            except Unreachable:
                self._failed = now
            else:
                self._looked = self._answered = time.monotonic()
                return
        if now - self._answered > GRACE:
            self._view = None
            raise ServiceUnavailable(f"The store of region {self._store.region} does not answer: nothing is allowed.")

    def _read(self) -> RegionView | None:
        told = self._store.run("look", self._generation, self._version, self._overlaid, FAR)
        if not told:
            return None
        generation, version, overlaid, cursors, changed, denied = told
        self._follow(generation, int(version), changed)
        if denied is not None:
            pairs = denied.items() if isinstance(denied, dict) else zip(denied[::2], denied[1::2], strict=True)
            self._overlay = {name: int(at.partition(":")[2]) for name, at in pairs}
        self._generation, self._version, self._overlaid = generation, version, overlaid
        assert self._tail is not None
        pairs = cursors.items() if isinstance(cursors, dict) else zip(cursors[::2], cursors[1::2], strict=True)
        standing = {int(shard): Cursor.parse(text) for shard, text in pairs}
        rows = RegionRows(self._store, generation)
        return RegionView(self._store.region, rows, self._tail, standing, self._overlay)

    def _follow(self, generation: str, version: int, changed: list[str]) -> None:
        """Move on by the accounts that changed; earlier views may see these stamps too, as rows are read after them."""
        entries = [
            (int(float(at)), generation, account) for account, at in zip(changed[::2], changed[1::2], strict=True)
        ]
        if self._tail is None or generation != self._generation or len(entries) >= FAR:
            self._tail = Tail(Stamp(version, generation, self._store.region))
        elif entries:
            self._tail.read(entries)


_lookouts: dict[Store, _Lookout] = {}
_lock = threading.Lock()


def view(region: str | None = None) -> freshness.View:
    """The region as of now: home's tables, or what another's store held at most LOOK seconds ago.

    InvalidParameterValue for a region there is none of, ServiceUnavailable for one that cannot be decided by.
    """
    wanted = region or settings.IAM_REGION
    if wanted == home():
        return freshness.view()
    if wanted not in settings.IAM_REGIONS:
        raise InvalidParameterValue(f"There is no region {wanted}; there are {', '.join(settings.IAM_REGIONS)}.")
    store = reading(wanted)
    lookout = _lookouts.get(store)
    if lookout is None:
        with _lock:
            lookout = _lookouts.setdefault(store, _Lookout(store))
    return lookout.view()


def forget() -> None:
    """Look anew, whatever was seen a moment ago."""
    with _lock:
        _lookouts.clear()
