"""One launcher a data directory, and no new tree of processes before the last one is gone."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import IO

LAUNCHER, TREE = "run.lock", "tree.lock"


class AlreadyRunning(Exception):
    """Another launcher, or what one left behind, holds this data directory."""


def hold_launcher_lock(data_dir: Path, *, note: str) -> IO[str]:
    """Lock the data directory for this process; `note` is what a second launcher is told."""
    file = _open(data_dir / LAUNCHER)
    if not _locked(file):
        with file:
            holder = file.read().strip() or "another launcher has just started"
        raise AlreadyRunning(
            f"already running: {holder}."
            " Stop it first (Ctrl-C where it runs), or give another IAM_DATA_DIR and IAM_PORT"
        )
    file.truncate(0)
    file.write(note)
    file.flush()
    return file


def hold_tree_lock(data_dir: Path, *, patience: float = 30.0) -> IO[str]:
    """The lock that every child inherits: free only when the last process of an earlier tree is gone.

    A launcher that was killed leaves children that are still winding down for a moment; two brokers on one
    append-only file would be worse than the wait of at most `patience` seconds.
    """
    file = _open(data_dir / TREE)
    deadline = time.monotonic() + patience
    while not _locked(file):
        if time.monotonic() > deadline:
            file.close()
            raise AlreadyRunning(f"processes of an earlier run still hold {file.name}: see `fuser -v {file.name}`")
        time.sleep(0.05)
    os.set_inheritable(file.fileno(), True)
    return file


def _open(place: Path) -> IO[str]:
    return os.fdopen(os.open(place, os.O_RDWR | os.O_CREAT, 0o600), "r+")


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
