"""Rotating a key now: first what would be done and who uses the key, then the deed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.rotation import words
from iamconsole.interfaces.console.pages.users import credentials_tab
from iamconsole.interfaces.console.visit import Visit

START = "iamconsole:StartKeyRotation"


def rotation_start(visit: Visit, name: str, key_id: str) -> HttpResponse:
    """A dry run as a page, and the button that means it."""
    members = {"user_name": name, "access_key_id": key_id}
    there = credentials_tab.url(name)
    if visit.posting:
        made = visit.run(START, **members).key_rotation
        return visit.redirect(words.rotation_url(made.rotation_id), _("The rotation has begun."))
    visit.demand(START, **members)
    (outcome,) = visit.batch([(START, members)], dry_run=True)
    if outcome.fault is not None:
        raise outcome.fault
    context = {
        "title": _("Rotate %(key)s?") % {"key": key_id},
        "subtitle": _("Nothing takes the key away before the new one is in use."),
        "breadcrumbs": words.crumbs({"label": name, "url": there}, {"label": _("Rotate")}),
        "panels": _panels(outcome.result),
        "submit_label": _("Rotate now"),
        "cancel_url": there,
    }
    return visit.page("rotation_start", context)


def _panels(told: Any) -> list[dict[str, Any]]:
    plan: dict[str, Any] = {
        "title": _("What would be done"),
        "entries": [{"text": line, "badge": {"label": number}} for number, line in enumerate(told.plan, start=1)],
    }
    if told.needs:
        plan["callout"] = {"tone": "warn", "icon": "triangle-alert", "text": " ".join(told.needs)}
    pairs = [{"label": _("The key"), "cell": cells.text(told.last_used)}]
    return [plan, {"title": _("Who uses it"), "pairs": pairs}]
