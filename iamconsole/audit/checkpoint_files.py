"""Checkpoints outside of the database: one append-only file of JSON lines per account, and the public key beside.

    IAM_DATA_DIR/audit/checkpoints/<account>.jsonl            0600
    IAM_DATA_DIR/audit/checkpoints/public-key-<id>.pem

Whoever rewrites the database would have to rewrite these as well. Copy them to a machine of its own.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import structlog
from django.conf import settings

from iamconsole.audit import signatures
from iamconsole.audit.checkpoints import Checkpoint
from iamconsole.audit.models import AuditSegment

logger = structlog.get_logger(__name__)

TAIL = 8192  # bytes at a file's end that surely hold its last line


@dataclass(slots=True)
class Exported:
    """What the file of an account says: its checkpoints in order, and the lines (from 1) that are none."""

    checkpoints: list[Checkpoint] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)


def directory() -> Path:
    return Path(settings.IAM_DATA_DIR) / "audit" / "checkpoints"


def path_of(account_id: str) -> Path:
    """The account's file; the id is checked, because a tampered row must not choose the path."""
    if not re.fullmatch(r"[0-9A-Za-z]{1,12}", account_id):
        raise ValueError(f"{account_id!a} is not an account id")
    return directory() / f"{account_id}.jsonl"


def accounts() -> list[str]:
    """The accounts that have a file."""
    return sorted(place.stem for place in directory().glob("*.jsonl"))


def read(account_id: str) -> Exported:
    """Everything the account's file says; an absent file says nothing."""
    exported = Exported()
    try:
        text = path_of(account_id).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return exported
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        try:
            exported.checkpoints.append(Checkpoint.from_line(line))
        except ValueError:
            exported.unreadable.append(number)
    return exported


def export_missing(account_id: str) -> int:
    """Append the checkpoints that the file lacks at its end; gives how many.

    Repeating it is harmless, so it also mends what a crash between signing and exporting left undone. A line that is
    there is never touched, whatever the database says by now.
    """
    with _held(account_id) as file:
        last = _last_number(file)
        missing = list(AuditSegment.objects.filter(account_id=account_id, number__gt=last).order_by("number"))
        if not missing:
            return 0
        if last == 0 and missing[0].number == 1 and len(missing) > 1:
            logger.warning("audit checkpoint file was absent and is written anew", account=account_id)
        file.write("".join(f"{Checkpoint.of(segment).line}\n" for segment in missing).encode())
        file.flush()
        os.fsync(file.fileno())
    _publish_key()
    _sync_directory()
    return len(missing)


@contextmanager
def _held(account_id: str) -> Iterator[BinaryIO]:
    """The account's file, opened for appending and held against other processes."""
    place = path_of(account_id)
    for folder in (place.parent.parent, place.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _last_number(file: BinaryIO) -> int:
    """The number of the last checkpoint in the file, 0 if none; a line that a crash tore is cut off."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL))
    tail = file.read()
    whole = tail[: tail.rfind(b"\n") + 1]
    if len(whole) < len(tail):
        file.truncate(size - len(tail) + len(whole))
    for line in reversed(whole.splitlines()):
        try:
            return Checkpoint.from_line(line.decode("ascii", "replace")).number
        except ValueError:
            continue
    return 0


def _publish_key() -> None:
    name, pem = signatures.public_pem()
    place = directory() / name
    if not place.exists():
        place.write_bytes(pem)


def _sync_directory() -> None:
    descriptor = os.open(directory(), os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
