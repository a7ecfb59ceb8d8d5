"""Reading an account's notifications, the newest first."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.notifications import channels, shapes
from accounts.notifications.models import Notification, NotificationDelivery
from iamconsole.kernel.paging import DEFAULT_MAX_ITEMS, Page, decode_marker, encode_marker


def listed(
    account_id: str, *, state: str | None, kind: str | None, marker: str | None, max_items: int | None
) -> tuple[list[shapes.Notification], Page]:
    """One page of the notifications that match, with their deliveries; two queries."""
    wanted = {name: value for name, value in (("state", state), ("kind", kind)) if value}
    rows = Notification.objects.filter(account_id=account_id, **wanted)
    if marker:
        rows = rows.filter(pk__lt=decode_marker(marker))
    size = max_items or DEFAULT_MAX_ITEMS
    found = list(rows.order_by("-pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    deliveries = _deliveries(account_id, found)
    shown = [_shown(row, deliveries.get(row.pk, [])) for row in found]
    return shown, {"is_truncated": more, "marker": encode_marker(found[-1].pk) if more else None}


def _deliveries(account_id: str, rows: Iterable[Notification]) -> dict[str, list[NotificationDelivery]]:
    by_notification: dict[str, list[NotificationDelivery]] = {}
    mine = NotificationDelivery.objects.filter(account_id=account_id, notification_id__in=[row.pk for row in rows])
    for delivery in mine.order_by("pk"):
        by_notification.setdefault(delivery.notification_id, []).append(delivery)
    return by_notification


def _shown(row: Notification, deliveries: Iterable[NotificationDelivery]) -> shapes.Notification:
    message = channels.message_of(row)
    return shapes.Notification(
        notification_id=row.pk,
        kind=row.kind,
        subject_arn=row.subject,
        title=message.title,
        text=message.text,
        create_date=row.created,
        state=row.state,
        deliveries=[
            shapes.Delivery(
                channel=each.channel,
                recipient=each.recipient or None,
                state=each.state,
                attempts=each.attempts,
                finished=each.finished,
                fault=each.fault or None,
            )
            for each in deliveries
        ],
    )
