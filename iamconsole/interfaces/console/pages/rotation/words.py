"""States of rotations as the console says them, and where the pages are."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

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


def rotation_url(rotation_id: str) -> str:
    return reverse("console:rotation", args=[rotation_id])


def schedule_url(**target: str | None) -> str:
    """The form of the schedule for one target, or of the account's default."""
    query = urlencode({name: value for name, value in target.items() if value})
    return f"{reverse('console:rotation-schedule')}?{query}".rstrip("?")


def crumbs(*last: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"label": _("Access management")}, {"label": _("Key rotation"), "url": reverse("console:rotations")}, *last]
