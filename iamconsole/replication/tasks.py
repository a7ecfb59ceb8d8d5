"""What wakes the appliers: hints after commits, and beat, without any. Each task may run twice or not at all."""

from __future__ import annotations

import structlog
from celery import shared_task

from iamconsole.kernel.errors import InvalidInput
from iamconsole.replication.regions import applier, hints, lags, progress, reconciling, status, store, upkeep
from iamconsole.replication.regions.store import Outrun, Unreachable
from iamconsole.sealing import SealBroken

logger = structlog.get_logger(__name__)
QUEUE = "replication"


@shared_task(name=hints.TASK)  # type: ignore[untyped-decorator]
def apply(hint: str) -> None:
    """Bring the region of a signed hint up to date; a hint that is not ours is refused and counted."""
    try:
        region = hints.read(hint)
    except SealBroken as forged:
        status.refused()
        logger.error("a message was refused", why=str(forged))
        return
    hints.taken_up(region)
    bring_up_to_date(region)


@shared_task(name="replication.poll")  # type: ignore[untyped-decorator]
def poll() -> None:
    """Wake every region's applier: changes whose hint was lost, regions that failed, batches that are due."""
    status.polled()
    for region in store.remote():
        hints.publish(region)


@shared_task(name="replication.sweep")  # type: ignore[untyped-decorator]
def sweep() -> int:
    """Let go of tombstones that every region is past, and of documents that no row of a region names."""
    return upkeep.sweep()


@shared_task(name="replication.reconcile")  # type: ignore[untyped-decorator]
def reconcile() -> int:
    """Compare home with the account tables and every region with home, and mend; gives how much differed."""
    return reconciling.reconcile()


def bring_up_to_date(region: str) -> bool:
    """Apply what there is, and note how that went; whether the region is up to date."""
    if not status.is_due(region):
        return False
    try:
        done = applier.apply(region)
    except Outrun as overtaken:
        logger.info("somebody else applies", region=region, why=str(overtaken))
        return False
    except Unreachable as lost:
        _note(region, lost)
        return False
    except InvalidInput:
        return False  # a region that IAM_REGIONS no longer has
    except Exception as fault:
        logger.exception("changes cannot be applied", region=region)
        _note(region, fault)
        return False
    if done:
        status.succeeded(region)
        lags.note(region, 0)
    return done


def _note(region: str, fault: Exception) -> None:
    found = status.failed(region, fault)
    lags.note(region, progress.lag_of(region))
    if found.failures == 1 or found.dead_letter:
        logger.warning("a region is not brought up to date", region=region, fault=found.error, since=found.since)
