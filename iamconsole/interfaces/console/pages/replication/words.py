"""States of regions as the console says them, and what to do next in each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iamconsole.interfaces.console import cells

STUCK: Final = "stuck"
LABELS: Final[dict[str, tuple[Any, str, str]]] = {
    "home": (gettext_lazy("Home"), "info", "house"),
    "current": (gettext_lazy("Healthy"), "ok", "check"),
    "behind": (gettext_lazy("Catching up"), "warn", "hourglass"),
    "new": (gettext_lazy("Being built"), "info", "hammer"),
    "down": (gettext_lazy("Down"), "bad", "unplug"),
    STUCK: (gettext_lazy("Stuck"), "bad", "octagon-alert"),
}
UNWATCHED: Final = timedelta(minutes=1)
"""After so long without a look, nobody brings regions up to date: the workers look every second."""


def condition(region: Any) -> str:
    """The region's state; one whose changes fail again and again is stuck, not catching up."""
    return STUCK if region.dead_letter and region.state == "behind" else str(region.state)


def badge(region: Any) -> cells.Cell:
    label, tone, icon = LABELS[condition(region)]
    return cells.badge(label, tone, icon=icon)


def is_whole(region: Any) -> bool:
    """Whether the region has everything that home has."""
    return region.position is not None and region.position >= region.head


def is_well(region: Any) -> bool:
    """Whether nobody needs to look at it: what is under way arrives by itself within seconds."""
    return region.state in ("home", "current")


def length(milliseconds: int) -> str:
    """A length of time in its largest unit: `40 ms`, `2.5 s`, `3 min`, `2 h`, `4 d`."""
    if milliseconds < 1000:
        return _("%(n)d ms") % {"n": milliseconds}
    seconds = milliseconds / 1000
    if seconds < 120:
        return _("%(n)s s") % {"n": f"{seconds:.1f}".removesuffix(".0")}
    if seconds < 7200:
        return _("%(n)d min") % {"n": seconds // 60}
    if seconds < 172_800:
        return _("%(n)d h") % {"n": seconds // 3600}
    return _("%(n)d d") % {"n": seconds // 86_400}


def summary(regions: list[Any]) -> str:
    """How all of them fare, in a sentence that changes only when that does: it is read out."""
    well = sum(map(is_well, regions))
    if well == len(regions):
        return _("All %(all)d regions are up to date.") % {"all": len(regions)}
    rest = [f"{each.region_name}: {LABELS[condition(each)][0]}" for each in regions if not is_well(each)]
    said = ngettext("%(well)d of %(all)d regions is up to date.", "%(well)d of %(all)d regions are up to date.", well)
    return f"{said % {'well': well, 'all': len(regions)}} {', '.join(rest)}."


def unwatched(polled: datetime | None, now: datetime) -> str:
    """Why nothing will arrive anywhere; empty while workers look."""
    if polled is None:
        return _("No worker has looked at the regions yet. Changes reach them once one runs.")
    if now - polled > UNWATCHED:
        return _("No worker looks at the regions any more: changes do not reach them. Start the workers again.")
    return ""


def advice(region: Any) -> dict[str, Any] | None:
    """What to do about a region, and the command for it; None where there is nothing to do."""
    name = region.region_name
    text, command = "", ""
    match condition(region):
        case "down":
            text = _(
                "Its store does not answer. Start that Redis again, or mend its address in IAM_REGIONS. The region "
                "decides from memory for five seconds, then it allows nothing. Once back it catches up by itself."
            )
            command = "manage.py region list"
        case "stuck":
            text = _(
                "The same changes fail each time (%(error)s); the workers' log says why. None is skipped, so the "
                "region stays where it is. Mend the cause, or build the region anew beside what it has:"
            ) % {"error": region.error}
            command = f"manage.py region bootstrap {name}"
        case "new":
            text = _("It has nothing yet and decides nothing. Workers fill it within seconds; to fill it from here:")
            command = f"manage.py region add {name}"
        case "behind" if region.error:
            text = _("The last try failed (%(error)s). It is tried again every few seconds.") % {"error": region.error}
            command = "manage.py region list"
        case "behind":
            text = _("It catches up by itself. If the delay keeps growing, run more workers for these changes:")
            command = "celery -A iamconsole.celery worker --queues replication --pool threads"
        case _ if region.differences:
            text = _("Comparison found what differed, and mended it; the workers' log names the rows. To compare now:")
            command = f"manage.py region verify {name}"
    return {"name": name, "badge": badge(region), "text": text, "command": command} if command else None
