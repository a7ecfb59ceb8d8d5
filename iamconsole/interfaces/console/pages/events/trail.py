"""Whether the trail still says what was written: up to where, and when that was looked at last."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.visit import Visit


def state(visit: Visit) -> dict[str, Any] | None:
    """The state of the chain (_trail.html), and the button that verifies it; None for whoever may not ask."""
    return None if visit.refusal("iamconsole:GetAuditTrail") else _state(visit)


def _state(visit: Visit) -> dict[str, Any]:
    found = visit.run("iamconsole:GetAuditTrail")
    verify = cells.post(_("Verify now"), reverse("console:events-verify"))
    panel = {
        "title": _("The chain"),
        "note": _("every record carries the digest of the one before"),
        "actions": [] if found.running else [visit.offer(verify, "iamconsole:VerifyAuditTrail")],
        "pairs": _pairs(found),
    }
    if not found.running:
        return {"panel": panel}
    return {"panel": panel, "progress": _progress(found.running), "poll_url": reverse("console:events-trail")}


def _pairs(found: Any) -> list[dict[str, Any]]:
    last = found.verification
    signed = _("record %(number)d") % {"number": found.checkpoint} if found.checkpoint else ""
    pairs = [
        {"label": _("Newest record"), "cell": cells.text(found.records)},
        {
            "label": _("Signed up to"),
            "cell": cells.text(signed, empty=_("nothing yet: a checkpoint closes every quarter of an hour")),
        },
        {"label": _("Verified"), "cell": cells.time(last.verified if last else None)},
    ]
    return [*pairs, {"label": _("Result"), "cell": _result(last)}] if last else pairs


def _progress(running: Any) -> dict[str, Any]:
    """How far the verification is that runs; it may come past what there was when it began."""
    total = max(running.total, running.records, 1)
    said = (
        _("Verifying: %(done)s of %(total)s records")
        if running.records
        else _("Waiting for a worker: %(total)s records")
    )
    return {
        "done": running.records,
        "total": total,
        "text": said % {"done": f"{running.records:,}", "total": f"{total:,}"},
    }


def _result(last: Any) -> cells.Cell:
    if last.intact:
        said = _("Intact: records %(first)d to %(last)d") % {"first": last.first, "last": last.last}
        return cells.badge(said, "ok", icon="shield-check", note="; ".join(last.notices))
    return cells.badge(_("Broken at record %(at)d") % {"at": last.broken_at}, "bad", icon="shield-alert") | {
        "note": last.reason
    }


def shown(visit: Visit) -> HttpResponse:
    """The state as of now: the page asks again and again while a verification runs."""
    return visit.fragment("_trail", {"trail": _state(visit), "announce": True})


def verify(visit: Visit) -> HttpResponse:
    """Have the chain verified, then show how it ended, or how far it is."""
    there = reverse("console:events")
    if not visit.posting:
        return visit.redirect(there)
    found = visit.run("iamconsole:VerifyAuditTrail")
    if found.intact is None:
        return visit.redirect(f"{there}#trail", _("The chain is being verified. The page shows how far it is."))
    if found.intact:
        said = _("The chain is intact: %(count)d records, %(signed)d signed checkpoints.")
        return visit.redirect(there, said % {"count": found.records, "signed": found.checkpoints})
    broken = _("The chain is broken at record %(at)d: %(why)s")
    return visit.redirect(there, broken % {"at": found.broken_at, "why": found.reason}, level=messages.ERROR)
