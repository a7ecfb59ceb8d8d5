"""What can be done with notifications."""

from __future__ import annotations

from accounts.notifications import queries, routing, shapes
from accounts.notifications.kinds import KINDS
from accounts.notifications.models import NotificationSettings
from accounts.notifications.outbox import notify
from accounts.tenancy import queries as tenancy
from accounts.tenancy.operator import demand_worker
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import ConcurrentModification, InvalidInput
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Marker, MaxItems

OWN = "iamconsole"


@operation(Access.LIST, on=ANYTHING, service=OWN, pages="notifications", rest=Rest("GET", "/notifications"))
def list_notifications(
    call: Call,
    *,
    state: shapes.State | None = None,
    kind: shapes.KindName | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.ListNotificationsResult:
    """List what people of the account were told, newest first, and whether it reached them.

    `Failed` are those that some recipient never got; `Recorded` had none to go to.
    """
    found, rest = queries.listed(call.account_id, state=state, kind=kind, marker=marker, max_items=max_items)
    return shapes.ListNotificationsResult(notifications=found, **rest)


@operation(Access.READ, on=ANYTHING, service=OWN, rest=Rest("GET", "/notifications/settings"))
def get_notification_settings(call: Call) -> shapes.GetNotificationSettingsResult:
    """Show where messages of the account go, kind by kind."""
    chosen = routing.of(call.account_id)
    return shapes.GetNotificationSettingsResult(
        notice_days=chosen.notice_days,
        contacts=chosen.contacts,
        channels_present=sorted(routing.present()),
        kinds=[
            shapes.KindSettings(
                kind=kind.name,
                title=kind.title,
                security=kind.security,
                channels=list(routing.channels_of(kind, chosen)),
            )
            for kind in KINDS.values()
        ],
    )


@operation(
    Access.WRITE,
    on=ANYTHING,
    service=OWN,
    rest=Rest("PUT", "/notifications/settings", status=204),
    errors=(ConcurrentModification, InvalidInput),
)
def put_notification_settings(
    call: Call,
    *,
    notice_days: shapes.NoticeDays | None = None,
    contacts: shapes.Contacts | None = None,
    channels: shapes.ChannelsOfKinds | None = None,
) -> None:
    """Set who is told besides the root user, how long before, and which channels take a kind; what is not given stays.

    Messages that concern security always go out on every channel, and those about the account to root's address as
    well: nobody can keep others from being told. An empty list of channels turns any other kind off.
    """
    _check(contacts or [], channels or [])
    account = tenancy.lock(call.account_id)
    chosen, _ = NotificationSettings.objects.get_or_create(account=account)
    if notice_days is not None:
        chosen.notice_days = notice_days
    if contacts is not None:
        chosen.contacts = list(dict.fromkeys(contacts))
    if channels is not None:
        chosen.channels = chosen.channels | {each.kind: sorted(set(each.channels)) for each in channels}
    chosen.save()
    call.emit("notification_settings", account.pk, "updated")


def _check(contacts: list[str], channels: list[shapes.ChannelsOfKind]) -> None:
    for address in contacts:
        if not routing.is_address(address):
            raise InvalidInput(f"{address!r} is not an e-mail address.")
    for each in channels:
        if KINDS[each.kind].security:
            raise InvalidInput(f"Messages of kind {each.kind} concern security: they go out on every channel.")


@operation(
    Access.WRITE, on=ANYTHING, service=OWN, rest=Rest("POST", "/notifications/test"), errors=(ConcurrentModification,)
)
def send_test_notification(call: Call) -> shapes.SendTestNotificationResult:
    """Send a message to everybody who is told of what concerns the account; ListNotifications shows what becomes of it.

    It goes out within seconds, by a worker.
    """
    made = notify(call.account_id, "test", call.principal.arn, {"by": call.principal.arn}, now=call.time)
    return shapes.SendTestNotificationResult(notification_id=made)


@operation(Access.WRITE, on=ANYTHING, service=OWN, rest=None)
def raise_notices(call: Call, *, notices: shapes.Notices) -> None:
    """Tell of what a scheduled look has found; what was told of before is left out. The workers' alone."""
    demand_worker(call)
    for notice in notices:
        notify(
            call.account_id,
            notice.kind,
            notice.subject_arn,
            notice.facts,
            now=call.time,
            user_id=notice.user_id,
            once=notice.once,
        )
