"""Denials: the recent ones, and one by its authorization id with every check, near miss and way out."""

from __future__ import annotations

import re
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.pages.access.track import because, track
from iamconsole.interfaces.console.pages.access.ways_out import WaysOut
from iamconsole.interfaces.console.visit import Visit

PAGE: Final = 50
ID: Final = re.compile(r"\b[0-9a-f]{26}\b")
COLUMNS: Final = (
    {"label": _("When")},
    {"label": _("Who")},
    {"label": _("Action")},
    {"label": _("Resource")},
    {"label": _("Why")},
)
SECTION: Final = {"label": _("Understand access")}


def denied(visit: Visit) -> HttpResponse:
    """Recent denials; an authorization id, or a whole error message with one in it, leads to its page."""
    text = visit.request.GET.get("q", "").strip()
    if found := ID.search(text):
        return visit.redirect(addresses.denied(found[0]))
    marker = visit.request.GET.get("marker") or None
    listed = visit.run("iamconsole:ListDenials", principal=text[:2048] or None, marker=marker, max_items=PAGE)
    context = {
        "title": _("Denied requests"),
        "subtitle": _("Every refusal has an id. Paste one, or the whole message with it in, to see why."),
        "breadcrumbs": [SECTION, {"label": _("Denied")}],
        "search": {"value": text, "placeholder": _("Authorization id, error message or principal ARN"), "live": False},
        "columns": COLUMNS,
        "rows": [{"cells": _row(each)} for each in listed.denials],
        "pagination": {
            "summary": _("%(count)d denials") % {"count": len(listed.denials)},
            "previous_url": _url(q=text) if marker else "",
            "next_url": _url(q=text, marker=listed.marker) if listed.is_truncated else "",
        },
        "empty": _nothing(text),
    }
    return visit.page("list", context)


def _row(each: Any) -> list[cells.Cell]:
    explicit = each.evaluated_effect == "EXPLICIT_DENY"
    return [
        cells.time(each.time),
        cells.link(addresses.short(each.principal), _url(q=each.principal)),
        cells.mono(each.action, url=addresses.denied(each.authorization_id)),
        cells.text(addresses.short(each.resource), muted=True),
        cells.badge(_("Denied by a statement"), "bad", icon="ban")
        if explicit
        else cells.badge(_("Not allowed"), "warn"),
    ]


def _url(**query: str | None) -> str:
    said = urlencode({name: value for name, value in query.items() if value})
    return f"{reverse('console:denied')}?{said}".rstrip("?")


def _nothing(text: str) -> dict[str, Any]:
    if text:
        return {
            "title": _("Nothing is on record for this"),
            "text": _("Look for the id at the end of the error message: 26 letters and digits."),
            "icon": "search-x",
            "action": {"label": _("Show all"), "url": _url()},
        }
    return {
        "title": _("Nobody was refused"),
        "text": _("When a request is denied, its checks and the smallest fix are kept here for a while."),
        "icon": "circle-check",
        "action": {"label": _("Try a request in the simulator"), "url": reverse("console:simulator")},
    }


def denial(visit: Visit, authorization_id: str) -> HttpResponse:
    """One denial: the request, the track of its checks, what nearly allowed it, and the ways out."""
    told = visit.run("iamconsole:ExplainDenial", authorization_id=authorization_id)
    account_id = visit.call.account_id
    items = track(told.checks, told.near_misses, told.policies, account_id)
    who = addresses.of_context(told.context) or told.principal
    simulate = addresses.simulator(
        who, told.action, told.resource, ((entry.key, entry.values) for entry in told.context)
    )
    controls = [visit.offer(cells.action(_("Simulate this"), simulate, icon="play"), "iamconsole:ExplainAccess")]
    events = f"{reverse('console:events')}?{urlencode({'principal': told.principal, 'error_code': 'AccessDenied'})}"
    context = {
        "title": _("Why %(who)s was denied") % {"who": told.principal.rpartition("/")[2]},
        "badges": [{"label": told.action, "tone": ""}],
        "breadcrumbs": [SECTION, {"label": _("Denied"), "url": reverse("console:denied")}, {"label": authorization_id}],
        "actions": controls if addresses.entity(who, account_id) else [],
        "told": told,
        "verdict": {
            "allowed": False,
            "who": addresses.short(told.principal),
            "because": because(told.evaluated_effect, items),
        },
        "track": items,
        "ways_out": WaysOut(visit, who, told.policies).of(told.fixes, told.resource),
        "pairs": [
            {"label": _("When"), "cell": cells.time(told.time, absolute=True)},
            {"label": _("Who"), "cell": cells.mono(told.principal, url=addresses.of_entity(who, account_id))},
            {"label": _("Action"), "cell": cells.mono(told.action)},
            {"label": _("Resource"), "cell": cells.mono(told.resource, copyable=True)},
            {"label": _("Authorization id"), "cell": cells.mono(told.authorization_id, copyable=True)},
            {"label": _("On record"), "cell": cells.link(_("Refusals of this caller"), events)},
        ],
        "context_rows": [
            {"cells": [cells.mono(entry.key), cells.text(", ".join(entry.values))]} for entry in told.context
        ],
        "context_columns": ({"label": _("Condition key")}, {"label": _("Value")}),
        "policies": [
            {
                "name": f"{policy.holder.rpartition('/')[2]} / {policy.name}"
                if policy.holder
                else policy.name or policy.uri,
                "version": policy.version or "",
                "url": addresses.of_policy(policy.uri, policy.name, policy.holder, account_id),
                "text": policy.policy_document,
            }
            for policy in told.policies
        ],
    }
    return visit.page("denial", context)
