"""States of rotations as the console says them, and where the pages are."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.rotation.deliveries import TABLE
from accounts.rotation.states import State
from iamconsole.interfaces.console import cells

LABELS: Final[dict[str, tuple[Any, str]]] = {
    State.DUE: (_("Due"), "info"),
    State.BLOCKED: (_("Blocked"), "bad"),
    State.DELIVERING: (_("New key waits to arrive"), "info"),
    State.DELIVERED: (_("New key arrived"), "info"),
    State.IN_USE: (_("New key in use"), "info"),
    State.QUIESCED: (_("Old key inactive"), "warn"),
    State.DONE: (_("Done"), "ok"),
    State.ROLLING_BACK: (_("Rolling back"), "warn"),
    State.ROLLED_BACK: (_("Rolled back"), "neutral"),
    State.CANCELLED: (_("Cancelled"), "neutral"),
}


def state_badge(state: str, *, paused: bool = False) -> cells.Cell:
    """The state in its tone; a paused rotation says so first."""
    label, tone = LABELS[state]
    return cells.badge(_("Paused"), "warn", note=label) if paused else cells.badge(label, tone)


def delivery(kind: str) -> str:
    """How a new key reaches whoever uses the old one."""
    return TABLE[kind].title if kind in TABLE else kind


def due(moment: datetime | None, now: datetime) -> cells.Cell:
    """When a key is to be replaced; a moment that has passed is no time to wait for but one to have acted by."""
    if moment is not None and moment < now:
        return cells.badge(_("Overdue"), "warn") | {"since": moment}
    return cells.time(moment, empty=_("Not scheduled"))


def rotation_url(rotation_id: str) -> str:
    return reverse("console:rotation", args=[rotation_id])


def schedule_url(**target: str | None) -> str:
    """The form of the schedule for one target, or of the account's default."""
    query = urlencode({name: value for name, value in target.items() if value})
    return f"{reverse('console:rotation-schedule')}?{query}".rstrip("?")


def crumbs(*last: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"label": _("Access management")}, {"label": _("Key rotation"), "url": reverse("console:rotations")}, *last]
