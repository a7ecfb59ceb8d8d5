"""Who is told of what, and by which channel."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ValidationError as NotAnAddress
from django.core.validators import validate_email

from accounts.notifications.kinds import ACCOUNT, KINDS, USER, Kind
from accounts.notifications.models import CHANNELS, EMAIL, WEBHOOK, Notification, NotificationSettings
from accounts.users.models import User

EMAIL_TAG = "email"
"""The tag of an IAM user that holds his address: IAM knows none."""
LONGEST_ADDRESS = 254  # RFC 5321


def of(account_id: str) -> NotificationSettings:
    """The account's settings, or those of an account that has set none."""
    found: NotificationSettings | None = NotificationSettings.objects.filter(account_id=account_id).first()
    return found or NotificationSettings(account_id=account_id)


def channels_of(kind: Kind, chosen: NotificationSettings) -> tuple[str, ...]:
    """The channels that a kind of message goes out on, as far as the account decides."""
    return CHANNELS if kind.security else tuple(chosen.channels.get(kind.name, CHANNELS))


def present() -> frozenset[str]:
    """The channels that this installation has."""
    has = {EMAIL: settings.IAM_SENDS_MAIL, WEBHOOK: bool(settings.IAM_WEBHOOK_URL)}
    return frozenset(channel for channel, there in has.items() if there)


def recipients(notification: Notification) -> Iterator[tuple[str, str]]:
    """Channel and address of everybody who is told; a webhook has one address, which is not an account's to know."""
    kind, chosen = KINDS[notification.kind], of(notification.account_id)
    wanted = present().intersection(channels_of(kind, chosen))
    if WEBHOOK in wanted:
        yield WEBHOOK, ""
    if EMAIL in wanted:
        for address in dict.fromkeys(_addresses(notification, kind, chosen)):
            yield EMAIL, address


def _addresses(notification: Notification, kind: Kind, chosen: NotificationSettings) -> Iterator[str]:
    own = _address_of_user(notification) if USER in kind.told else ""
    if own:
        yield own
    if ACCOUNT in kind.told or not own:
        yield from _addresses_of_account(chosen)


def _address_of_user(notification: Notification) -> str:
    users = User.objects.filter(account_id=notification.account_id, unique_id=notification.user_id)
    user: User | None = users.first() if notification.user_id else None
    if user is None:
        return ""
    tags = {key.lower(): value for key, value in user.tags.items()}
    return next((address for address in (user.email, tags.get(EMAIL_TAG)) if address and is_address(address)), "")


def _addresses_of_account(chosen: NotificationSettings) -> Iterator[str]:
    root = User.objects.filter(account_id=chosen.account_id, is_root=True).values_list("email", flat=True).first()
    yield from (address for address in (root, *chosen.contacts) if address and is_address(address))


def is_address(text: str) -> bool:
    """Whether mail can be sent there; a text with a line break, which would begin another header, is none."""
    try:
        validate_email(text)
    except NotAnAddress:
        return False
    return len(text) <= LONGEST_ADDRESS and text.isprintable()
