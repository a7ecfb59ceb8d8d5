"""A test message: the button, and what became of the message, told until it has ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.notifications import words
from iamconsole.interfaces.console.visit import Visit

SEND: Final = "iamconsole:SendTestNotification"
LIST: Final = "iamconsole:ListNotifications"
LOOKED_FOR: Final = 20  # test messages, the newest first
PATIENCE: Final = timedelta(minutes=2)
TONES: Final = {words.DELIVERED: "ok", words.FAILED: "bad"}


def button() -> dict[str, Any]:
    return cells.post(_("Send a test message"), reverse("console:notifications-test")) | {"icon": "send"}


def send(visit: Visit) -> HttpResponse:
    """Send one; asked for with GET, what became of it."""
    there = reverse("console:notifications")
    if visit.posting:
        made = visit.run(SEND)
        return visit.redirect(f"{there}?{urlencode({'test': made.notification_id})}")
    told = notice(visit, visit.request.GET.get("id", ""))
    if not visit.request.htmx or told is None:  # type: ignore[attr-defined]
        return visit.redirect(there)
    return visit.fragment("_notice", {"notice": told})


def notice(visit: Visit, wanted: str) -> dict[str, Any] | None:
    """What became of a test message (_notice.html), told until it has ended; None where there is none."""
    if not wanted or visit.refusal(LIST):
        return None
    sent = visit.run(LIST, kind="test", max_items=LOOKED_FOR).notifications
    message = next((each for each in sent if each.notification_id == wanted), None)
    return _told(message, age=visit.call.time - message.create_date) if message else None


def _told(message: Any, *, age: timedelta) -> dict[str, Any]:
    if message.state != words.PENDING:
        nobody = _("There was nobody to tell: this installation has neither a mail server nor a webhook.")
        text = _("Test message: %(what)s.") % {"what": words.deliveries(message)} if message.deliveries else nobody
        return {"tone": TONES.get(message.state, "warn"), "text": text}
    if age > PATIENCE:
        text = _("The test message still waits. %(what)s") % {
            "what": words.deliveries(message) or _("No worker took it.")
        }
        return {"tone": "warn", "text": text}
    so_far = words.deliveries(message)
    again = f"{reverse('console:notifications-test')}?{urlencode({'id': message.notification_id})}"
    text = _("The test message is on its way. %(what)s") % {"what": so_far}
    return {"tone": "info", "text": text.strip(), "poll_url": again}
