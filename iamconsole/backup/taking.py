"""Taking a backup while everything runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import ModuleType

from django.db import connection

from iamconsole.audit import checkpoint_files
from iamconsole.backup import archive, postgres, sqlite
from iamconsole.backup.manifest import Manifest
from iamconsole.backup.refusal import Refused
from iamconsole.replication import freshness

DATABASES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgres}
CHECKPOINTS = "checkpoints/"


def take(place: Path) -> Manifest:
    """Write a backup to a new file, readable by its owner alone; gives its manifest, Refused otherwise."""
    if place.exists():
        raise Refused(f"{place} exists: a backup is never written over, give another name")
    database = DATABASES[connection.vendor]
    with archive.staging(place.parent) as stage:
        # Before the database: every checkpoint in a file is then one that the database's copy has as well.
        files = _checkpoints(stage)
        copied = stage / database.MEMBER
        with freshness.snapshot():
            manifest = Manifest.of_database(schema=database.schema())
            database.copy(copied)
        return archive.write(place, manifest, {database.MEMBER: copied, **files}, stage=stage)


def _checkpoints(stage: Path) -> dict[str, Path]:
    """Copies of the exported checkpoints and public keys; a line that is being written is left out."""
    folder = checkpoint_files.directory()
    target = stage / "checkpoints"
    target.mkdir()
    found = sorted(folder.glob("*")) if folder.is_dir() else []
    copies = {}
    for source in (file for file in found if archive.MEMBER.fullmatch(CHECKPOINTS + file.name)):
        copied = target / source.name
        shutil.copyfile(source, copied)
        whole = copied.read_bytes().rfind(b"\n") + 1
        os.truncate(copied, whole)
        copies[CHECKPOINTS + source.name] = copied
    return copies
