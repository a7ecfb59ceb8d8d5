"""Writing the change log, in the transaction of the change, last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import orjson
from django.conf import settings
from django.db import connection

from accounts.master_keys import ring
from iamconsole.kernel import clock
from iamconsole.kernel.call import Change
from iamconsole.kernel.errors import InvalidInput
from iamconsole.replication.models import ChangeEntry, LogEpoch, LogHead
from iamconsole.sealing import KeyRing, SealBroken, Signer
from iamconsole.storage.prepared import Insert, Prepared

FIRST_EPOCH = 1
# One statement for both: a counter that is there moves on, one that is not begins.
ADVANCE = (
    f'INSERT INTO "{LogHead._meta.db_table}" (shard, position) VALUES (%s, %s) '  # noqa: S608  (a constant)
    f'ON CONFLICT (shard) DO UPDATE SET position = "{LogHead._meta.db_table}".position + excluded.position '
    f'RETURNING position, (SELECT number FROM "{LogEpoch._meta.db_table}")'
)


_insert = Insert(
    ChangeEntry, "shard", "position", "account_id", "entity", "entity_id", "verb", "revokes", "request_id", "time"
)


def shard_of(account_id: str) -> int:
    """The log shard of an account; embedded installations have one."""
    return int(account_id) % settings.IAM_LOG_SHARDS if account_id.isdigit() else 0


def epoch() -> int:
    """Which history this log tells: after a restore the same positions stand for other changes, so it is another."""
    found = _epochs.first()
    return found[0] if found else FIRST_EPOCH


_epochs = Prepared(lambda: LogEpoch.objects.values_list("number"))


def begin_epoch() -> int:
    """Begin another history; gives its number.

    The time goes into it, since one backup can be restored twice: two histories of one number would share tokens.
    """
    number = max(epoch() + 1, int(clock.now().timestamp()))
    LogEpoch.objects.update_or_create(id=1, defaults={"number": number})
    return number


def position_of(account_id: str) -> int:
    """How far the account's log has come."""
    return head(shard_of(account_id))


def head(shard: int) -> int:
    """How far a shard of the log has come."""
    return LogHead.objects.filter(shard=shard).values_list("position", flat=True).first() or 0


def positions() -> dict[int, int]:
    """How far every shard's log has come."""
    return dict(LogHead.objects.values_list("shard", "position"))


def lock(account_id: str) -> None:
    """Hold the account's shard until the transaction ends: nobody commits a change meanwhile."""
    LogHead.objects.select_for_update().filter(shard=shard_of(account_id)).first()


class Place(NamedTuple):
    """How far the log has come, in which history."""

    position: int
    epoch: int


def append(changes: Sequence[Change], *, account_id: str, request_id: str, time: datetime) -> Place:
    """Number the changes without a gap and write them; gives where the log is after them.

    Call it last in the transaction: the counter's row is locked from here to the commit.
    """
    if not changes:
        return Place(position_of(account_id), epoch())
    shard = shard_of(account_id)
    place = _advance(shard, len(changes))
    first = place.position - len(changes) + 1
    _insert(
        [
            ChangeEntry(
                shard=shard,
                position=first + offset,
                account_id=account_id,
                entity=change.entity,
                entity_id=change.id,
                verb=change.verb,
                revokes=change.revokes,
                request_id=request_id,
                time=time,
            )
            for offset, change in enumerate(changes)
        ]
    )
    return place


def _advance(shard: int, count: int) -> Place:
    """Move the counter and tell what comes of it in one statement: all writers of the shard wait for this row."""
    with connection.cursor() as cursor:
        cursor.execute(ADVANCE, (shard, count))
        position, number = cursor.fetchone()
    return Place(position, number or FIRST_EPOCH)


def _signer() -> Signer:
    return _signer_of(ring.current())


@lru_cache(maxsize=1)
def _signer_of(ring: KeyRing) -> Signer:
    return Signer.from_ring(ring, "consistency-token")


def token(account_id: str, position: int, *, of: int | None = None) -> str:
    """A signed consistency token: this account's log as far as `position`, in the history `of` or this one."""
    return _signer().sign(orjson.dumps([shard_of(account_id), position, epoch() if of is None else of]))


def read_token(text: str, *, history: Callable[[], int] = epoch) -> tuple[int, int]:
    """Shard and position of a token; InvalidInput for one that is not ours or of another history than `history` says.

    A region says that of its own store, where there may be no database to ask.
    """
    try:
        shard, position, told = orjson.loads(_signer().verify(text))
    except (SealBroken, ValueError):
        raise InvalidInput("The consistency token is not valid.") from None
    if told != history():
        raise InvalidInput("The consistency token belongs to a history before a restore.")
    return shard, position
