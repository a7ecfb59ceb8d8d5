"""The key file: the key in use, the one that is being tried, the one before; for its owner alone, replaced whole.

    {"AccessKeyId": "AKIA…", "SecretAccessKey": "…", "Waiting": {…}, "Former": {…}}

What `aws iam create-access-key --query AccessKey` prints will do to begin with.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from .. import private_files
from ..connection import AccessKey

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
PATIENCE: Final = 5.0  # seconds that another run is waited for
_LOCK: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class UnusableFile(Exception):
    """The key file cannot be used; the message says why, and what to do."""


@dataclass(frozen=True)
class Keys:
    """The key in use; `waiting` was collected and not yet proved, `former` is what a rotation that is rolled back
    leaves."""

    current: AccessKey
    waiting: AccessKey | None = None
    former: AccessKey | None = None

    def promoted(self) -> Keys:
        """With the waiting key in use."""
        assert self.waiting is not None
        return Keys(self.waiting, former=self.current)

    def reverted(self) -> Keys:
        """With the former key in use again."""
        assert self.former is not None
        return replace(self, current=self.former, former=self.current)

    def document(self) -> dict[str, Any]:
        others = {"Waiting": self.waiting, "Former": self.former}
        return _members(self.current) | {name: _members(key) for name, key in others.items() if key is not None}


class Store:
    """The keys in a file, which is looked at anew each time: other runs replace it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keys(self) -> Keys:
        """The keys; UnusableFile where there are none that others cannot read."""
        try:
            with private_files.opened(self._path.parent) as folder:
                return _keys(self._found(folder).content, self._path)
        except OSError as fault:
            raise UnusableFile(f"{self._path} cannot be read: {fault.strerror or fault}") from None

    def keep(self, keys: Keys) -> Keys:
        """Put keys in the file, safe from loss of power; OSError where that cannot be. Hold `turn`."""
        content = json.dumps(keys.document(), indent=2).encode() + b"\n"
        with private_files.opened(self._path.parent) as folder:
            facts = self._found(folder).facts
            private_files.replace(folder, self._path.name, content, owner=(facts.st_uid, facts.st_gid))
        return keys

    @contextmanager
    def turn(self, *, interval: float) -> Iterator[bool]:
        """Be the only run; says whether `interval` seconds went by since a run last began. OSError without a lock."""
        with private_files.opened(self._path.parent) as folder:
            lock = os.open(f".{self._path.name}.lock", _LOCK, 0o600, dir_fd=folder)
            try:
                with private_files.locked(lock, seconds=PATIENCE):
                    facts = os.fstat(lock)
                    recent = facts.st_size and 0 <= time.time() - facts.st_mtime < interval
                    if not recent:
                        os.pwrite(lock, b"\n", 0)  # its time of change is when we last began
                    yield not recent
            finally:
                os.close(lock)

    def _found(self, folder: int) -> private_files.Found:
        found = private_files.read(folder, self._path.name)
        if found is None:
            raise UnusableFile(f"there is no file {self._path}: put the user's access key in it, mode 0600")
        if found.facts.st_mode & OTHERS:
            raise UnusableFile(f"{self._path} can be read by others: chmod 600 {self._path}")
        return found


def _keys(content: bytes, path: Path) -> Keys:
    try:
        given = json.loads(content)
        others = {name.lower(): _key(given[name]) for name in ("Waiting", "Former") if name in given}
        return Keys(_key(given), **others)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise UnusableFile(f"{path} must hold a JSON object with AccessKeyId and SecretAccessKey") from None


def _key(given: Mapping[str, Any]) -> AccessKey:
    ident, secret = given["AccessKeyId"], given["SecretAccessKey"]
    if not (isinstance(ident, str) and isinstance(secret, str) and ident and secret):
        raise ValueError("an id and a secret are texts")
    return AccessKey(ident, secret)


def _members(key: AccessKey) -> dict[str, str]:
    return {"AccessKeyId": key.id, "SecretAccessKey": key.secret}
