"""Writing the change log, in the transaction of the change, last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

import orjson
from django.conf import settings
from django.db.models import F

from iamconsole.kernel.call import Change
from iamconsole.kernel.errors import InvalidInput
from iamconsole.replication.models import ChangeEntry, LogHead
from iamconsole.sealing import SealBroken, Signer

EPOCH = 1  # counts restores from a backup: a token of another history must not be taken for one of this


def shard_of(account_id: str) -> int:
    """The log shard of an account; embedded installations have one."""
    return int(account_id) % settings.IAM_LOG_SHARDS if account_id.isdigit() else 0


def position_of(account_id: str) -> int:
    """How far the account's log has come."""
    return head(shard_of(account_id))


def head(shard: int) -> int:
    """How far a shard of the log has come."""
    return LogHead.objects.filter(shard=shard).values_list("position", flat=True).first() or 0


def append(changes: Sequence[Change], *, account_id: str, request_id: str, time: datetime) -> int:
    """Number the changes without a gap and write them; gives the log's position after them.

    Call it last in the transaction: the counter's row is locked from here to the commit.
    """
    if not changes:
        return position_of(account_id)
    shard = shard_of(account_id)
    if not LogHead.objects.filter(shard=shard).update(position=F("position") + len(changes)):
        LogHead.objects.create(shard=shard, position=len(changes))
    position = LogHead.objects.values_list("position", flat=True).get(shard=shard)
    first = position - len(changes) + 1
    ChangeEntry.objects.bulk_create(
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
    )
    return position


@lru_cache(maxsize=1)
def _signer() -> Signer:
    return Signer.from_ring(settings.IAM_KEY_RING, "consistency-token")


def token(account_id: str, position: int) -> str:
    """A signed consistency token: this account's log as far as `position`."""
    return _signer().sign(orjson.dumps([shard_of(account_id), position, EPOCH]))


def read_token(text: str) -> tuple[int, int]:
    """Shard and position of a token; InvalidInput for one that is not ours or of another history."""
    try:
        shard, position, epoch = orjson.loads(_signer().verify(text))
    except (SealBroken, ValueError):
        raise InvalidInput("The consistency token is not valid.") from None
    if epoch != EPOCH:
        raise InvalidInput("The consistency token belongs to a history before a restore.")
    return shard, position
