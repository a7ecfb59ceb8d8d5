"""Changing the file of master keys: whoever reads it, be it after a crash, finds all as before or all as after.

id:64 hexadecimal characters        a line for each key, the current one first
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from iamconsole.sealing.ring import own_id
from iamconsole.settings.keys import KEY_BYTES, MasterKeys, read

OTHERS = 0o007
Change = Callable[[dict[str, bytes]], Mapping[str, bytes]]


def stage(place: Path) -> str:
    """Put a new key behind the others, so that every process opens what it will seal; gives its id."""
    key = secrets.token_bytes(KEY_BYTES)
    _rewrite(place, lambda keys: keys | {own_id(key): key})
    return own_id(key)


def promote(place: Path, key_id: str) -> None:
    """Make a key of the file the current one; KeyError where it is not there."""
    _rewrite(place, lambda keys: {key_id: keys[key_id]} | keys)


def remove(place: Path, key_id: str) -> None:
    """Take a key away that is not the current one; without it, nothing."""

    def without(keys: dict[str, bytes]) -> dict[str, bytes]:
        if next(iter(keys)) == key_id:
            raise ValueError(f"master key `{key_id}` is the current one")
        return {each: key for each, key in keys.items() if each != key_id}

    _rewrite(place, without)


def _rewrite(place: Path, change: Change) -> None:
    place = place.resolve()
    with _sole(place.parent):
        keys = read(place, source=str(place))
        changed = change(dict(keys))
        if list(changed) != list(keys):
            _replace(place, changed)


@contextmanager
def _sole(folder: Path) -> Iterator[None]:
    """One change at a time; the lock goes with the process, and no file stays behind."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(place: Path, keys: MasterKeys) -> None:
    """A new file in the place of the old, as private as that was, for the same owner."""
    before = place.stat()
    prefix = f".{place.name}.changed-"
    for left in place.parent.glob(f"{prefix}*"):
        left.unlink()  # of a change that was cut short: keys do not lie about
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=prefix)
    try:
        with os.fdopen(handle, "w") as file:
            file.write("".join(f"{key_id}:{key.hex()}\n" for key_id, key in keys.items()))
            file.flush()
            os.fchmod(handle, stat.S_IMODE(before.st_mode) & ~OTHERS)
            if (os.geteuid(), os.getegid()) != (before.st_uid, before.st_gid):
                os.fchown(handle, before.st_uid, before.st_gid)
            os.fsync(handle)
        os.replace(draft, place)
    finally:
        Path(draft).unlink(missing_ok=True)
    _sync(place.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
