"""From the outbox to the recipients: at least once each, with the same id, in as many attempts as it takes.

Every step may be run by several workers at once and may end half-way. What is claimed and not finished comes due again.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Count, F

from accounts.notifications import channels, routing
from accounts.notifications.channels import Unsent
from accounts.notifications.kinds import KINDS
from accounts.notifications.models import (
    CHANNELS,
    DELIVERED,
    FAILED,
    PENDING,
    RECORDED,
    Notification,
    NotificationDelivery,
)
from iamconsole.kernel import clock

logger = structlog.get_logger(__name__)

BATCH: Final = 100
TURN: Final = timedelta(minutes=1)
"""For so long a channel is used in one turn, so that a slow one costs no other its own."""
LEASE: Final = timedelta(minutes=5)
"""For so long a delivery is its worker's: longer than a task may run."""
BACK_OFF: Final = tuple(
    timedelta(seconds=seconds) for seconds in (30, 120, 480, 1_800, 2 * 3_600, 6 * 3_600, 12 * 3_600)
)
"""What passes before the second attempt, the third …; after the last the delivery has failed and stays to be seen."""

WHY = "the outbox of the installation"


def address(now: datetime) -> int:
    """Make a delivery for each recipient of what was written; gives how many notifications were addressed.

    A kind that only a newer version of the product knows waits for it.
    """
    waiting = Notification.objects.across_accounts(WHY).filter(addressed=None, kind__in=list(KINDS))
    return sum(_addressed(notification, now) for notification in waiting.order_by("pk")[:BATCH])


def _addressed(notification: Notification, now: datetime) -> bool:
    told = list(routing.recipients(notification))
    with transaction.atomic():
        mine = Notification.objects.filter(account_id=notification.account_id, pk=notification.pk, addressed=None)
        if not mine.update(addressed=now, state=PENDING if told else RECORDED):
            return False
        NotificationDelivery.objects.bulk_create(
            NotificationDelivery(
                account_id=notification.account_id,
                notification=notification,
                channel=channel,
                recipient=recipient,
                due=now,
            )
            for channel, recipient in told
        )
    return True


def counted() -> dict[str, int]:
    """Deliveries of all accounts by state, for figures; a state that none has is 0."""
    rows = NotificationDelivery.objects.across_accounts("the figures are the installation's").values("state")
    return dict.fromkeys((PENDING, DELIVERED, FAILED), 0) | dict(rows.annotate(n=Count("pk")).values_list("state", "n"))


def deliver(now: datetime) -> Counter[str]:
    """Send what is due, a channel after the other; gives how many ended in which state."""
    return sum((_delivered_by(channel, now) for channel in CHANNELS), Counter())


def _delivered_by(channel: str, now: datetime) -> Counter[str]:
    """The turn of one channel: over when it is found to be down, or after a minute; the rest waits."""
    due = NotificationDelivery.objects.across_accounts(WHY).filter(channel=channel, state=PENDING, due__lte=now)
    ended: Counter[str] = Counter()
    started = clock.now()
    for delivery in due.order_by("due", "pk").select_related("notification")[:BATCH]:
        if clock.now() > started + TURN:
            break
        if _claimed(delivery):
            state, is_down = _sent(delivery)
            ended[state] += 1
            if is_down:
                break
    return ended


def _claimed(delivery: NotificationDelivery) -> bool:
    """Whether this worker has it: whoever moves `due` ahead first does."""
    row = NotificationDelivery.objects.filter(account_id=delivery.account_id, pk=delivery.pk)
    if not row.filter(state=PENDING, due=delivery.due).update(due=clock.now() + LEASE, attempts=F("attempts") + 1):
        return False
    delivery.attempts += 1
    return True


def _sent(delivery: NotificationDelivery) -> tuple[str, bool]:
    """How the attempt ended, and whether the channel is down."""
    fault, state, is_down = "", DELIVERED, False
    try:
        channels.send(delivery.notification, delivery.channel, delivery.recipient)
    except Unsent as unsent:
        fault, state = str(unsent), FAILED if delivery.attempts > len(BACK_OFF) else PENDING
        is_down = unsent.everybody
    _settle(delivery, state, fault)
    return state, is_down


def _settle(delivery: NotificationDelivery, state: str, fault: str) -> None:
    now = clock.now()
    row = NotificationDelivery.objects.filter(account_id=delivery.account_id, pk=delivery.pk)
    if state == PENDING:
        row.update(due=now + BACK_OFF[delivery.attempts - 1], fault=fault[:200])
        return
    with transaction.atomic():
        row.update(state=state, finished=now, fault=fault[:200])
        mine = NotificationDelivery.objects.filter(account_id=delivery.account_id, notification=delivery.notification)
        states = set(mine.values_list("state", flat=True))
        if PENDING not in states:
            whole = FAILED if FAILED in states else DELIVERED
            Notification.objects.filter(account_id=delivery.account_id, pk=delivery.notification_id).update(state=whole)
    if state == FAILED:
        logger.error("notification not delivered", notification=delivery.notification_id, channel=delivery.channel)
