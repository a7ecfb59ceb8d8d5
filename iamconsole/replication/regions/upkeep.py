"""Letting go of what nobody needs any more: tombstones that every region is past, documents that no row names."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import orjson
import structlog
from django.conf import settings
from django.db import transaction

from iamconsole.kernel import clock
from iamconsole.replication.models import ChangeEntry, LogHead, ProjectedRow
from iamconsole.replication.regions import feed, status
from iamconsole.replication.regions.store import LONG, Cursor, Outrun, Store, Unreachable, remote, writing

logger = structlog.get_logger(__name__)
KEPT: Final = timedelta(days=1)  # tombstones, for regions that are down
SOME: Final = 500  # fields of a hash that are deleted at a time


def sweep() -> int:
    """Sweep home and every region that answers; gives how many tombstones home let go of."""
    swept = 0
    for shard in range(settings.IAM_LOG_SHARDS):
        past = _past(shard)
        if past > 0:
            swept += _sweep_home(shard, past)
    for region in remote():
        try:
            _sweep_region(writing(region))
        except (Unreachable, Outrun) as lost:
            logger.warning("a region is not swept", region=region, fault=str(lost))
    return swept


def _past(shard: int) -> int:
    """The last change of more than a day ago that every region has; 0 where one cannot be asked."""
    old = ChangeEntry.objects.filter(shard=shard, time__lt=clock.now() - KEPT).order_by("-position")
    past: int = old.values_list("position", flat=True).first() or 0
    for region in remote():
        try:
            place = writing(region)
            generation = place.generation()
            applied = place.cursor(shard, generation=generation).applied if generation else Cursor().applied
        except Unreachable:
            return 0
        if generation:  # a region that has nothing yet is built from what exists
            past = min(past, applied)
    return past


def _sweep_home(shard: int, past: int) -> int:
    with transaction.atomic():
        gone, _ = ProjectedRow.versions.filter(shard=shard, position__lte=past, body__isnull=True).delete()
        LogHead.objects.filter(shard=shard, swept__lt=past).update(swept=past)
    return gone


def _sweep_region(store: Store) -> None:
    fence = store.lease()
    if fence is None:
        return
    try:
        generation = store.generation()
        if generation and not status.of(store.region).error:
            store.renew(fence, LONG)
            _sweep_documents(store, fence, generation)
            _sweep_versions(store, fence, generation)
    finally:
        store.release(fence)


def _sweep_documents(store: Store, fence: str, generation: str) -> None:
    used: set[str] = set()
    for key, text in store.scan(f"{generation}:rows").items():
        kind, _, ident = key.partition("/")
        used |= feed.named(store.packer.unpack(kind, ident, text).body)
    _drop(store, fence, f"{generation}:documents", set(store.ask("HKEYS", f"{generation}:documents")) - used)


def _sweep_versions(store: Store, fence: str, generation: str) -> None:
    """Tombstones there: a batch that could bring the row back was read from a cursor long gone."""
    swept = dict(LogHead.objects.values_list("shard", "swept"))
    least = min(swept.values(), default=0)
    rows = set(store.ask("HKEYS", f"{generation}:rows"))
    kept = store.scan(f"{generation}:versions")
    gone = {key for key, known in kept.items() if key not in rows and orjson.loads(known)[0] <= least}
    _drop(store, fence, f"{generation}:versions", gone)


def _drop(store: Store, fence: str, name: str, fields: set[str]) -> None:
    doomed = sorted(fields)
    for place in range(0, len(doomed), SOME):
        store.write("drop", fence, name, *doomed[place : place + SOME])
