"""Sending one notification to one recipient: an e-mail, or a signed POST."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage

from accounts.egress.exchange import EgressError, Guard, Request
from accounts.egress.exchange import send as ask
from accounts.notifications.kinds import KINDS
from accounts.notifications.models import EMAIL, WEBHOOK, Notification
from iamconsole.kernel import clock
from iamconsole.kernel.webhooks import standard_webhook_headers

TIMEOUT: Final = 10.0
"""Seconds that the webhook has for its answer."""


class Unsent(Exception):
    """The message did not go out; `everybody` tells that the way is closed for others too, not this recipient alone."""

    def __init__(self, fault: str, *, everybody: bool = False) -> None:
        super().__init__(fault)
        self.everybody = everybody


@dataclass(frozen=True, slots=True)
class Message:
    """What a notification says."""

    title: str
    text: str


def message_of(notification: Notification) -> Message:
    """The words of a notification: those of its kind, filled with its facts."""
    kind = KINDS[notification.kind]
    text = kind.filled(notification.facts, account_id=notification.account_id, subject=notification.subject)
    return Message(kind.title, text)


def send(notification: Notification, channel: str, recipient: str) -> None:
    """Send it once; Unsent where it did not go out. The same notification has the same id every time."""
    SENDERS[channel](notification, recipient)


def _mail(notification: Notification, recipient: str) -> None:
    message = message_of(notification)
    mail = EmailMessage(
        subject=f"[IAM {notification.account_id}] {message.title}",
        body=f"{message.text}\n\nAccount {notification.account_id}, {notification.created:%Y-%m-%d %H:%M:%S} UTC, "
        f"{notification.id}\n{settings.IAM_PUBLIC_URL}/console/\n",
        to=[recipient],
        headers={
            "Message-ID": f"<{notification.id}@{settings.IAM_MAIL_FROM.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",  # RFC 3834: no answering machine answers
        },
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        raise Unsent(f"refused by the mail server: {code} {said.decode(errors='replace')}") from refused
    except OSError as fault:  # whatever else smtplib, TLS and the network raise
        raise Unsent(f"the mail server does not take it: {type(fault).__name__}", everybody=True) from fault


def _post(notification: Notification, _recipient: str) -> None:
    body = payload(notification)
    signed = standard_webhook_headers(settings.IAM_WEBHOOK_SECRET, id=notification.id, timestamp=clock.now(), body=body)
    headers = {"Content-Type": "application/json", **signed}
    request = Request(settings.IAM_WEBHOOK_URL, "POST", headers, body, status_only=True)
    try:
        status = ask(request, Guard(operators=True), timeout=TIMEOUT).status
    except EgressError as fault:
        # What the network said may name the host; the address is the operator's, and the account's to read is this.
        why = type(fault.__cause__).__name__ if fault.__cause__ else fault
        raise Unsent(f"the webhook did not answer: {why}", everybody=True) from fault
    if not 200 <= status < 300:
        raise Unsent(f"the webhook answered with status {status}")


def payload(notification: Notification) -> bytes:
    """What is posted: Standard Webhooks' type, timestamp and data."""
    message = message_of(notification)
    return json.dumps(
        {
            "type": f"iam.{notification.kind}",
            "timestamp": notification.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "data": {
                "id": notification.id,
                "accountId": notification.account_id,
                "subject": notification.subject,
                "title": message.title,
                "text": message.text,
                "facts": notification.facts,
            },
        },
        separators=(",", ":"),
    ).encode()


SENDERS: Final[Mapping[str, Callable[[Notification, str], None]]] = {EMAIL: _mail, WEBHOOK: _post}
