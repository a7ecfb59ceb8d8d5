"""A file on this host, or on a volume that the workload's host mounts: replaced whole, for its owner alone.

Files are below IAM_DELIVERY_DIRECTORY in a folder of the key's account, so that no account writes another's.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from django.conf import settings as product
from pydantic import AfterValidator, Field

from accounts.rotation.deliveries.formats import FORMATS, Pair, Unreadable
from accounts.rotation.deliveries.interface import DeliveryFailed, NewKey, Receipt, not_restorable
from accounts.rotation.deliveries.settings import Path, Settings, SettingsRefused
from iamconsole.client import private_files
from iamconsole.client.private_files import Found, NotPlain

TRANSIENT: Final = frozenset({errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ESTALE})
PATIENCE: Final = 5.0
"""Seconds that other writers of the same folder are waited for."""
NO_DIRECTORY: Final = (
    "keys are delivered to files only where IAM_DELIVERY_DIRECTORY names the folder that they are kept in: "
    "ask the operator of this host"
)


def _below_an_account(path: str) -> str:
    account, _, rest = path.partition("/")
    if not (len(account) == 12 and account.isascii() and account.isdecimal() and rest):
        raise ValueError("write ACCOUNT/PATH, such as 111122223333/web/credentials")
    return path


class FileSettings(Settings):
    """`Path` begins with the account's id; `Profile` is for the format `credentials`."""

    path: Annotated[Path, AfterValidator(_below_an_account)]
    format: Literal["credentials", "json", "env"] = "credentials"
    profile: Annotated[str, Field(max_length=128, pattern=r"^[^\s\[\]]+( [^\s\[\]]+)*$")] = "default"


@dataclass(frozen=True)
class File:
    settings: FileSettings
    kind = "file"

    def __post_init__(self) -> None:
        if product.IAM_DELIVERY_DIRECTORY is None:
            raise SettingsRefused({"": NO_DIRECTORY})

    @property
    def target(self) -> str:
        return f"{product.IAM_DELIVERY_DIRECTORY}/{self.settings.path}"

    def deliver(self, key: NewKey) -> Receipt:
        with self._folder(key) as folder:
            self._put(folder, Pair(key.access_key_id, key.secret_access_key))
        return Receipt(self.kind, self.target)

    def withdraw(self, key: NewKey, previous: NewKey | None) -> None:
        with self._folder(key) as folder:
            present, _ = self._content(folder)
            if FORMATS[self.settings.format].found(present, self.settings.profile) != key.access_key_id:
                return
            if previous is not None and not previous.secret_access_key:
                raise not_restorable(self.target, previous)
            self._put(folder, Pair(previous.access_key_id, previous.secret_access_key) if previous else None)

    def check(self) -> None:
        with self._folder(None) as folder:
            present, found = self._content(folder)
            FORMATS[self.settings.format].put(present, self.settings.profile, None)
            owner = _owner(folder, found)
            writable = os.access(".", os.W_OK | os.X_OK, dir_fd=folder, effective_ids=True)
        if not writable or os.geteuid() not in (0, owner[0]):
            raise _not_ours(self.target)

    @contextmanager
    def _folder(self, key: NewKey | None) -> Iterator[int]:
        """The open, locked folder of the file; whatever goes wrong in it is a DeliveryFailed."""
        if key is not None and not self.settings.path.startswith(f"{key.account_id}/"):
            raise DeliveryFailed(
                f"{self.settings.path} is of another account than {key.access_key_id}", retryable=False
            )
        try:
            with (
                private_files.opened(product.IAM_DELIVERY_DIRECTORY, *self.settings.path.split("/")[:-1]) as folder,
                private_files.locked(folder, seconds=PATIENCE),
            ):
                yield folder
        except BlockingIOError:
            raise DeliveryFailed(f"the folder of {self.target} is locked by another process", retryable=True) from None
        except PermissionError:
            raise _not_ours(self.target) from None
        except (Unreadable, NotPlain) as unfit:
            raise DeliveryFailed(f"{self.target} is left alone: {unfit}", retryable=False) from None
        except OSError as fault:
            told = f"{self.target} cannot be used, by a path of folders and no symbolic links: {fault.strerror}"
            raise DeliveryFailed(told, retryable=fault.errno in TRANSIENT) from None

    def _content(self, folder: int) -> tuple[str, Found | None]:
        found = private_files.read(folder, self._name)
        try:
            return (found.content.decode() if found else ""), found
        except UnicodeDecodeError:
            raise Unreadable("the file is no UTF-8 text") from None

    def _put(self, folder: int, pair: Pair | None) -> None:
        present, found = self._content(folder)
        wanted = FORMATS[self.settings.format].put(present, self.settings.profile, pair)
        if found is None or wanted != present or stat.S_IMODE(found.facts.st_mode) != 0o600:
            private_files.replace(folder, self._name, wanted.encode(), owner=_owner(folder, found))

    @property
    def _name(self) -> str:
        return self.settings.path.rpartition("/")[2]


def _owner(folder: int, found: Found | None) -> tuple[int, int]:
    """Whose the file is: who had it, else whose the folder is where we may give it away, else ours."""
    if found is None and os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    facts = found.facts if found else os.fstat(folder)
    return facts.st_uid, facts.st_gid


def _not_ours(target: str) -> DeliveryFailed:
    return DeliveryFailed(
        f"{target} cannot be written: it, and its folder, must belong to the user that the product runs as",
        retryable=False,
    )
