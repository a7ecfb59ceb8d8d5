"""Waking the appliers after a commit. A hint that is lost loses nothing: beat asks every second anyway.

Publishing happens in a thread of its own, so that a broker that is down or slow neither delays nor fails a write;
however many writes there are, one hint a region is under way.
"""

from __future__ import annotations

import os
import threading
import time
from functools import lru_cache
from multiprocessing.util import Finalize
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.core.cache import cache

from accounts.master_keys import ring as rings
from iamconsole.replication.regions import store
from iamconsole.sealing import KeyRing, SealBroken, Signer

logger = structlog.get_logger(__name__)
UNDER_WAY = 1.0  # seconds after which a hint that was never taken up may be followed by another
REST = 2.0  # seconds without publishing after the broker refused
LAST = 0.5  # seconds that a process that ends waits for its last hint
TASK = "replication.apply"


class _Publisher:
    """One per process; only its thread talks to the broker."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, as in a child after a fork."""
        self._wanted = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._started = False
        self._starting = threading.Lock()

    def wake(self) -> None:
        self._idle.clear()
        self._wanted.set()
        if not self._started:
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._started:
                return
            self._started = True
        threading.Thread(target=self._run, name="replication-hints", daemon=True).start()
        Finalize(None, lambda: self._idle.wait(LAST), exitpriority=0)

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                for region in store.remote():
                    publish(region)
            except Exception as fault:
                # Whatever a broker, its driver or the network raises: polling is the truth.
                logger.warning("a region could not be woken", fault=type(fault).__name__)
                self._idle.set()
                time.sleep(REST)
            if not self._wanted.is_set():
                self._idle.set()


_publisher = _Publisher()
os.register_at_fork(after_in_child=_publisher.forget)


def on_commit(**_signal: Any) -> None:
    """The receiver of `committed`."""
    if settings.IAM_REPLICATION_HINTS and len(settings.IAM_REGIONS) > 1:
        _publisher.wake()


def publish(region: str) -> bool:
    """Send a hint unless one is under way; whether it was sent."""
    if not cache.add(_key(region), 1, UNDER_WAY):
        return False
    _celery().send_task(TASK, (signed(region),), retry=False, expires=10)
    return True


@lru_cache(maxsize=1)
def _celery() -> Any:
    """Only who publishes needs it, so that a command that only reads does not pay for its import."""
    from celery import Celery

    app = Celery("iamconsole-hints", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    return app


def taken_up(region: str) -> None:
    """What is committed from now on needs another hint."""
    cache.delete(_key(region))


def signed(region: str) -> str:
    """The message: which region, by our word."""
    return _signer().sign(orjson.dumps({"region": region}))


def read(message: str) -> str:
    """The region of a message (SealBroken for one that is not ours)."""
    said = orjson.loads(_signer().verify(message))
    region = said.get("region")
    if region not in store.remote():
        raise SealBroken("the message is for a region that there is none of")
    return str(region)


def _signer() -> Signer:
    return _signer_of(rings.current())


@lru_cache(maxsize=1)
def _signer_of(ring: KeyRing) -> Signer:
    return Signer.from_ring(ring, "replication message")


def _key(region: str) -> str:
    return f"replication:hint:{region}"
