"""Notifications as the API shows them."""

from __future__ import annotations

from typing import Annotated

from accounts.notifications.kinds import KINDS
from accounts.notifications.models import CHANNELS, STATES
from iamconsole.kernel.shapes import Arn, Items, Number, OneOf, Paged, Shape, Text, Timestamp

KindName = Annotated[str, OneOf(tuple(sorted(KINDS)))]
State = Annotated[str, OneOf(STATES)]
Channel = Annotated[str, OneOf(CHANNELS)]
NoticeDays = Annotated[int, Number(1, 60)]
EmailAddress = Annotated[str, Text(3, 254)]
Contacts = Annotated[list[EmailAddress], Items(None, 10)]
Once = Annotated[str, Text(1, 200)]


class Delivery(Shape):
    """What became of a notification at one recipient; `fault` is why the last attempt failed."""

    channel: Channel
    recipient: str | None = None
    state: State
    attempts: int
    finished: Timestamp | None = None
    fault: str | None = None


class Notification(Shape):
    """A notification: what it tells of whom, and what became of it."""

    notification_id: str
    kind: str
    subject_arn: str
    title: str
    text: str
    create_date: Timestamp
    state: State
    deliveries: list[Delivery]


class ListNotificationsResult(Paged):
    notifications: list[Notification]


class ChannelsOfKind(Shape):
    """The channels that messages of a kind go out on."""

    kind: KindName
    channels: Annotated[list[Channel], Items(None, 2)]


class KindSettings(Shape):
    """A kind of message; one that concerns security cannot be turned off."""

    kind: str
    title: str
    security: bool
    channels: list[str]


class GetNotificationSettingsResult(Shape):
    """`channels_present` are those that the installation has (IAM_SMTP_URL, IAM_WEBHOOK_URL)."""

    notice_days: int
    contacts: list[str]
    channels_present: list[str]
    kinds: list[KindSettings]


class SendTestNotificationResult(Shape):
    notification_id: str


class Notice(Shape):
    """What a scheduled look has found; `once` names it, so that it is told of once."""

    kind: KindName
    subject_arn: Arn
    user_id: str = ""
    facts: dict[str, str]
    once: Once


Notices = Annotated[list[Notice], Items(1, 500)]
ChannelsOfKinds = Annotated[list[ChannelsOfKind], Items(None, len(KINDS))]
