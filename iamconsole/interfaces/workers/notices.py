"""Telling people: looking for what they should know, and sending what was written down."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from celery import shared_task
from django.dispatch import receiver

from accounts.notifications import due, sending
from accounts.notifications.shapes import Notice
from accounts.rotation import noticing
from iamconsole.audit.alarms import chain_broken
from iamconsole.interfaces.workers import calling
from iamconsole.kernel import clock

WORKER, RAISE = "notices", "iamconsole:RaiseNotices"


@shared_task(name="notifications.deliver")
def deliver() -> dict[str, int]:
    """Send what waits in the outbox; gives how many deliveries ended in which state."""
    sending.address(clock.now())
    return dict(sending.deliver(clock.now()))


@shared_task(name="notifications.look")
def look() -> int:
    """Write the notices that have come due in any account; gives how many. What was told of is not told again."""
    raised = 0
    for account_id, notices in chain(_of_passwords(), noticing.pages(clock.now())):
        calling.run(account_id, WORKER, RAISE, notices=notices)
        raised += len(notices)
    return raised


def _of_passwords() -> Iterator[tuple[str, list[Notice]]]:
    return ((account_id, page) for account_id in calling.accounts() for page in due.pages(account_id, clock.now()))


@receiver(chain_broken)
def tell_of_broken_chain(*, account_id: str, record: int, why: str, **_: Any) -> None:
    notice = Notice(
        kind="audit-chain-broken",
        subject_arn=f"arn:aws:iam::{account_id}:root",
        facts={"record": str(record), "why": why},
        once=f"audit-chain-broken/{record}",
    )
    calling.run(account_id, WORKER, RAISE, notices=[notice])
