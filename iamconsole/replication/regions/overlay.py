"""Revocations that a region is told of before it can apply them: until then it denies whoever depends on them."""

from __future__ import annotations

from collections.abc import Iterator

from iamconsole.kernel.call import Change
from iamconsole.replication.models import ChangeEntry
from iamconsole.replication.projection.projector import row_id, touched
from iamconsole.replication.projection.source import Key

MOST = 5_000  # revocations that are told one by one; beyond that their accounts are denied as a whole
ACCOUNT = "account"


def waiting(shard: int, applied: int) -> dict[str, str]:
    """The rows that revocations after a position are about, and `shard:position` of the last one of each."""
    revoking = ChangeEntry.objects.filter(shard=shard, position__gt=max(applied, 0), revokes=True).order_by("position")
    entries = list(revoking[: MOST + 1])
    if len(entries) > MOST:
        last = revoking.order_by("-position").values_list("position", flat=True)[0]
        accounts = revoking.order_by().values_list("account_id", flat=True).distinct()
        return {field((ACCOUNT, account_id)): f"{shard}:{last}" for account_id in accounts}
    return {field(key): f"{shard}:{entry.position}" for entry in entries for key in _about(entry)}


def field(key: Key) -> str:
    """A row's name in the overlay."""
    return f"{key[0]}/{key[1]}"


def _about(entry: ChangeEntry) -> Iterator[Key]:
    if (entry.entity, entry.verb) == (ACCOUNT, "reset"):
        yield ACCOUNT, entry.account_id
    for kind, ident in touched(Change(entry.entity, entry.entity_id, entry.verb)):
        yield kind, row_id(kind, ident, entry.account_id)
