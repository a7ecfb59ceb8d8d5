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

from accounts.rotation.deliveries.formats import FORMATS, Format, Pair, Unreadable
from accounts.rotation.deliveries.interface import (
    PLACEHOLDER,
    DeliveryFailed,
    NewKey,
    Receipt,
    demand_place_of,
    not_restorable,
    placed,
)
from accounts.rotation.deliveries.settings import Path, Place, Settings, SettingsRefused
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
    """`Path` begins with the account's id; `Profile` is for the format `credentials`. Both may hold `{user_name}`."""

    path: Annotated[Path, AfterValidator(_below_an_account)]
    format: Literal["credentials", "json", "env"] = "credentials"
    profile: Annotated[Place, Field(max_length=128, pattern=r"^[^\s\[\]]+( [^\s\[\]]+)*$")] = "default"


@dataclass(frozen=True)
class File:
    settings: FileSettings
    kind = "file"

    def __post_init__(self) -> None:
        if product.IAM_DELIVERY_DIRECTORY is None:
            raise SettingsRefused({"": NO_DIRECTORY})

    def deliver(self, key: NewKey) -> Receipt:
        with self._opened(key) as file:
            demand_place_of(key, file.found(), target=file.target)
            file.put(Pair(key.access_key_id, key.secret_access_key))
        return Receipt(self.kind, file.target)

    def withdraw(self, key: NewKey, previous: NewKey | None) -> None:
        with self._opened(key) as file:
            if file.found() != key.access_key_id:
                return
            if previous is not None and not previous.secret_access_key:
                raise not_restorable(file.target, previous)
            file.put(Pair(previous.access_key_id, previous.secret_access_key) if previous else None)

    def check(self) -> None:
        folders, _, name = self.settings.path.rpartition("/")
        if PLACEHOLDER in folders:  # of the users' folders nobody knows which there are to be
            path = f"{folders.partition(PLACEHOLDER)[0].rpartition('/')[0]}/{name}"
            with _failures(path), private_files.opened(*_place(path)[0]):
                return
        with self._opened(None) as file:
            file.demand_writable()

    @contextmanager
    def _opened(self, key: NewKey | None) -> Iterator[_OpenFile]:
        path, profile = placed(self.settings.path, key), placed(self.settings.profile, key)
        if key is not None and not path.startswith(f"{key.account_id}/"):
            raise DeliveryFailed(f"{path} is of another account than {key.access_key_id}", retryable=False)
        folders, name = _place(path)
        with (
            _failures(path),
            private_files.opened(*folders) as folder,
            private_files.locked(folder, seconds=PATIENCE),
        ):
            yield _OpenFile(_target(path), folder, name, FORMATS[self.settings.format], profile)


@dataclass(frozen=True)
class _OpenFile:
    """A file in an open, locked folder."""

    target: str
    folder: int
    name: str
    format: Format
    profile: str

    def found(self) -> str:
        """The id of the key in it."""
        return self.format.found(self._content()[0], self.profile)

    def put(self, pair: Pair | None) -> None:
        present, found = self._content()
        wanted = self.format.put(present, self.profile, pair)
        if found is None or wanted != present or stat.S_IMODE(found.facts.st_mode) != 0o600:
            private_files.replace(self.folder, self.name, wanted.encode(), owner=_owner(self.folder, found))

    def demand_writable(self) -> None:
        present, found = self._content()
        self.format.put(present, self.profile, None)
        writable = os.access(".", os.W_OK | os.X_OK, dir_fd=self.folder, effective_ids=True)
        if not writable or os.geteuid() not in (0, _owner(self.folder, found)[0]):
            raise _not_ours(self.target)

    def _content(self) -> tuple[str, Found | None]:
        found = private_files.read(self.folder, self.name)
        try:
            return (found.content.decode() if found else ""), found
        except UnicodeDecodeError:
            raise Unreadable("the file is no UTF-8 text") from None


@contextmanager
def _failures(path: str) -> Iterator[None]:
    """Whatever goes wrong with a file is a DeliveryFailed."""
    target = _target(path)
    try:
        yield
    except BlockingIOError:
        raise DeliveryFailed(f"the folder of {target} is locked by another process", retryable=True) from None
    except PermissionError:
        raise _not_ours(target) from None
    except (Unreadable, NotPlain) as unfit:
        raise DeliveryFailed(f"{target} is left alone: {unfit}", retryable=False) from None
    except OSError as fault:
        told = f"{target} cannot be used, by a path of folders and no symbolic links: {fault.strerror}"
        raise DeliveryFailed(told, retryable=fault.errno in TRANSIENT) from None


def _target(path: str) -> str:
    return f"{product.IAM_DELIVERY_DIRECTORY}/{path}"


def _place(path: str) -> tuple[tuple[str, ...], str]:
    """The folders that lead to a file, and its name."""
    *folders, name = path.split("/")
    return (str(product.IAM_DELIVERY_DIRECTORY), *folders), name


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
