"""The cards of the dashboard that say how what runs by itself is doing: a badge, a sentence, a link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rotation import console as rotation
from iamconsole.interfaces.console.pages.replication import words
from iamconsole.interfaces.console.templatetags.console_format import relative_time
from iamconsole.interfaces.console.visit import Visit

Card = dict[str, Any]
SEVERITY = ("down", words.STUCK, "behind", "new")


def cards(visit: Visit) -> list[Card]:
    """The cards that the principal may see, of what there is."""
    return [card for build in CARDS if (card := build(visit))]


def _card(label: Any, tone: str, icon: str, text: Any, url: str, note: Any = "") -> Card:
    return {"badge": {"label": label, "tone": tone, "icon": icon}, "text": text, "url": url, "note": note}


def _chain(visit: Visit) -> Card | None:
    """How the audit trail was verified last."""
    if visit.refusal("iamconsole:GetAuditTrail"):
        return None
    last = visit.run("iamconsole:GetAuditTrail").verification
    text, there = _("Audit trail"), reverse("console:events")
    if last is None:
        return _card(_("Not verified"), "neutral", "circle-dashed", text, there)
    if not last.intact:
        return _card(_("Broken"), "bad", "shield-alert", text, there)
    return _card(_("Intact"), "ok", "shield-check", text, there, relative_time(last.verified))


def _replication(visit: Visit) -> Card | None:
    """How many regions are behind, and by how much at most; None where there is but one."""
    if visit.refusal("iamconsole:ListRegions"):
        return None
    regions = visit.run("iamconsole:ListRegions").regions
    if len(regions) == 1:
        return None
    there, lags = reverse("console:replication"), [each.lag_milliseconds for each in regions]
    behind = [each for each in regions if not words.is_well(each)]
    if not behind:
        text = _("%(all)d regions") % {"all": len(regions)}
        note = _("%(lag)s behind") % {"lag": words.length(max(lags))} if max(lags) else ""
        return _card(_("In sync"), "ok", "check", text, there, note)
    worst = min(behind, key=lambda each: SEVERITY.index(words.condition(each)))
    label, tone, icon = words.LABELS[words.condition(worst)]
    text = ngettext("%(n)d of %(all)d regions is behind", "%(n)d of %(all)d regions are behind", len(behind)) % {
        "n": len(behind),
        "all": len(regions),
    }
    return _card(label, tone, icon, text, there, words.length(max(lags)) if max(lags) else "")


def _rotation(visit: Visit) -> Card | None:
    """What key rotation waits for somebody to do, else what is under way, else what comes next."""
    if visit.refusal("iamconsole:ListKeyRotations"):
        return None
    found, there = rotation.standing(visit.call.account_id, now=visit.call.time), reverse("console:rotations")
    soon = ngettext("%(n)d due this week", "%(n)d due this week", found.due) % {"n": found.due} if found.due else ""
    if found.stuck:
        text = ngettext("%(n)d key rotation needs you", "%(n)d key rotations need you", found.stuck)
        return _card(_("Held up"), "bad", "triangle-alert", text % {"n": found.stuck}, f"{there}?filter=open", soon)
    if found.open:
        text = ngettext("%(n)d key is being replaced", "%(n)d keys are being replaced", found.open)
        return _card(_("Under way"), "info", "refresh-cw", text % {"n": found.open}, f"{there}?filter=open", soon)
    if found.due:
        text = ngettext("%(n)d key is replaced this week", "%(n)d keys are replaced this week", found.due)
        return _card(_("Due"), "warn", "clock", text % {"n": found.due}, there)
    if found.scheduled:
        return _card(_("On schedule"), "ok", "check", _("No key is due this week"), there)
    return _card(_("Off"), "neutral", "circle-dashed", _("No key is replaced by itself"), there)


CARDS: tuple[Callable[[Visit], Card | None], ...] = (_chain, _replication, _rotation)
