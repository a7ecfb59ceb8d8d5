"""Whether the trail still says what was written: up to where, and when that was looked at last."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.visit import Visit


def panel(visit: Visit) -> dict[str, Any] | None:
    """The state of the chain, and the button that verifies it; None for whoever may not ask."""
    if visit.refusal("iamconsole:GetAuditTrail"):
        return None
    found = visit.run("iamconsole:GetAuditTrail")
    last = found.verification
    verify = cells.post(_("Verify now"), reverse("console:events-verify"))
    pairs = [
        {"label": _("Newest record"), "cell": cells.text(found.records)},
        {
            "label": _("Signed up to"),
            "cell": cells.text(
                _("record %(number)d") % {"number": found.checkpoint} if found.checkpoint else "",
                empty=_("nothing yet: a checkpoint closes every quarter of an hour"),
            ),
        },
        {"label": _("Verified"), "cell": cells.time(last.verified if last else None)},
    ]
    if last:
        pairs.append({"label": _("Result"), "cell": _result(last)})
    return {
        "title": _("The chain"),
        "note": _("every record carries the digest of the one before"),
        "actions": [visit.offer(verify, "iamconsole:VerifyAuditTrail")],
        "pairs": pairs,
    }


def _result(last: Any) -> cells.Cell:
    if last.intact:
        said = _("Intact: records %(first)d to %(last)d") % {"first": last.first, "last": last.last}
        return cells.badge(said, "ok", icon="shield-check", note="; ".join(last.notices))
    return cells.badge(_("Broken at record %(at)d") % {"at": last.broken_at}, "bad", icon="shield-alert") | {
        "note": last.reason
    }


def verify(visit: Visit) -> HttpResponse:
    """Verify the chain, then show how it ended."""
    there = reverse("console:events")
    if not visit.posting:
        return visit.redirect(there)
    found = visit.run("iamconsole:VerifyAuditTrail")
    if found.intact:
        said = _("The chain is intact: %(count)d records, %(signed)d signed checkpoints.")
        return visit.redirect(there, said % {"count": found.records, "signed": found.checkpoints})
    broken = _("The chain is broken at record %(at)d: %(why)s")
    return visit.redirect(there, broken % {"at": found.broken_at, "why": found.reason}, level=messages.ERROR)
