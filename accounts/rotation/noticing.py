"""What owners of keys are told of: a key that is about to be replaced, and a rotation that waits for somebody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice
from typing import Final

from accounts.notifications import due as notices
from accounts.notifications.shapes import Notice
from accounts.rotation import due
from accounts.rotation.deliveries import PULL
from accounts.rotation.models import KeyRotation
from accounts.rotation.states import State

PAGE: Final = 500
COLLECT: Final = "Whoever holds it must collect the new one, with it (CollectAccessKey)."


def pages(now: datetime) -> Iterator[tuple[str, list[Notice]]]:
    """The notices that are due and were not written yet, by account, at most `PAGE` at a time."""
    found = chain(map(_expiring, due.due_notices(now)), map(_stuck, due.stuck(now)))
    while batch := list(islice(found, PAGE)):
        by_account: defaultdict[str, list[Notice]] = defaultdict(list)
        for account_id, notice in batch:
            by_account[account_id].append(notice)
        for account_id, mine in by_account.items():
            if new := notices.not_told(account_id, mine):
                yield account_id, new


def _expiring(coming: due.Notice) -> tuple[str, Notice]:
    day = f"{coming.due:%Y-%m-%d}"
    arrives = COLLECT if coming.kind == PULL else f"The new one is delivered to its workload ({coming.kind})."
    return coming.account_id, Notice(
        kind="access-key-expiring",
        subject_arn=coming.user_arn,
        user_id=coming.user_id,
        facts={"access_key_id": coming.access_key_id, "date": day, "arrives": arrives},
        once=f"access-key-expiring/{coming.access_key_id}/{day}",
    )


def _stuck(rotation: KeyRotation) -> tuple[str, Notice]:
    blocked = rotation.state == State.BLOCKED
    kind = "key-rotation-blocked" if blocked else "key-rotation-failed"
    return rotation.account_id, Notice(
        kind=kind,
        subject_arn=rotation.user.arn,
        user_id=rotation.user.unique_id,
        facts={"access_key_id": rotation.old_key_id, "why": rotation.note if blocked else rotation.last_error},
        once=f"{kind}/{rotation.pk}/{rotation.state}",
    )
