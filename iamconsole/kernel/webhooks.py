"""Signatures of webhooks, as Standard Webhooks 1.0 has them: HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime

PREFIX = "whsec_"


def standard_webhook_headers(*secrets: bytes, id: str, timestamp: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message, signed with each secret: two, while a receiver goes over to a new one.

    The id stays the same however often the message is sent again.
    """
    seconds = str(int(timestamp.timestamp()))
    said = b".".join((id.encode(), seconds.encode(), body))
    signatures = (base64.b64encode(hmac.digest(secret, said, "sha256")).decode() for secret in secrets)
    return {
        "webhook-id": id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def secret_text(secret: bytes) -> str:
    """A secret as receivers are given it: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secret).decode()
