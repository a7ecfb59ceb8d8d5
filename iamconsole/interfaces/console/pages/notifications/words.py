"""Notifications as the console says them."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PENDING, DELIVERED, FAILED, RECORDED = "Pending", "Delivered", "Failed", "Recorded"
CHANNELS: Final = {"email": gettext_lazy("E-mail"), "webhook": gettext_lazy("Webhook")}
STATES: Final[dict[str, tuple[Any, str, str]]] = {
    PENDING: (gettext_lazy("On its way"), "info", "clock"),
    DELIVERED: (gettext_lazy("Delivered"), "ok", "check"),
    FAILED: (gettext_lazy("Failed"), "bad", "circle-x"),
    RECORDED: (gettext_lazy("Nobody to tell"), "neutral", "circle-dashed"),
}


def delivery(sent: Any) -> str:
    """What became of a message at one recipient: `E-mail to ops@example.com: delivered`."""
    where = CHANNELS[sent.channel]
    to = (
        _("%(channel)s to %(recipient)s") % {"channel": where, "recipient": sent.recipient} if sent.recipient else where
    )
    told = f"{to}: {str(STATES[sent.state][0]).lower()}"
    return f"{told} ({sent.fault})" if sent.fault and sent.state != DELIVERED else told


def deliveries(message: Any) -> str:
    return "; ".join(map(delivery, message.deliveries))
