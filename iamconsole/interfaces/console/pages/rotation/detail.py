"""One rotation: how far it has come, what it waits for, who uses its keys, and what can be done about it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.rotation.states import TRACK, State
from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.rotation import words
from iamconsole.interfaces.console.pages.users import credentials_tab
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import InvalidInput

DOES = {
    "pause": ("iamconsole:PauseKeyRotation", {}, _("The rotation is paused.")),
    "resume": ("iamconsole:ResumeKeyRotation", {}, _("The rotation goes on.")),
    "roll-back": ("iamconsole:RollBackKeyRotation", {}, _("The old key works; the new one goes when it is quiet.")),
    "roll-back-now": ("iamconsole:RollBackKeyRotation", {"immediately": True}, _("The rotation was rolled back.")),
}
MET = {State.BLOCKED: State.DUE}  # where a rotation stands that is off the track


def rotation_detail(visit: Visit, rotation_id: str) -> HttpResponse:
    found = visit.run("iamconsole:GetKeyRotation", rotation_id=rotation_id)
    row = found.key_rotation
    context = {
        "title": _("Rotation of %(key)s") % {"key": row.access_key_id},
        "breadcrumbs": words.crumbs({"label": row.access_key_id}),
        "actions": _actions(visit, row),
        "facts": _facts(row),
        "track": _track(row, found.steps),
        "waits_for": row.waits_for or row.note,
        "tone": words.LABELS[row.state][1],
        "panels": [_uses(found), _steps(found)],
    }
    return visit.page("rotation", context)


def _facts(row: Any) -> list[dict[str, Any]]:
    there = credentials_tab.url(row.user_name)
    return [
        {"label": _("User"), "cell": cells.link(row.user_name, there)},
        {"label": _("State"), "cell": words.state_badge(row.state, paused=row.paused and not row.end_date)},
        {"label": _("New key"), "cell": cells.mono(row.new_access_key_id)},
        {"label": _("Delivery"), "cell": cells.text(words.delivery(row.delivery_kind), note=_attempts(row))},
        {"label": _("Nothing to do before"), "cell": cells.time(row.next_date, absolute=True)},
    ]


def _attempts(row: Any) -> Any:
    if not row.last_delivery_error:
        return ""
    told = {"number": row.delivery_attempts, "error": row.last_delivery_error}
    return _("attempt %(number)d failed: %(error)s") % told


def _track(row: Any, steps: list[Any]) -> list[dict[str, Any]]:
    """The way of a rotation, with when each part of it was reached."""
    times = {step.state: step.time for step in steps}
    here = MET.get(row.state, row.state)
    place = TRACK.index(here) if here in TRACK else -1
    return [
        {
            "label": words.LABELS[state][0],
            "time": times.get(state),
            "state": "current" if number == place and not row.end_date else "reached" if state in times else "ahead",
        }
        for number, state in enumerate(TRACK)
    ]


def _actions(visit: Visit, row: Any) -> list[dict[str, Any]]:
    if row.end_date:
        return []
    here = reverse("console:rotation-do", args=[row.rotation_id])
    hold = "resume" if row.paused else "pause"
    back = "roll-back-now" if row.state == State.ROLLING_BACK else "roll-back"
    offered = (
        (hold, _("Resume") if row.paused else _("Pause"), "play" if row.paused else "pause", ""),
        (back, _("Delete the new key now") if back == "roll-back-now" else _("Roll back"), "undo-2", "danger"),
    )
    return [
        visit.offer(
            cells.post(label, here, tone=tone, do=do) | {"icon": icon}, DOES[do][0], rotation_id=row.rotation_id
        )
        for do, label, icon, tone in offered
    ]


def _uses(found: Any) -> panels.Panel:
    return {
        "title": _("Who uses the keys"),
        "note": len(found.key_uses) or "",
        "columns": [
            {"label": _("Key")},
            {"label": _("From")},
            {"label": _("Client")},
            {"label": _("For")},
            {"label": _("Last")},
        ],
        "rows": [_use(found.key_rotation, use) for use in found.key_uses],
        "empty": {
            "title": _("Nobody yet"),
            "text": _("Uses are noted while a key is being replaced, to a few seconds."),
            "icon": "radio",
        },
    }


def _use(row: Any, use: Any) -> dict[str, Any]:
    which = _("new") if use.access_key_id == row.new_access_key_id else _("old")
    refused = _("asked for in vain") if use.refused else ""
    return {
        "cells": [
            cells.badge(which, "ok" if use.access_key_id == row.new_access_key_id else "warn", note=refused),
            cells.mono(use.source_ip),
            cells.text(use.user_agent),
            cells.text(use.service, note=use.region or ""),
            cells.time(use.last_time),
        ]
    }


def _steps(found: Any) -> panels.Panel:
    return {
        "title": _("Steps"),
        "columns": [{"label": _("State")}, {"label": _("What happened")}, {"label": _("By")}, {"label": _("When")}],
        "rows": [
            {
                "cells": [
                    words.state_badge(step.state),
                    cells.text(step.note),
                    cells.mono(step.actor.rpartition(":")[2]),
                    cells.time(step.time, absolute=True),
                ]
            }
            for step in reversed(found.steps)
        ],
    }


def rotation_do(visit: Visit, rotation_id: str) -> HttpResponse:
    """Pause, resume or roll back."""
    there = words.rotation_url(rotation_id)
    if not visit.posting:
        return visit.redirect(there)
    chosen = DOES.get(visit.request.POST.get("do", ""))
    if chosen is None:
        raise InvalidInput("Say what to do with the rotation: pause, resume, roll-back or roll-back-now.")
    action, members, said = chosen
    visit.run(action, rotation_id=rotation_id, **members)
    return visit.redirect(there, said)
