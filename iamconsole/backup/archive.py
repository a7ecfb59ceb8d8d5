"""The file of a backup: a tar of the manifest, its signature, and the members that the manifest names.

manifest.json          what the backup says of itself
manifest.signature     over the SHA-256 of manifest.json, under the master key: nobody else can make a backup
database.…             the database
checkpoints/…          exported checkpoints of the audit trail
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

from django.conf import settings

from iamconsole.backup.manifest import Manifest
from iamconsole.backup.refusal import Refused
from iamconsole.sealing import SealBroken, Signer

MANIFEST, SIGNATURE = "manifest.json", "manifest.signature"
PURPOSE = "backup"
# A name decides where a file is put: nothing but these two kinds is ever unpacked.
MEMBER = re.compile(
    r"database\.(?:sqlite3|pgdump)|checkpoints/(?:[0-9A-Za-z]{1,12}\.jsonl|public-key-[\w-]{1,64}\.pem)"
)
LONGEST_MANIFEST = 16 * 1024 * 1024
BLOCK = 1024 * 1024


@contextmanager
def staging(parent: Path) -> Iterator[Path]:
    """A folder for this user alone, on the file system of `parent`, gone afterwards."""
    try:
        place = Path(tempfile.mkdtemp(prefix=".iamconsole-", dir=parent))
    except OSError as fault:
        raise Refused(f"{parent} cannot be written to: {fault.strerror}") from fault
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def write(place: Path, manifest: Manifest, files: Mapping[str, Path], *, stage: Path) -> Manifest:
    """Write the archive in one stroke: `place` is whole or not there, mode 0600, and never overwritten (Refused)."""
    manifest = replace(manifest, members={name: digest_of(file) for name, file in files.items()})
    draft = stage / "archive.tar"
    with open(draft, "xb", opener=_private) as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            _add(tar, MANIFEST, manifest.json, stage)
            _add(tar, SIGNATURE, _signature(manifest.json), stage)
            for name, member in files.items():
                tar.add(member, name, recursive=False, filter=_anonymous)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, place)
    except FileExistsError:
        raise Refused(f"{place} exists: a backup is never written over, give another name") from None
    except OSError as fault:
        raise Refused(f"{place} cannot be written: {fault.strerror}") from fault
    sync(place.parent)
    return manifest


class Archive:
    """A backup that is opened for reading; what it says is true once `demand_signature` and `unpack` were passed."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._text = self._read(MANIFEST)
        self.manifest = Manifest.from_json(self._text)

    @classmethod
    @contextmanager
    def opened(cls, place: Path) -> Iterator[Archive]:
        try:
            tar = tarfile.open(place, mode="r:")  # noqa: SIM115  (closed below)
        except (OSError, tarfile.TarError) as fault:
            raise Refused(f"{place} cannot be read as a backup: {fault}") from fault
        with closing(tar):
            yield cls(tar)

    def demand_signature(self) -> None:
        """Refused unless an installation with one of our master keys made this manifest."""
        try:
            signed = Signer.from_ring(settings.IAM_KEY_RING, PURPOSE).verify(self._read(SIGNATURE).decode("ascii"))
        except (SealBroken, UnicodeDecodeError):
            signed = b""
        if signed != hashlib.sha256(self._text).digest():
            raise Refused("the manifest is not signed with this installation's master key: the backup was altered")

    def unpack(self, stage: Path) -> dict[str, Path]:
        """Every member as a file in `stage`, its SHA-256 compared (Refused); gives the files by name."""
        return {name: self._unpack(name, digest, stage) for name, digest in self.manifest.members.items()}

    def _unpack(self, name: str, digest: str, stage: Path) -> Path:
        if not MEMBER.fullmatch(name):
            raise Refused(f"the backup has a member {name!a}, which no backup has")
        place = stage / name.replace("/", "-")
        with self._member(name) as source, open(place, "xb", opener=_private) as target:
            shutil.copyfileobj(source, target, BLOCK)
            target.flush()
            os.fsync(target.fileno())
        if digest_of(place) != digest:
            raise Refused(f"{name} is not as it was backed up (its SHA-256 differs): take another copy of the backup")
        return place

    def _read(self, name: str) -> bytes:
        with self._member(name) as file:
            return file.read(LONGEST_MANIFEST)

    def _member(self, name: str) -> IO[bytes]:
        try:
            found = self._tar.extractfile(name)
        except (KeyError, OSError, tarfile.TarError) as fault:
            raise Refused(f"the backup is incomplete: {name} cannot be read") from fault
        if found is None:
            raise Refused(f"the backup is incomplete: {name} is no file")
        return found


def digest_of(place: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(folder: Path) -> None:
    """Make what was renamed or linked in a folder survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _signature(text: bytes) -> bytes:
    return Signer.from_ring(settings.IAM_KEY_RING, PURPOSE).sign(hashlib.sha256(text).digest()).encode()


def _add(tar: tarfile.TarFile, name: str, content: bytes, stage: Path) -> None:
    place = stage / name
    place.write_bytes(content)
    tar.add(place, name, recursive=False, filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
