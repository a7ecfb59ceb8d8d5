"""What is to be done in an account, and the points that are left of 100 until it is.

Points are simple: a recommendation costs all of its points until nothing of it is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console.pages.recommendations.checks import CHECKS, Check
from iamconsole.interfaces.console.pages.recommendations.findings import Affected, Summary
from iamconsole.interfaces.console.visit import Visit

OFFERED: Final = 2  # buttons of a recommendation
GOOD: Final = 90
FAIR: Final = 60
Found = Sequence[tuple[Check, Affected | None]]


def of(visit: Visit, summary: Summary) -> Found:
    """Every check and what it found; the number of queries does not depend on what that is."""
    return [(check, check.find(visit, summary)) for check in CHECKS]


def shown(visit: Visit, found: Found) -> list[dict[str, Any]]:
    """What is to be done, by risk."""
    return [
        {
            "title": check.title(affected.count),
            "text": check.text,
            "tone": check.tone,
            "icon": check.icon,
            "points": check.points,
            "affected": [{"label": label, "url": url} for label, url in affected.entries],
            "more": affected.count - len(affected.entries) if affected.entries else 0,
            "actions": list(islice(filter(None, (each(visit, affected.count) for each in check.actions)), OFFERED)),
        }
        for check, affected in found
        if affected and affected.count
    ]


def score(found: Found) -> dict[str, Any] | None:
    """The points that are left of 100; None for whoever may not see all that counts."""
    if any(affected is None for _check, affected in found):
        return None
    lost = [check.points for check, affected in found if affected and affected.count and check.points]
    points = 100 - sum(lost)
    if not lost:
        return {"score": points, "tone": "ok", "text": _("Nothing costs points today.")}
    text = ngettext(
        "The first recommendation brings it to %(n)d.", "The first two recommendations bring it to %(n)d.", len(lost)
    ) % {"n": points + sum(lost[:2])}
    return {"score": points, "tone": "ok" if points >= GOOD else "" if points >= FAIR else "bad", "text": text}
