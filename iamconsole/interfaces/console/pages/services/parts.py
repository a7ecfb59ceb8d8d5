"""What a service consists of: actions, resource types and condition keys, each a list with its state in the URL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells, listing
from iamconsole.interfaces.console.pages.services import head
from iamconsole.interfaces.console.visit import Visit
from policies.catalog import AccessLevel

LEVELS = {
    AccessLevel.LIST: "",
    AccessLevel.READ: "",
    AccessLevel.WRITE: "info",
    AccessLevel.TAGGING: "info",
    AccessLevel.PERMISSIONS: "warn",
}
"""Tones: what gives rights away stands out."""
LEVEL_LABELS = {level.value.lower().replace(" ", "-"): _(level.value) for level in AccessLevel}
Find = Callable[..., tuple[list[Any], int, int]]


def show(visit: Visit, service: Any, tab: str) -> HttpResponse:
    """The tab that lists parts of one kind."""
    parts, pattern = {
        head.ACTIONS: (service.actions, ACTIONS),
        head.RESOURCES: (service.resource_types, RESOURCE_TYPES),
        head.CONDITIONS: (service.condition_keys, CONDITION_KEYS),
    }[tab]
    made = replace(
        pattern,
        url=head.url(service.service_prefix, tab),
        find=among(parts),
        cells=lambda part, asker: pattern.cells((service, part), asker),
    )
    return listing.render(visit, made, "service_parts", **head.of(visit, service, tab))


def among(parts: Sequence[Any]) -> Find:
    """How a listing finds its page among parts that are here already."""

    def find(
        _account_id: str,
        *,
        text: str,
        only: str,
        order: str,
        descending: bool,
        offset: int,
        limit: int,
        now: datetime,
    ) -> tuple[list[Any], int, int]:
        wanted = text.strip().lower()
        found = [part for part in parts if wanted in _words(part) and (not only or _level(part) == only)]
        found.sort(key=lambda part: (_level(part) if order == "level" else "", part.name.lower()), reverse=descending)
        return found[offset : offset + limit], len(found), len(parts)

    return find


def _words(part: Any) -> str:
    """What a search looks at."""
    told = (part.name, getattr(part, "description", ""), getattr(part, "arn_template", ""))
    return " ".join(told).lower()


def _level(part: Any) -> str:
    return str(getattr(part, "access_level", "")).lower().replace(" ", "-")


def level(access_level: str) -> cells.Cell:
    return cells.badge(_(access_level), LEVELS[AccessLevel(access_level)])


def action_url(prefix: str, name: str) -> str:
    return reverse("console:service-action", args=[prefix, name])


def _action_cells(given: tuple[Any, Any], _visit: Visit) -> list[cells.Cell]:
    service, action = given
    there = head.url(service.service_prefix, head.RESOURCES)
    kinds = [{"label": kind, "url": f"{there}?q={kind}"} for kind in action.resource_types]
    return [
        cells.link(action.name, action_url(service.service_prefix, action.name), note=action.description),
        level(action.access_level),
        cells.chips(kinds, empty="*"),
        cells.chips(action.condition_keys, limit=2),
    ]


def _type_cells(given: tuple[Any, Any], _visit: Visit) -> list[cells.Cell]:
    _service, kind = given
    return [
        cells.text(kind.name),
        cells.mono(kind.arn_template, copyable=True),
        cells.chips(kind.condition_keys, limit=2),
    ]


def _key_cells(given: tuple[Any, Any], _visit: Visit) -> list[cells.Cell]:
    _service, key = given
    return [
        cells.mono(key.name) | {"note": key.description},
        cells.text(key.type),
        cells.yesno(key.multivalued),
    ]


def _pattern(title: Any, one: str, many: str, none: Any, **rest: Any) -> listing.Listing:
    return listing.Listing(
        url="",
        title=title,
        counted=lambda count: ngettext(one, many, count) % {"count": count},
        action=head.GET,
        find=among(()),
        key=lambda part: part.name,
        empty=lambda _visit: none,
        **rest,
    )


ACTIONS = _pattern(
    _("Actions"),
    "%(count)d action",
    "%(count)d actions",
    {"title": _("No actions"), "icon": "zap"},
    columns=(
        listing.Column(_("Action"), "name"),
        listing.Column(_("Access level"), "level"),
        listing.Column(_("Resource types")),
        listing.Column(_("Condition keys")),
    ),
    cells=_action_cells,
    placeholder=_("Action or what it does"),
    filters=tuple(LEVEL_LABELS.items()),
)
RESOURCE_TYPES = _pattern(
    _("Resource types"),
    "%(count)d resource type",
    "%(count)d resource types",
    {
        "title": _("No resource types"),
        "text": _("Policies can grant its actions on * alone: no ARN narrows them down."),
        "icon": "box",
    },
    columns=(
        listing.Column(_("Resource type"), "name"),
        listing.Column(_("ARN")),
        listing.Column(_("Condition keys")),
    ),
    cells=_type_cells,
    placeholder=_("Resource type or ARN"),
)
CONDITION_KEYS = _pattern(
    _("Condition keys"),
    "%(count)d condition key",
    "%(count)d condition keys",
    {
        "title": _("No condition keys of its own"),
        "text": _("Global keys such as aws:SourceIp count everywhere."),
        "icon": "key-square",
    },
    columns=(
        listing.Column(_("Condition key"), "name"),
        listing.Column(_("Type")),
        listing.Column(_("Several values")),
    ),
    cells=_key_cells,
    placeholder=_("Condition key or what it means"),
)
