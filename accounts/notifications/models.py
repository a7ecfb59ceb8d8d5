"""What people are told, what became of each message, and where an account wants its messages."""

from __future__ import annotations

import secrets
import time
from typing import Final

from django.db import models

from iamconsole.storage.tenant import TenantRow

DEFAULT_NOTICE_DAYS: Final = 15  # the days in which AWS's console warns of a password that expires
EMAIL, WEBHOOK = "email", "webhook"
CHANNELS: Final = (EMAIL, WEBHOOK)
PENDING, DELIVERED, FAILED, RECORDED = "Pending", "Delivered", "Failed", "Recorded"
STATES: Final = (PENDING, DELIVERED, FAILED, RECORDED)


def new_id() -> str:
    """Ids sort by time, so that a page of the newest is a walk of the primary key."""
    return f"ntf-{time.time_ns() // 1_000_000:011x}{secrets.token_hex(8)}"


class Notification(TenantRow):
    """A message of a kind about a subject, written in the transaction of what it tells of.

    `once` holds back a second message about the same thing, where a scheduled look finds it again. `addressed` is when
    deliveries were made of it. Recorded means that there was nobody to tell.
    """

    id = models.CharField(primary_key=True, max_length=32, default=new_id)
    kind = models.CharField(max_length=48)
    subject = models.CharField(max_length=2048)
    user_id = models.CharField(max_length=32, blank=True)
    facts = models.JSONField(default=dict)
    once = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001  (unique, so NULL)
    created = models.DateTimeField()
    addressed = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=16, default=PENDING)

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["account", "once"], name="notification_once")]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(addressed=None), name="notification_unaddressed"),
            models.Index(fields=["created"], name="notification_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"


class NotificationDelivery(TenantRow):
    """A notification on its way to one recipient; while one worker sends it, `due` lies ahead for the others."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=8)
    recipient = models.CharField(max_length=254, blank=True)
    state = models.CharField(max_length=16, default=PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due = models.DateTimeField()
    finished = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "accounts"
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel", "recipient"], name="notification_delivery_once")
        ]
        indexes = [models.Index(fields=["due"], condition=models.Q(state=PENDING), name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.notification_id} by {self.channel}"


class NotificationSettings(TenantRow):
    """Where an account wants its messages: `channels` of each kind that is not on all, `contacts` besides root."""

    account = models.OneToOneField("accounts.Account", on_delete=models.CASCADE, related_name="notification_settings")
    channels = models.JSONField(default=dict)
    contacts = models.JSONField(default=list)
    notice_days = models.PositiveSmallIntegerField(default=DEFAULT_NOTICE_DAYS)

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return f"notification settings of {self.account_id}"


class SignInAddress(TenantRow):
    """An address from which a user signed in to the console."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="sign_in_addresses")
    address = models.CharField(max_length=45)
    seen = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(fields=["user", "address"], name="sign_in_address_once")]

    def __str__(self) -> str:
        return self.address
