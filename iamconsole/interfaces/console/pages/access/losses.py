"""Before a policy, a group or a membership goes: who would lose what he used, the latest first."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.pages.policies import previews
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import Fault

PREVIEW: Final = "iamconsole:PreviewDetachment"
SHOWN: Final = 50
NOTHING: Final = _("Nobody loses anything that was used.")
COLUMNS: Final = (
    {"label": _("Who")},
    {"label": _("Used")},
    {"label": _("On")},
    {"label": _("Last")},
    {"label": _("Afterwards")},
)


def of(visit: Visit, arn: str, **which: str) -> dict[str, Any]:
    """The `preview` of confirm_delete.html; empty for whoever may not ask. `which` policy or member, else all."""
    if visit.refusal(PREVIEW, policy_source_arn=arn, **which):
        return {}
    try:
        told = visit.run(PREVIEW, policy_source_arn=arn, **which)
    except Fault:
        return {}
    people = len({loss.principal for loss in told.losses})
    lifted = ngettext("statement that denies stops binding", "statements that deny stop binding", told.denies_lifted)
    return {
        "counts": [
            _count(previews.MINUS, people, previews.lose_used(people), "bad"),
            _count("+", told.denies_lifted, lifted, "warn"),
        ],
        "nothing": "" if told.losses or told.denies_lifted else NOTHING,
        "columns": COLUMNS,
        "rows": [{"cells": _row(loss, visit.call.account_id)} for loss in told.losses[:SHOWN]],
        "principals": told.principals,
        "examined": told.examined,
    }


def _count(sign: str, number: int, text: str, tone: str) -> dict[str, Any]:
    return {"badge": f"{sign} {number}", "tone": tone if number else "", "text": text}


def _row(loss: Any, account_id: str) -> list[cells.Cell]:
    return [
        cells.link(loss.principal.rpartition("/")[2], addresses.of_entity(loss.principal, account_id)),
        cells.mono(loss.action),
        cells.text(addresses.short(loss.resource or ""), muted=True),
        cells.time(loss.last_accessed),
        cells.badge(_("Lost"), "bad", icon="ban")
        if loss.is_sure
        else cells.badge(_("Only under conditions"), "warn", icon="triangle-alert"),
    ]
