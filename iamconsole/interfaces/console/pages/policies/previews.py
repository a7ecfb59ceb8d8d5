"""What a change would change, shown (templates/console/_preview.html)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.policies.views import Sheet
from iamconsole.interfaces.console.visit import Visit, page_of
from iamconsole.kernel.errors import Fault, NoSuchEntity

PREVIEW = "iamconsole:PreviewPolicyChange"
LOSES, GAINS = "Loses", "Gains"
SHOWN = 100  # changes that a page lists
MINUS = "\N{MINUS SIGN}"
NAMED = 5  # principals named beside a number
NOTHING = _("Nobody gains or loses anything by it.")
COLUMNS = (
    {"label": _("Who")},
    {"label": _("Change")},
    {"label": _("Action")},
    {"label": _("On")},
    {"label": _("Last used or refused")},
)


def policy_preview(visit: Visit, arn: str) -> HttpResponse:
    """Answer the editor with what publishing the text would change; nothing is stored."""
    if not visit.posting:
        raise NoSuchEntity(_("There is no page at this address."))
    shown = of_change(visit, arn, policy_document=Sheet.sent(visit).text)
    return TemplateResponse(visit.request, "console/_preview.html", {"preview": shown | {"brief": True}})


def of_change(visit: Visit, arn: str, **change: Any) -> dict[str, Any]:
    """What a change of a policy would change, or why that cannot be told."""
    if refused := visit.refusal(PREVIEW, policy_arn=arn):
        return {"unknown": refused}
    try:
        made = visit.run(PREVIEW, policy_arn=arn, **change)
    except Fault as fault:
        return {"unknown": fault.message}
    losing = [each for each in made.changes if each.effect == LOSES]
    used = _names(each for each in losing if each.last_used)
    unused = [each for each in _names(losing) if each not in used]
    gaining = _names(each for each in made.changes if each.effect == GAINS)
    return {
        "counts": [
            _count(MINUS, made.losing_used, used, lose_used(made.losing_used), "bad"),
            _count(MINUS, made.losing - made.losing_used, unused, lose(made.losing - made.losing_used), "warn"),
            _count("+", made.gaining, gaining, gain(made.gaining), "info"),
        ],
        "columns": COLUMNS,
        "rows": [{"cells": _cells(each)} for each in made.changes[:SHOWN]],
        "more": max(0, len(made.changes) - SHOWN),
        "principals": made.principals,
        "examined": made.examined,
        "nothing": "" if made.changes else NOTHING,
        "questions": made.questions,
        "complete": made.is_complete,
    }


def lose_used(number: int) -> str:
    return ngettext("user or role loses what was used", "users and roles lose what they used", number)


def lose(number: int) -> str:
    return ngettext("loses only what was not used", "lose only what they did not use", number)


def gain(number: int) -> str:
    return ngettext("gains something", "gain something", number)


def _count(sign: str, number: int, who: list[str], text: str, tone: str) -> dict[str, Any]:
    return {
        "badge": f"{sign} {number}",
        "tone": tone if number else "",
        "text": text,
        "who": [{"label": _short(arn), "url": _page(arn)} for arn in who[:NAMED]],
        "others": max(0, number - NAMED) if who else 0,
    }


def _names(changes: Any) -> list[str]:
    return list(dict.fromkeys(each.principal for each in changes))


def _short(arn: str) -> str:
    return arn.rpartition("/")[2] or arn


def _page(arn: str) -> str:
    kind = "role" if ":role/" in arn else "user"
    return page_of(kind, _short(arn))


def _cells(each: Any) -> list[cells.Cell]:
    loses = each.effect == LOSES
    given = "; ".join(f"{entry.key}: {', '.join(entry.values)}" for entry in each.circumstances)
    return [
        cells.link(_short(each.principal), _page(each.principal)),
        cells.badge(_("Loses") if loses else _("Gains"), ("bad" if each.last_used else "warn") if loses else "info"),
        cells.mono(each.action),
        cells.mono(each.resource) | {"note": _("where %(keys)s") % {"keys": given} if given else ""},
        cells.time(each.last_used or each.last_refused, empty=_("not used"))
        | ({"note": _("refused")} if each.last_refused else {}),
    ]
