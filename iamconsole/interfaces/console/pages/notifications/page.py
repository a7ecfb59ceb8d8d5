"""The page of notifications: where messages go, of what kinds there are, and what became of those that were sent."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.notifications import trying, words
from iamconsole.interfaces.console.visit import Visit

VERBS = ("GetNotificationSettings", "PutNotificationSettings", "ListNotifications")
GET, PUT, LIST = (f"iamconsole:{verb}" for verb in VERBS)
TITLE = gettext_lazy("Notifications")
PAGE = 20
SETTING = {"email": "IAM_SMTP_URL", "webhook": "IAM_WEBHOOK_URL"}


def notifications(visit: Visit) -> HttpResponse:
    """Everything about the account's messages that the principal may see."""
    found = visit.run(GET)
    edit = cells.action(_("Edit"), reverse("console:notifications-edit"), icon="pencil")
    context = {
        "title": TITLE,
        "subtitle": _("Who is told of what concerns this account, and whether it reached them."),
        "breadcrumbs": crumbs(),
        "actions": [visit.offer(trying.button(), trying.SEND), visit.offer(edit, PUT)],
        "panels": [_where(found), panels.guarded(_("Messages"), lambda: _messages(visit)), _kinds(found)],
        "test": trying.notice(visit, visit.request.GET.get("test", "")),
    }
    return visit.page("notifications", context)


def crumbs(*last: dict[str, Any]) -> list[dict[str, Any]]:
    here = {"label": TITLE, "url": reverse("console:notifications")} if last else {"label": TITLE}
    return [{"label": _("Account settings"), "url": reverse("console:account")}, here, *last]


def panel(visit: Visit) -> panels.Panel:
    """The settings in short, for the page of account settings."""
    return panels.guarded(TITLE, lambda: _short(visit))


def _short(visit: Visit) -> panels.Panel:
    found = visit.run(GET)
    more = cells.action(_("Show"), reverse("console:notifications"), icon="bell")
    shown: panels.Panel = {"title": TITLE, "actions": [more], "pairs": _where(found)["pairs"][:3]}
    return shown if found.channels_present else shown | {"callout": _silent()}


def _where(found: Any) -> panels.Panel:
    days = _("%(days)d days before") % {"days": found.notice_days}
    shown: panels.Panel = {
        "title": _("Where messages go"),
        "pairs": [
            {
                "label": _("Told of the account"),
                "cell": cells.chips([_("the root user's address"), *found.contacts], limit=12),
            },
            *({"label": words.CHANNELS[channel], "cell": _channel(channel, found)} for channel in SETTING),
            {
                "label": _("Told of a credential"),
                "cell": cells.text(_("the user, at the address in his tag email"), note=_("without one, the account")),
            },
            {"label": _("Passwords that expire"), "cell": cells.text(days)},
        ],
    }
    return shown if found.channels_present else shown | {"callout": _silent()}


def _silent() -> dict[str, Any]:
    text = _(
        "Nobody is told yet: this installation has neither a mail server (IAM_SMTP_URL) nor a webhook "
        "(IAM_WEBHOOK_URL). Messages are written down below all the same."
    )
    return {"tone": "warn", "icon": "bell-off", "text": text}


def _channel(channel: str, found: Any) -> cells.Cell:
    if channel not in found.channels_present:
        return cells.badge(_("Not set up"), "neutral", note=_("the host sets %(name)s") % {"name": SETTING[channel]})
    note = _("signed; manage.py webhook-secret shows the secret on the host") if channel == "webhook" else ""
    return cells.badge(_("Set up"), "ok", icon="check", note=note)


def _kinds(found: Any) -> panels.Panel:
    return {
        "title": _("What is told"),
        "note": _("what concerns security goes out on every channel"),
        "columns": [{"label": _("Message")}, {"label": _("Concerns")}, {"label": _("Channels")}],
        "rows": [{"cells": _kind(kind)} for kind in found.kinds],
    }


def _kind(kind: Any) -> list[cells.Cell]:
    concerns = cells.badge(_("Security"), "info", icon="shield-check") if kind.security else cells.text(_("Upkeep"))
    return [
        cells.text(kind.title),
        concerns,
        cells.chips([words.CHANNELS[channel] for channel in kind.channels], empty=_("Nobody is told")),
    ]


def _messages(visit: Visit) -> panels.Panel:
    chosen, marker = visit.request.GET.get("state", ""), visit.request.GET.get("marker", "")
    state = chosen if chosen in words.STATES else None
    found = visit.run(LIST, state=state, marker=marker or None, max_items=PAGE)
    here = reverse("console:notifications")
    following = {"state": state or "", "marker": found.marker or ""}
    named = (("", _("All")), *((name, label) for name, (label, _tone, _icon) in words.STATES.items()))
    return {
        "id": "messages",
        "title": _("Messages"),
        "note": _("newest first"),
        "filters": [
            {"label": label, "url": f"{here}?{urlencode({'state': name})}#messages", "current": name == (state or "")}
            for name, label in named
        ],
        "columns": [{"label": _("Message")}, {"label": _("State")}, {"label": _("Went to")}, {"label": _("When")}],
        "rows": [{"cells": _message(message)} for message in found.notifications],
        "pagination": panels.steps(
            f"{here}?{urlencode({'state': state or ''})}#messages" if marker else "",
            f"{here}?{urlencode(following)}#messages" if found.is_truncated else "",
        ),
        "empty": {
            "title": _("Nothing was told"),
            "text": _("Sign-ins of the root user, resets of passwords and keys that nobody uses show up here."),
            "icon": "bell",
        },
    }


def _message(message: Any) -> list[cells.Cell]:
    label, tone, icon = words.STATES[message.state]
    return [
        cells.text(message.title, note=message.text),
        cells.badge(label, tone, icon=icon),
        cells.text(words.deliveries(message)),
        cells.time(message.create_date),
    ]
