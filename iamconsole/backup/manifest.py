"""What a backup says of itself: enough to judge, before anything is touched, whether it can be restored here."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Self

import orjson
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from accounts.master_keys import ring as rings
from iamconsole.backup.refusal import Refused
from iamconsole.kernel import clock
from iamconsole.replication import log
from iamconsole.version import VERSION

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """`positions` and `epoch` tell how far which history of the change log had come, `master_keys` the check value
    (not the key) of every master key by id, `members` the SHA-256 of every file by its name in the archive.
    """

    format: int
    version: str
    made: str
    database: str
    schema: str
    migrations: list[list[str]]
    positions: dict[str, int]
    epoch: int
    master_keys: dict[str, str]
    members: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_database(cls, *, schema: str) -> Self:
        """The facts of this database, all of one moment if the caller holds a snapshot."""
        applied = MigrationRecorder(connection).applied_migrations()
        return cls(
            format=FORMAT,
            version=VERSION,
            made=clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            database=connection.vendor,
            schema=schema,
            migrations=sorted([app, name] for app, name in applied),
            positions={str(shard): position for shard, position in log.positions().items()},
            epoch=log.epoch(),
            master_keys=_master_keys(),
        )

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """The manifest that was written; Refused for anything else."""
        try:
            read: dict[str, Any] = orjson.loads(text)
            if read.get("format") != FORMAT:
                raise Refused(
                    f"the backup has format {read.get('format')!a}, this version ({VERSION}) reads format {FORMAT}:"
                    f" restore it with version {read.get('version')!a}"
                )
            return cls(**read)
        except (ValueError, TypeError, AttributeError) as fault:
            raise Refused("the file is not a backup of IAM Console: its manifest cannot be read") from fault

    @property
    def json(self) -> bytes:
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


def _master_keys() -> dict[str, str]:
    """Check values of the keys that sealed something, and of the one that signs the backup."""
    ring = rings.current()
    return {**rings.recorded(), ring.current_id: ring.check_value(ring.current_id)}
