"""Table cells and facts as the templates take them (templates/console/_cell.html)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

Cell = dict[str, Any]
NONE, NO_KEYS = _("None"), _("No keys")
ROTATE_AFTER, WARN_AFTER = 90, 75  # days


def text(value: Any, *, note: Any = "", empty: Any = "", muted: bool = False) -> Cell:
    return {"value": value, "note": note, "empty": empty, "muted": muted}


def link(value: Any, url: str, *, note: Any = "") -> Cell:
    return {"kind": "link", "value": value, "url": url, "note": note}


def mono(value: Any, *, url: str = "", detail: Any = "", copyable: bool = False) -> Cell:
    return {"kind": "mono", "value": value, "url": url, "detail": detail, "copyable": copyable}


def chips(entries: Sequence[Any], *, empty: Any = NONE, limit: int = 3) -> Cell:
    return {"kind": "chips", "entries": entries, "empty": empty, "limit": limit}


def badge(value: Any, tone: str = "", *, icon: str = "", note: Any = "", url: str = "") -> Cell:
    return {"kind": "badge", "value": value, "tone": tone, "icon": icon, "note": note, "url": url}


def time(value: datetime | None, *, empty: Any = "", absolute: bool = False) -> Cell:
    return {"kind": "time", "value": value, "empty": empty, "absolute": absolute}


def yesno(value: bool) -> Cell:
    return {"kind": "yesno", "value": value}


def chain(*entries: tuple[Any, str]) -> Cell:
    return {"kind": "chain", "entries": [{"label": label, "url": url} for label, url in entries]}


def actions(*entries: dict[str, Any] | None) -> Cell:
    """Links and POST buttons; None stands for an action that is not offered."""
    return {"kind": "actions", "entries": [entry for entry in entries if entry], "empty": " "}


def age(days: int | None, *, empty: Any = NO_KEYS) -> Cell:
    """How old the oldest active key is, warning as the time to rotate comes near."""
    if days is None:
        return text("", empty=empty)
    said = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    if days <= WARN_AFTER:
        return text(said)
    return badge(said, "bad" if days > ROTATE_AFTER else "warn")


def action(label: Any, url: str, **rest: Any) -> dict[str, Any]:
    """A button that leads somewhere (templates/console/_action.html)."""
    return {"label": label, "url": url, **rest}


def post(label: Any, url: str, *, tone: str = "", **fields: Any) -> dict[str, Any]:
    """A button that posts `fields`."""
    sent = [{"name": name, "value": value} for name, value in fields.items()]
    return {"label": label, "url": url, "method": "post", "fields": sent, "tone": tone}
