"""What a change would change, shown (templates/console/_preview.html)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.policies.views import Sheet
from iamconsole.interfaces.console.visit import Item, Visit, page_of
from iamconsole.kernel.errors import Fault, NoSuchEntity
from iamconsole.runtime.previews.shapes import ACTIONS as PLANNED
from iamconsole.runtime.previews.shapes import MOST as MOST_PLANNED
from iamconsole.runtime.previews.shapes import TRUST, PlannedChange

PREVIEW = "iamconsole:PreviewPolicyChange"
OF_OPERATIONS = "iamconsole:PreviewAccessChange"
SAVING = _("What saving changes")
DOING = _("What this changes for whom")
LOSES, GAINS = "Loses", "Gains"
SHOWN = 100  # changes that a page lists
MINUS = "\N{MINUS SIGN}"
NAMED = 5  # principals named beside a number
OUTSIDE = _("outside of this account")
NOTHING = _("Nobody gains or loses anything by it.")
ON = {"label": _("On")}
COLUMNS = (
    {"label": _("Who")},
    {"label": _("Change")},
    {"label": _("Action")},
    ON,
    {"label": _("Last used or refused")},
)


def lose_used(number: int) -> str:
    return ngettext("user or role loses what was used", "users and roles lose what they used", number)


def lose(number: int) -> str:
    return ngettext("loses only what was not used", "lose only what they did not use", number)


def gain(number: int) -> str:
    return ngettext("gains something", "gain something", number)


class Words(NamedTuple):
    """How so many are spoken of who lose what they used, what they did not, and who gain; and each change in a row."""

    lose_used: Callable[[int], Any]
    lose: Callable[[int], Any]
    gain: Callable[[int], Any]
    columns: tuple[dict[str, Any], ...]
    cells: Callable[[Any], list[cells.Cell]]


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
    return _told(visit, PREVIEW, WORDS, policy_arn=arn, **change)


def can_tell(items: Sequence[Item]) -> bool:
    """Whether everything that operations do can be previewed."""
    return 0 < len(items) <= MOST_PLANNED and all(action in PLANNED for action, _members in items)


def of_items(visit: Visit, items: Sequence[Item]) -> dict[str, Any]:
    """What operations would change that are not run yet, or why that cannot be told; `fault` is what they lack."""
    changes = [{"action": action, **members} for action, members in items]
    known = [PlannedChange.model_construct(**change) for change in changes]
    if refused := visit.refusal(OF_OPERATIONS, changes=known):
        return {"unknown": refused}
    words = TRUST_WORDS if items[0][0] == TRUST else WORDS
    return _told(visit, OF_OPERATIONS, words, changes=changes)


def _told(visit: Visit, preview: str, words: Words, **members: Any) -> dict[str, Any]:
    try:
        made = visit.run(preview, **members)
    except Fault as fault:
        return {"unknown": fault.message, "fault": fault}
    losing = [each for each in made.changes if each.effect == LOSES]
    used = _names(each for each in losing if each.last_used)
    unused = [each for each in _names(losing) if each not in used]
    gaining = _names(each for each in made.changes if each.effect == GAINS)
    rest = made.losing - made.losing_used
    return {
        "lockouts": [each.message for each in made.lockouts],
        "counts": [
            _count(MINUS, made.losing_used, used, words.lose_used(made.losing_used), "bad"),
            _count(MINUS, rest, unused, words.lose(rest), "warn"),
            _count("+", made.gaining, gaining, words.gain(made.gaining), "info"),
        ],
        "columns": words.columns,
        "rows": [{"cells": words.cells(each)} for each in made.changes[:SHOWN]],
        "more": max(0, len(made.changes) - SHOWN),
        "principals": made.principals,
        "examined": made.examined,
        "nothing": "" if made.changes else NOTHING,
        "questions": made.questions,
        "complete": made.is_complete,
    }


def _count(sign: str, number: int, who: list[Who], text: str, tone: str) -> dict[str, Any]:
    return {
        "badge": f"{sign} {number}",
        "tone": tone if number else "",
        "text": text,
        "who": [{"label": one.label, "url": one.url} for one in who[:NAMED]],
        "others": max(0, number - NAMED) if who else 0,
    }


class Who(NamedTuple):
    """A principal as it is shown: one of the account by its name, others as the policy names them."""

    arn: str
    is_outside: bool

    @property
    def label(self) -> str:
        return self.arn if self.is_outside else self.arn.rpartition("/")[2] or self.arn

    @property
    def url(self) -> str:
        kind = "role" if ":role/" in self.arn else "user"
        return "" if self.is_outside or ":sts:" in self.arn else page_of(kind, self.label)


def _names(changes: Any) -> list[Who]:
    return list(dict.fromkeys(_who(each) for each in changes))


def _who(change: Any) -> Who:
    return Who(change.principal, change.is_outside)


def _cells(each: Any) -> list[cells.Cell]:
    who, change, last = _always(each)
    return [who, change, cells.mono(each.action), cells.mono(each.resource) | {"note": _given(each)}, last]


def _role_cells(each: Any) -> list[cells.Cell]:
    """The same where all that is asked for is the role."""
    who, change, last = _always(each)
    return [who, change, cells.mono(each.action) | {"note": _given(each)}, last]


def _always(each: Any) -> tuple[cells.Cell, cells.Cell, cells.Cell]:
    loses, who = each.effect == LOSES, _who(each)
    return (
        cells.link(who.label, who.url) if who.url else cells.mono(who.label) | {"note": OUTSIDE},
        cells.badge(_("Loses") if loses else _("Gains"), ("bad" if each.last_used else "warn") if loses else "info"),
        cells.time(each.last_used or each.last_refused, empty=_("not used"))
        | ({"note": _("refused")} if each.last_refused else {}),
    )


def _given(each: Any) -> Any:
    """The circumstances of a change."""
    given = "; ".join(f"{entry.key}: {', '.join(entry.values)}" for entry in each.circumstances)
    return _("where %(keys)s") % {"keys": given} if given else ""


WORDS = Words(lose_used, lose, gain, COLUMNS, _cells)
TRUST_WORDS = Words(
    lambda _number: _("can no longer assume the role, and did so lately"),
    lambda _number: _("can no longer assume the role"),
    lambda _number: _("could assume the role"),
    tuple(column for column in COLUMNS if column is not ON),
    _role_cells,
)
