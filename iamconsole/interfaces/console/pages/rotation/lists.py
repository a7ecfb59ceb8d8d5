"""The lists of key rotation: what is under way, every key by its age, and the schedules."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.rotation import console as rotation
from accounts.rotation import shapes
from iamconsole.interfaces.console import cells, listing
from iamconsole.interfaces.console.durations import length
from iamconsole.interfaces.console.pages.rotation import words
from iamconsole.interfaces.console.pages.users import credentials_tab
from iamconsole.interfaces.console.visit import Visit

ANY_USER = {"user_name": "-"}


def rotations_list(visit: Visit) -> HttpResponse:
    return listing.show(visit, ROTATIONS)


def keys_list(visit: Visit) -> HttpResponse:
    visit.demand("iam:ListAccessKeys", **ANY_USER)
    return listing.show(visit, KEYS)


def _controls(visit: Visit) -> list[dict[str, Any]]:
    keys = cells.action(_("Keys by age"), reverse("console:rotation-keys"), icon="key-round")
    return [visit.offer(keys, "iam:ListAccessKeys", **ANY_USER), *_schedules_control(visit)]


def _schedules_control(visit: Visit) -> list[dict[str, Any]]:
    schedules = cells.action(_("Schedules"), reverse("console:rotation-schedules"), icon="calendar-clock")
    return [visit.offer(schedules, "iamconsole:ListRotationSchedules")]


def _rotation_cells(row: shapes.KeyRotation, _visit: Visit) -> list[cells.Cell]:
    return [
        cells.mono(row.access_key_id, url=words.rotation_url(row.rotation_id)),
        cells.link(row.user_name, credentials_tab.url(row.user_name)),
        words.state_badge(row.state, paused=row.paused and not row.end_date),
        cells.text(row.waits_for or row.note),
        cells.time(row.state_date),
    ]


def _no_rotations(visit: Visit) -> dict[str, Any]:
    return {
        "title": _("No key was rotated yet"),
        "text": _("A schedule has keys replaced before they get too old, and no call fails meanwhile."),
        "icon": "refresh-cw",
        "action": put_control(visit),
    }


def put_control(visit: Visit) -> dict[str, Any]:
    """A button to the form of the account's default schedule."""
    button = cells.action(_("Schedule for the account"), words.schedule_url(), tone="primary", icon="calendar-plus")
    return visit.offer(button, "iamconsole:PutRotationSchedule", **ANY_USER)


ROTATIONS = listing.Listing(
    url="rotations",
    title=_("Key rotation"),
    counted=lambda count: ngettext("%(count)d rotation", "%(count)d rotations", count) % {"count": count},
    action="iamconsole:ListKeyRotations",
    find=rotation.find_rotations,
    columns=(
        listing.Column(_("Key")),
        listing.Column(_("User"), "user"),
        listing.Column(_("State"), "state"),
        listing.Column(_("Waits for")),
        listing.Column(_("Since"), "started"),
    ),
    cells=_rotation_cells,
    key=lambda row: row.rotation_id,
    placeholder=_("User or key ID"),
    empty=_no_rotations,
    filters=(("open", _("Under way")), ("blocked", _("Blocked")), ("ended", _("Ended"))),
    controls=_controls,
    order="started",
)


def _key_cells(row: rotation.KeyRow, visit: Visit) -> list[cells.Cell]:
    age = (visit.call.time - row.created).days
    under_way = row.rotation
    rotate = cells.action(_("Rotate"), reverse("console:rotation-start", args=[row.user_name, row.id]))
    return [
        cells.mono(row.id),
        cells.link(row.user_name, credentials_tab.url(row.user_name)),
        cells.age(age) if row.active else cells.badge(_("Inactive"), "neutral"),
        cells.time(row.used) | {"note": row.used_by},
        words.due(row.due, visit.call.time),
        cells.link(words.LABELS[under_way.state][0], words.rotation_url(under_way.pk))
        if under_way
        else cells.actions(rotate if row.active else None),
    ]


KEYS = listing.Listing(
    url="rotation-keys",
    title=_("Keys by age"),
    counted=lambda count: ngettext("%(count)d key", "%(count)d keys", count) % {"count": count},
    action="iamconsole:ListKeyRotations",
    find=rotation.find_keys,
    columns=(
        listing.Column(_("Key")),
        listing.Column(_("User"), "user"),
        listing.Column(_("Age"), "age"),
        listing.Column(_("Last used"), "used"),
        listing.Column(_("To be replaced")),
        listing.Column(_("Rotation")),
    ),
    cells=_key_cells,
    key=lambda row: row.id,
    placeholder=_("User or key ID"),
    empty=lambda _visit: {
        "title": _("No access keys"),
        "text": _("A program that has one shows here with its age. A role's temporary credentials need no rotation."),
        "icon": "key-round",
        "action": cells.action(_("Users"), reverse("console:users"), icon="user"),
    },
    filters=(("old", _("Over 90 days")), ("unscheduled", _("Without a schedule")), ("rotating", _("Being replaced"))),
    order="age",
    controls=_schedules_control,
    crumbs=({"label": _("Access management")}, {"label": _("Key rotation"), "url": reverse_lazy("console:rotations")}),
)


def schedules_list(visit: Visit) -> HttpResponse:
    """Every schedule, the account's default first."""
    found = visit.all("iamconsole:ListRotationSchedules")
    panel = {
        "title": _("Schedules"),
        "note": len(found) or "",
        "text": _("The most specific one counts: that of a key, then a user's, then a group's, then the account's."),
        "columns": [
            {"label": _("For")},
            {"label": _("Replaced after")},
            {"label": _("Both work for at least")},
            {"label": _("Quiet for")},
            {"label": _("Delivery")},
        ],
        "rows": [_schedule_row(schedule) for schedule in found],
        "actions": [put_control(visit)],
        "empty": {
            "title": _("No schedules"),
            "text": _("A schedule replaces keys before they get too old, and waits until the old one is quiet."),
            "icon": "calendar-clock",
        },
    }
    title = _("Rotation schedules")
    return visit.page("detail", {"title": title, "breadcrumbs": words.crumbs({"label": title}), "panels": [panel]})


def _schedule_row(schedule: Any) -> dict[str, Any]:
    target = {
        "user_name": schedule.user_name,
        "group_name": schedule.group_name,
        "access_key_id": schedule.access_key_id,
    }
    named = next((value for value in target.values() if value), _("The account"))
    days = ngettext("%(n)d day", "%(n)d days", schedule.max_age_days) % {"n": schedule.max_age_days}
    return {
        "cells": [
            cells.link(named, words.schedule_url(**target), note=_kind(schedule)),
            cells.badge(_("Paused"), "warn", note=days) if schedule.paused else cells.text(days),
            cells.text(length(schedule.overlap_seconds)),
            cells.text(length(schedule.quiet_seconds)),
            cells.text(words.delivery(schedule.delivery_kind)),
        ]
    }


def _kind(schedule: Any) -> Any:
    if schedule.user_name:
        return _("User")
    if schedule.group_name:
        return _("User group")
    return _("Key") if schedule.access_key_id else ""
