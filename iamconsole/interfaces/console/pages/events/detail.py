"""One audit record: what it says, what it changed since the one before of its kind, and what lies around it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.pages.events.filters import Asked, short
from iamconsole.interfaces.console.pages.events.list import outcome
from iamconsole.interfaces.console.pages.policies.differences import unified
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import NoSuchEntity

LOOKED_BACK = 20  # earlier records of the same event and resource


def event(visit: Visit, event_id: UUID) -> HttpResponse:
    """The record; 404 for one of another account."""
    found = visit.run("iamconsole:LookupAuditEvents", event_id=str(event_id), max_items=1).events
    if not found:
        raise NoSuchEntity(_("There is no audit event of this id."))
    shown, record = found[0], json.loads(found[0].cloud_trail_event)
    context = {
        "title": shown.event_name,
        "subtitle": record.get("errorMessage", ""),
        "breadcrumbs": [{"label": _("Audit events"), "url": reverse("console:events")}, {"label": shown.event_name}],
        "actions": _pivots(shown),
        "facts": [
            {"label": _("When"), "cell": cells.time(shown.event_time, absolute=True)},
            {"label": _("Outcome"), "cell": outcome(shown.error_code)},
            {"label": _("Who"), "cell": _named(visit, shown.principal)},
            {"label": _("From"), "cell": cells.text(shown.source_ip, note=record.get("door", ""))},
        ],
        "panels": _panels(visit, shown, record),
        "diff": _difference(visit, shown, record),
    }
    return visit.page("event", context)


def _pivots(shown: Any) -> list[dict[str, Any]]:
    """Everything else of this caller, of this object, with this key."""
    ways = [(_("Events of this actor"), "user", {"principal": shown.principal})]
    if shown.resource and shown.resource != "*":
        ways.append((_("Events on this object"), "box", {"resource": shown.resource}))
    if shown.access_key_id:
        ways.append((_("Events with this key"), "key-round", {"access_key_id": shown.access_key_id}))
    return [cells.action(label, Asked(chosen=chosen).url(), icon=icon) for label, icon, chosen in ways if any(chosen)]


def _named(visit: Visit, arn: str | None) -> cells.Cell:
    """A user, group, role or policy, with a link to its page; it may be gone, which its page then says."""
    said = arn or ""
    own = addresses.MANAGED.fullmatch(said)
    url = reverse("console:policy", args=[said]) if own else addresses.of_entity(said, visit.call.account_id)
    return cells.link(short(said), url) if url else cells.text(short(said))


def _panels(visit: Visit, shown: Any, record: dict[str, Any]) -> list[panels.Panel]:
    place = [
        {"label": _("Object"), "cell": _named(visit, shown.resource)},
        {"label": _("Resource"), "cell": cells.mono(shown.resource, copyable=True)},
        {"label": _("Access key"), "cell": cells.mono(shown.access_key_id)},
        {"label": _("Event id"), "cell": cells.mono(shown.event_id, copyable=True)},
        {"label": _("Place in the chain"), "cell": cells.text(shown.sequence)},
        {"label": _("Digest"), "cell": cells.mono(shown.digest)},
        {"label": _("Digest before"), "cell": cells.mono(shown.previous)},
    ]
    return [
        {"title": _("Where it stands"), "pairs": place},
        {"title": _("The record"), "code": orjson.dumps(record, option=orjson.OPT_INDENT_2).decode()},
    ]


def _difference(visit: Visit, shown: Any, record: dict[str, Any]) -> dict[str, Any] | None:
    """What was sent this time against the last time that it succeeded on the same object under the same names."""
    if shown.error_code or not shown.resource or shown.resource == "*" or record.get("readOnly"):
        return None
    earlier = visit.run(
        "iamconsole:LookupAuditEvents",
        event_name=shown.event_name,
        resource=shown.resource,
        outcome="Succeeded",
        until=shown.event_time,
        max_items=LOOKED_BACK,
    ).events
    before = next((each for each in earlier if each.sequence < shown.sequence and _same(each, record)), None)
    if before is None:
        return None
    old = json.loads(before.cloud_trail_event)["requestParameters"]
    label = _("%(name)s before, record %(place)d") % {"name": before.event_name, "place": before.sequence}
    return {
        "old_label": label,
        "new_label": _("this record"),
        "diff_lines": unified(_text(old), _text(record["requestParameters"])),
    }


def _same(other: Any, record: dict[str, Any]) -> bool:
    """Whether both are about the same thing: what is named `…Name` or `…Arn` agrees."""
    old, new = json.loads(other.cloud_trail_event).get("requestParameters"), record.get("requestParameters")
    return bool(old and new) and _names(old) == _names(new)


def _names(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name.endswith(("Name", "Arn", "Id"))}


def _text(members: dict[str, Any]) -> str:
    """The parameters as JSON, policy documents laid out."""
    return orjson.dumps({name: _opened(value) for name, value in members.items()}, option=orjson.OPT_INDENT_2).decode()


def _opened(value: Any) -> Any:
    if not (isinstance(value, str) and value.lstrip().startswith("{")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
