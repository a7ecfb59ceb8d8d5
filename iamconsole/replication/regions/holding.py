"""IAM_REPLICATION_DELAY: batches wait in the region's store until they are due, for people who test their retries.

What is held back is the state as it was read, so a region lags like one far away, revocations included. When is due
follows from IAM_REPLICATION_SEED and the position alone: a run can be repeated.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import orjson
from django.conf import settings

from iamconsole.kernel import clock
from iamconsole.replication.regions import feed, lags
from iamconsole.replication.regions.store import LEASE, Cursor, Store


def is_on() -> bool:
    """Whether regions lag on purpose."""
    return bool(settings.IAM_REPLICATION_DELAY[1] > 0)


def delay(region: str, shard: int, position: int) -> timedelta:
    """How long the change of a position takes to a region."""
    dice = Random(f"{settings.IAM_REPLICATION_SEED}/{region}/{shard}/{position}")  # noqa: S311  (no secret)
    return timedelta(seconds=dice.uniform(*settings.IAM_REPLICATION_DELAY))


def hold(store: Store, fence: str, generation: str, shard: int) -> None:
    """Read what is new and put it behind what is held already."""
    held = store.ask("LRANGE", f"{generation}:held", 0, -1)
    mine = [entry for entry in map(orjson.loads, held) if entry["shard"] == shard]
    cursor = Cursor.parse(mine[-1]["to"]) if mine else store.cursor(shard, generation=generation)
    while (batch := feed.after(shard, cursor)) is not None:
        changed = datetime.fromisoformat(batch.to.time) if batch.to.time else clock.now()
        due = changed + delay(store.region, shard, batch.to.position)
        if mine:
            due = max(due, datetime.fromisoformat(mine[-1]["due"]))
        entry = {"shard": shard, "to": str(batch.to), "due": due.isoformat(), "batch": batch.payload(store.packer)}
        store.write("hold", fence, generation, len(held), LEASE, orjson.dumps(entry).decode())
        held, mine, cursor = [*held, ""], [*mine, entry], batch.to


def release(store: Store, fence: str, generation: str) -> bool:
    """Apply what is due, in order; whether more is waiting."""
    while (first := store.ask("LINDEX", f"{generation}:held", 0)) is not None:
        entry = orjson.loads(first)
        if datetime.fromisoformat(entry["due"]) > clock.now():
            return True
        store.write("apply", fence, generation, entry["batch"], LEASE, "held")
        if time := Cursor.parse(entry["to"]).time:
            lags.arrived(store.region, datetime.fromisoformat(time))
    return False


def let_go(store: Store, generation: str) -> None:
    """Forget what is held: the delay was switched off, and what is newer is read at once."""
    store.ask("DEL", f"{generation}:held")
