"""Files that hold secrets: replaced whole, so that whoever reads sees the old content or the new one, never a part.

POSIX alone. A folder is given as an open descriptor, a file by its name in it: nobody can move either under our hands.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

LARGEST: Final = 1024 * 1024  # bytes
PAUSE: Final = 0.02  # seconds between attempts to get a lock
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# What is no regular file must not hang whoever opens it.
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class NotPlain(OSError):
    """There is something else than a plain file of one name and bearable size."""


@dataclass(frozen=True)
class Found:
    """The content of a file and what `stat` says of it."""

    content: bytes = field(repr=False)
    facts: os.stat_result


@contextmanager
def opened(root: str | PurePath, *below: str) -> Iterator[int]:
    """An open folder; those `below` the root must not be symbolic links (OSError)."""
    folder = os.open(root, _FOLDER)
    try:
        for name in below:
            inner = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def read(folder: int, name: str) -> Found | None:
    """The file of that name; None where there is none, NotPlain for links, devices and what has a second name."""
    try:
        descriptor = os.open(name, _FILE, dir_fd=folder)
    except FileNotFoundError:
        return None
    except OSError as fault:
        if fault.errno == errno.ELOOP:  # how O_NOFOLLOW says it
            raise NotPlain(f"{name} is a symbolic link") from None
        raise
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink > 1 or facts.st_size > LARGEST:
            raise NotPlain(f"{name} is no plain file of at most {LARGEST} bytes with one name")
        with open(descriptor, "rb", closefd=False) as file:
            return Found(file.read(), facts)
    finally:
        os.close(descriptor)


def replace(folder: int, name: str, content: bytes, *, owner: tuple[int, int] | None = None) -> None:
    """Put a file in place that its owner alone may read, and see that it is on the disk.

    `owner` is a user's and a group's id, ours unless given. Hold a lock: drafts of two writers have one name, so that
    none is left behind by a writer that was killed.
    """
    draft = f".{name}.new"
    with suppress(FileNotFoundError):
        os.unlink(draft, dir_fd=folder)
    try:
        with open(os.open(draft, _NEW, 0o600, dir_fd=folder), "wb") as file:
            if owner is not None and owner != (os.geteuid(), os.getegid()):
                os.fchown(file.fileno(), *owner)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft, dir_fd=folder)
        raise
    os.fsync(folder)


@contextmanager
def locked(descriptor: int, *, seconds: float) -> Iterator[None]:
    """Hold the lock of an open file or folder; BlockingIOError where others hold it for longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(PAUSE)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
