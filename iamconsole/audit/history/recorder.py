"""Where decisions wait to be written, and the thread that takes them away.

Noting a decision appends it to a queue and nothing else: no lock, no I/O, no serialisation. Whatever finds the queue
full is counted. Nothing that goes wrong here reaches a request.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections import Counter, deque
from multiprocessing.util import Finalize
from typing import Final

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from accounts.access_keys import sightings
from accounts.access_keys.sightings import Sighting
from iamconsole.audit.history import explaining, keeping, writing
from iamconsole.audit.history.explaining import Asked
from iamconsole.audit.history.folding import Loss, Taken, Window, owner
from iamconsole.audit.history.writing import KeyUse
from policies.engine import Decision

logger = structlog.get_logger(__name__)

INTERVAL: Final = 0.5  # seconds between two flushes, and what a crash may cost
SLICE: Final = 250  # decisions that are folded before whoever answers requests gets a turn
MOST_ASKED: Final = 200  # denials that wait to be explained
USE_NOTED_EVERY: Final = 15 * 60  # seconds; AWS's own granularity of an access key's last use
SEEN_NOTED_EVERY: Final = sightings.GRANULARITY.total_seconds()
MOST_SEEN: Final = 8_192  # clients of watched keys that a process remembers
MOST_KEYS: Final = 8_192  # keys whose last note a process remembers


class Recorder:
    """One per process; every method but `flush` may be called by any thread at any time."""

    def __init__(self, *, most: int) -> None:
        self.most = most
        self.forget()

    def forget(self) -> None:
        """Begin anew, as in a child after a fork: what waits is the parent's to write, and so is its thread."""
        self._waiting: deque[Taken] = deque()
        self._asked: deque[Asked] = deque()
        self._uses: dict[str, KeyUse] = {}
        self._noted: dict[str, float] = {}
        self._seen: dict[Sighting, float] = {}
        self._seen_noted: dict[Sighting, float] = {}
        self._lost: Counter[tuple[str, Loss]] = Counter()
        self._losing = threading.Lock()
        self._flushing = threading.Lock()
        self._starting = threading.Lock()
        self._started = False
        self._ending = threading.Event()
        self._window = Window()

    # --- on the hot path --------------------------------------------------------------------------------------------

    def decided(self, decision: Decision, door: str) -> None:
        """Note a decision; dropped and counted where too many wait."""
        if len(self._waiting) < self.most:
            self._waiting.append((decision, door, time.time()))
        else:
            self._lose(owner(decision), Loss.DECISION)
        if not self._started:
            self._start()

    def denied(self, decision: Decision, authorization_id: str) -> None:
        """Keep what explains a denial, to be asked for by this id."""
        if len(self._asked) < MOST_ASKED:
            self._asked.append((authorization_id, decision, time.time()))
        else:
            self._lose(owner(decision), Loss.EXPLANATION)

    def key_used(self, access_key_id: str, account_id: str, service: str, region: str) -> None:
        """Note that a key was used, unless this process did so a moment ago."""
        moment = time.time()
        if moment - self._noted.get(access_key_id, 0.0) < USE_NOTED_EVERY:
            return
        if len(self._noted) >= MOST_KEYS:
            self._noted.clear()
        self._noted[access_key_id] = moment
        self._uses[access_key_id] = (account_id, service, region, moment)
        if not self._started:
            self._start()

    def key_seen(self, sighting: Sighting) -> None:
        """Note who used a watched key, unless this process did so a moment ago."""
        moment = time.time()
        if moment - self._seen_noted.get(sighting, 0.0) < SEEN_NOTED_EVERY:
            return
        if len(self._seen_noted) >= MOST_SEEN:
            self._seen_noted.clear()
        self._seen_noted[sighting] = moment
        self._seen[sighting] = moment
        if not self._started:
            self._start()

    def _lose(self, account_id: str, what: Loss) -> None:
        with self._losing:
            self._lost[account_id, what] += 1

    # --- off it -----------------------------------------------------------------------------------------------------

    def flush(self, *, pause: float = 0.0) -> bool:
        """Write what waits; False where the database did not take it and it waits on. Raises nothing of a database.

        `pause`: seconds that others get between two slices of work.
        """
        with self._flushing:
            self._fold(pause)
            return self._written()

    def _fold(self, pause: float) -> None:
        for place in range(len(self._waiting)):
            self._window.add(self._waiting.popleft())
            if pause and place % SLICE == SLICE - 1:
                time.sleep(pause)
        with self._losing:
            lost, self._lost = self._lost, Counter()
        self._window.lost.update(lost)

    def _written(self) -> bool:
        try:
            if self._window:
                written = writing.write(self._window)
                self._window = Window(self._window.contexts)
                keeping.make_room(written)
            writing.note_uses(self._uses)
            self._write_seen()
            for account_id, unexplained in explaining.explain(self._asked).items():
                self._window.lost[account_id, Loss.EXPLANATION] += unexplained
        except (OperationalError, InterfaceError) as lost:
            logger.warning("the access history waits for the database", fault=str(lost))
            if not connection.in_atomic_block:
                connection.close()
            return False
        except Exception:
            # The same rows would fail again, and those that come after them wait.
            logger.exception("the access history cannot be written and is dropped")
            self._window.give_up()
            self._uses.clear()
            self._seen.clear()
            return False
        return True

    def _write_seen(self) -> None:
        """What is noted meanwhile goes into a new dictionary; what cannot be written now is noted again."""
        seen, self._seen = self._seen, {}
        written = False
        try:
            if seen:
                sightings.write(seen)
            written = True
        finally:
            if not written:
                self._seen = seen | self._seen

    def _start(self) -> None:
        with self._starting:
            if self._started:
                return
            self._started = True
        if settings.IAM_HISTORY_THREAD:
            threading.Thread(target=self._run, name="access-history", daemon=True).start()
            # Runs at the end of a process of multiprocessing's too, which atexit does not.
            Finalize(None, self._finish, exitpriority=0)

    def _run(self) -> None:
        # Decisions that wait make the collector look through old objects too, again and again: 100 ms in a request.
        # What was loaded with the product stays anyway, so it is taken out of its sight.
        gc.freeze()
        while not self._ending.wait(INTERVAL):
            try:
                self.flush(pause=0.001)
            except Exception:
                logger.exception("the access history met an error of its own")

    def _finish(self) -> None:
        """Write what is left, once; whatever the database still refuses is lost with the process."""
        self._ending.set()
        if not (self.flush() and self.flush()):  # the second puts on record what the first could not explain
            logger.error("a process ended before its access history was written")


recorder = Recorder(most=settings.IAM_HISTORY_BUFFER)
os.register_at_fork(after_in_child=recorder.forget)
