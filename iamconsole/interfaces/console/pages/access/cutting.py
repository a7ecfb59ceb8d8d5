"""Policies that the simulator left out, each with the page on which it is taken off for real."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.pages.access.asked import BOUNDARY
from iamconsole.interfaces.console.visit import Visit


def label(left_out: str) -> Any:
    """The name of what was left out, as `Asked.left_out` says it."""
    return _("Permissions boundary") if left_out == BOUNDARY else left_out.rpartition("/")[2].replace(" ", " / ")


def cuts(visit: Visit, left_out: Iterable[str]) -> list[dict[str, Any]]:
    """What was left out and the control that takes it off; a boundary, which would widen access, has none."""
    return [{"label": label(each), "action": _control(visit, each)} for each in left_out]


def _control(visit: Visit, left_out: str) -> dict[str, Any] | None:
    if addresses.MANAGED.fullmatch(left_out):
        there = cells.action(_("Where it is attached"), reverse("console:policy-entities", args=[left_out]))
        return visit.offer(there, "iam:GetPolicy", "iam:ListEntitiesForPolicy", policy_arn=left_out)
    holder, _space, name = left_out.partition(" ")
    held = addresses.entity(holder, visit.call.account_id)
    if held is None:
        return None
    kind, entity = held
    there = cells.action(_("Remove it"), f"{kind.url(entity, 'inline-delete')}?{urlencode({'policy': name})}")
    return visit.offer(there, kind.action("Delete{}Policy"), **kind.named(entity))
