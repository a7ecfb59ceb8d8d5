"""Restoring a backup: everything is checked before anything is touched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import structlog
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from iamconsole.audit import checkpoint_files
from iamconsole.backup import archive
from iamconsole.backup.archive import Archive
from iamconsole.backup.manifest import Manifest
from iamconsole.backup.refusal import Refused
from iamconsole.backup.taking import CHECKPOINTS, DATABASES
from iamconsole.kernel import clock
from iamconsole.replication import freshness, log
from iamconsole.sealing import SealingError
from iamconsole.version import VERSION

logger = structlog.get_logger(__name__)


def restore(place: Path, *, force: bool = False) -> Manifest:
    """Make the installation what it was when the backup was taken; gives the backup's manifest, Refused otherwise.

    The target must be empty, unless `force`: what is there is then set aside under a name that says when.
    """
    database = DATABASES[connection.vendor]
    aside = clock.now().strftime("before_restore_%Y%m%d_%H%M%S")
    with Archive.opened(place) as backup:
        _judge(backup.manifest)
        backup.demand_signature()
        if not (force or database.is_empty()):
            raise Refused(
                "the database is not empty: restore into an empty one, or set what is there aside with --force"
            )
        database.demand_idle()
        with archive.staging(database.parent()) as stage:
            files = backup.unpack(stage)
            with database.put(files.pop(database.MEMBER), aside=aside):
                epoch = log.begin_epoch()
            _put_checkpoints(files, aside=aside)
    freshness.forget()
    call_command("migrate", interactive=False, verbosity=0)
    logger.warning("restored from a backup", made=backup.manifest.made, version=backup.manifest.version, epoch=epoch)
    return backup.manifest


def _judge(manifest: Manifest) -> None:
    """Refused where this backup cannot be restored by this installation."""
    if manifest.database != connection.vendor:
        raise Refused(
            f"the backup is of a {manifest.database} database and DATABASE_URL names a {connection.vendor} one:"
            " restore it into one of its own kind"
        )
    if newer := sorted({tuple(each) for each in manifest.migrations} - _known_migrations()):
        names = ", ".join(".".join(each) for each in newer[:3])
        raise Refused(
            f"the backup is of version {manifest.version}, newer than this one ({VERSION}): it knows {names}."
            " Restore it with its own version or a later one"
        )
    if DATABASES[manifest.database].MEMBER not in manifest.members:
        raise Refused("the backup is incomplete: there is no database in it")
    if (schema := DATABASES[connection.vendor].schema()) != manifest.schema:
        raise Refused(f"the backup is of schema `{manifest.schema}` and the database's is `{schema}`: set search_path")
    _demand_keys(manifest.master_keys)


def _known_migrations() -> set[tuple[str, ...]]:
    loader = MigrationLoader(None)
    replaced = {name for migration in loader.disk_migrations.values() for name in migration.replaces}
    return {*loader.disk_migrations, *replaced}


def _demand_keys(needed: Mapping[str, str]) -> None:
    ring = settings.IAM_KEY_RING
    try:
        ring.confirm(needed)
    except SealingError as fault:
        raise Refused(
            f"the backup needs master keys {', '.join(needed)} and this installation has {', '.join(ring)}: {fault}."
            " Give the original with IAM_MASTER_KEY_FILE or IAM_MASTER_KEY; without it no secret could be opened"
        ) from fault


def _put_checkpoints(files: Mapping[str, Path], *, aside: str) -> None:
    """The exported checkpoints, all or none; those that are there speak of the history that ends here."""
    folder = checkpoint_files.directory()
    if folder.exists():
        os.rename(folder, folder.with_name(f"{folder.name}.{aside}"))
    folder.mkdir(mode=0o700, parents=True)
    for name, file in files.items():
        shutil.move(file, folder / name.removeprefix(CHECKPOINTS))
    archive.sync(folder)
