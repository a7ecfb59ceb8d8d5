"""What a user, group or role can do, by which chain, and what of it is in use: a tab of their pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.pages.access.tightening import tighter
from iamconsole.interfaces.console.pages.kinds import Kind
from iamconsole.interfaces.console.visit import Visit

ACTION: Final = "iamconsole:GetEffectiveAccess"
DAYS: Final = (30, 90, 365)
PAGE: Final = 50
FEW: Final = 4
"""Services of one statement that are neither in use nor risky and still have rows of their own; more share one."""
RISKY: Final = ("Permissions management",)
HARMLESS: Final = {"List", "Read"}
COLUMNS: Final = (
    {"label": _("Service")},
    {"label": _("Level")},
    {"label": _("Granted through")},
    {"label": _("On")},
    {"label": _("Last used")},
    {"label": _("Actions"), "hidden": True},
)
SHORT: Final = {"Permissions management": _("Permissions")}
OWNERS: Final = re.compile(r"^(?:AWS|Amazon) | \([A-Za-z0-9 ]+\)$")
Test = Callable[[Any], bool]


def panel(visit: Visit, kind: Kind, arn: str, name: str) -> panels.Panel:
    """The grants that the chosen filter lets through, those used last first."""
    title = (
        _("What members of %(name)s can do through it") if kind.word == "group" else _("What %(name)s can do, and why")
    )
    return panels.guarded(_("Effective access"), lambda: _panel(visit, kind, arn, name, title % {"name": name}))


def _panel(visit: Visit, kind: Kind, arn: str, name: str, title: str) -> panels.Panel:
    grants, limited = _grants(visit, arn)
    tests = _tests(visit)
    chosen = visit.request.GET.get("show", "")
    fitting = sorted(filter(tests.get(chosen, _every), grants), key=_order)
    rows = [[grant] for grant in fitting] if visit.request.GET.get("whole") else _folded(fitting)
    start = _start(visit, len(rows))
    in_use = _in_use(grants)
    shown = rows[start : start + PAGE]
    visit.foresee("iam:CreatePolicyVersion", _managed(shown))
    return {
        "title": title,
        "note": _summary(grants, tests),
        "filters": [_filter(visit, key, label, chosen, grants, tests) for key, label in _labels()],
        "callout": _limit(limited) if limited else None,
        "columns": COLUMNS,
        "rows": [{"cells": _cells(visit, kind, name, row, in_use)} for row in shown],
        "pagination": _pages(visit, start, len(rows)) if len(rows) > PAGE else None,
        "empty": _nothing(chosen, name),
    }


def _grants(visit: Visit, arn: str) -> tuple[list[Any], str | None]:
    """Every grant, and the boundary that limits them all."""
    grants: list[Any] = []
    marker = None
    while True:
        answer = visit.run(ACTION, policy_source_arn=arn, marker=marker, max_items=1000)
        grants += answer.grants
        marker = answer.marker
        if not answer.is_truncated:
            return grants, answer.permissions_boundary


def _managed(rows: Iterable[list[Any]]) -> set[str]:
    """The ARNs of the managed policies that rows come from."""
    return {row[0].policy_uri for row in rows if addresses.MANAGED.fullmatch(row[0].policy_uri)}


def _every(_grant: Any) -> bool:
    return True


def _tests(visit: Visit) -> dict[str, Test]:
    """What each filter lets through."""

    def unused_for(days: int) -> Test:
        since = visit.call.time - timedelta(days=days)
        return lambda grant: _is_allow(grant) and (grant.last_accessed is None or grant.last_accessed < since)

    return {
        "": _every,
        "used": lambda grant: grant.last_accessed is not None,
        **{f"unused-{days}": unused_for(days) for days in DAYS},
        "risky": _is_risky,
        "denies": lambda grant: not _is_allow(grant),
    }


def _labels() -> tuple[tuple[str, Any], ...]:
    unused = [(f"unused-{days}", _("Not used in %(n)d days") % {"n": days}) for days in DAYS]
    return ("", _("All")), ("used", _("In use")), *unused, ("risky", _("Risky")), ("denies", _("Denies"))


def _is_allow(grant: Any) -> bool:
    return bool(grant.effect == "Allow")


def _is_risky(grant: Any) -> bool:
    """Everything, all of a service that changes anything, or the right to give rights; none that is taken back."""
    wide = grant.service == "*" or (grant.is_full and not set(grant.access_levels) <= HARMLESS)
    grave = any(level in RISKY for level in grant.access_levels)
    return _is_allow(grant) and (wide or grave) and not _is_withheld(grant)


def _is_withheld(grant: Any) -> bool:
    return bool(grant.known_actions and grant.withheld_actions == grant.known_actions)


def _order(grant: Any) -> tuple[Any, ...]:
    last = grant.last_accessed
    return (last is None, -last.timestamp() if last else 0, not _is_risky(grant), grant.service, grant.index)


def _in_use(grants: Iterable[Any]) -> dict[tuple[str, str, int], list[str]]:
    """The actions in use of each statement, over all services that it names."""
    found: defaultdict[tuple[str, str, int], list[str]] = defaultdict(list)
    for grant in grants:
        found[grant.holder, grant.policy_uri, grant.index] += grant.used_actions
    return dict(found)


def _folded(grants: Iterable[Any]) -> list[list[Any]]:
    """The grants a row each, but for the many services of one statement that nobody uses: those share a row."""
    plain: defaultdict[tuple[str, str, int], list[Any]] = defaultdict(list)
    rows: list[list[Any]] = []
    for grant in grants:
        if grant.last_accessed is None and not _is_risky(grant) and _is_allow(grant):
            key = (grant.holder, grant.policy_uri, grant.index)
            if not plain[key]:
                rows.append(plain[key])
            plain[key].append(grant)
        else:
            rows.append([grant])
    return [part for row in rows for part in ([row] if len(row) > FEW else [[grant] for grant in row])]


def _cells(
    visit: Visit, kind: Kind, name: str, row: list[Any], in_use: dict[tuple[str, str, int], list[str]]
) -> list[cells.Cell]:
    grant, *more = row
    return [
        _services(visit, row) if more else _service(grant),
        _levels(row) if more else _level(grant),
        _chain(grant, visit.call.account_id),
        cells.chips(_resources(grant), limit=2) | {"note": "; ".join(grant.conditions)},
        _last_used(grant, visit),
        cells.actions(tighter(visit, kind, name, grant, in_use, unused=_is_unused(grant, visit)), _explained(grant)),
    ]


def _services(visit: Visit, row: list[Any]) -> cells.Cell:
    names = [grant.service for grant in row]
    every = _here(visit, show=visit.request.GET.get("show", ""), whole="1")
    return cells.link(
        _("%(n)d services") % {"n": len(row)}, every, note=_("%(some)s …") % {"some": ", ".join(names[:FEW])}
    )


def _levels(row: list[Any]) -> cells.Cell:
    levels = dict.fromkeys(level for grant in row for level in grant.access_levels)
    return cells.badge(
        ", ".join(str(SHORT.get(level, level)) for level in sorted(levels)) or _("Unknown actions"), "info"
    )


def _service(grant: Any) -> cells.Cell:
    if grant.service != "*":
        return cells.mono(grant.service, detail=beside(grant.service, grant.service_name))
    if grant.all_but:
        return cells.mono("*", detail=_("Everything but %(actions)s") % {"actions": ", ".join(grant.all_but)})
    return cells.mono("*", detail=_("Everything") if grant.is_full else ", ".join(grant.actions))


def beside(prefix: str, name: str) -> str:
    """What a service is called, without its maker, and nothing where that only repeats the prefix: `s3`, `S3`."""
    short = OWNERS.sub("", name)
    return "" if short.casefold() == prefix.casefold() else short


def _level(grant: Any) -> cells.Cell:
    if not _is_allow(grant):
        return cells.badge(_("Denied"), "bad", icon="ban")
    if _is_withheld(grant):
        return cells.badge(_("Taken back"), "", icon="fence", note=_("by a boundary or a deny"))
    said = ngettext("%(n)d action taken back", "%(n)d actions taken back", grant.withheld_actions)
    note = said % {"n": grant.withheld_actions} if grant.withheld_actions else ""
    if grant.is_full:
        return cells.badge(_("Full"), "warn", icon="triangle-alert", note=note)
    levels = ", ".join(str(SHORT.get(level, level)) for level in grant.access_levels)
    if not levels:
        return cells.badge(_("Unknown actions"), "", note=", ".join(grant.actions[:3]))
    return cells.badge(levels, "warn" if _is_risky(grant) else "info", note=note)


def _chain(grant: Any, account_id: str) -> cells.Cell:
    holder = grant.holder.rpartition("/")[2]
    policy = addresses.of_policy(grant.policy_uri, grant.policy_name, grant.holder, account_id)
    return cells.chain(
        (holder, addresses.of_entity(grant.holder, account_id)), (grant.policy_name, policy), (grant.sid, "")
    )


def _resources(grant: Any) -> list[str]:
    if grant.all_but_resources:
        return [_("all but %(arn)s") % {"arn": arn} for arn in grant.all_but_resources]
    return [_("any resource") if arn == "*" else arn for arn in grant.resources]


def _last_used(grant: Any, visit: Visit) -> cells.Cell:
    if not _is_allow(grant):
        times = grant.recent_denials
        said = ngettext("refused %(n)d time today", "refused %(n)d times today", times) % {"n": times}
        return cells.text(said if times else "", muted=not times)
    if grant.last_accessed is None:
        return cells.badge(_("Never"), "warn")
    action = grant.last_action if grant.service == "*" else (grant.last_action or "").partition(":")[2]
    stale = _("%(action)s, not in %(n)d days") % {"action": action, "n": DAYS[1]}
    return cells.time(grant.last_accessed) | {"note": stale if _is_unused(grant, visit) else action}


def _is_unused(grant: Any, visit: Visit) -> bool:
    since = visit.call.time - timedelta(days=DAYS[1])
    return grant.last_accessed is None or grant.last_accessed < since


def _explained(grant: Any) -> dict[str, Any] | None:
    """Where refusals by this deny are explained."""
    return cells.action(_("Explain"), reverse("console:denied")) if grant.recent_denials else None


def _summary(grants: list[Any], tests: dict[str, Test]) -> str:
    allows = sum(map(_is_allow, grants))
    unused = sum(map(tests[f"unused-{DAYS[1]}"], grants))
    return _("%(unused)d of %(n)d not used in %(days)d days") % {"unused": unused, "n": allows, "days": DAYS[1]}


def _limit(arn: str) -> dict[str, Any]:
    name = arn.rpartition("/")[2]
    return {
        "tone": "info",
        "icon": "fence",
        "text": _("The permissions boundary %(name)s limits all of this.") % {"name": name},
    }


def _filter(
    visit: Visit, key: str, label: Any, chosen: str, grants: list[Any], tests: dict[str, Test]
) -> dict[str, Any]:
    count = sum(map(tests[key], grants))
    return {"label": label, "count": count, "url": _here(visit, show=key), "current": chosen == key}


def _pages(visit: Visit, start: int, total: int) -> dict[str, Any]:
    said = {"show": visit.request.GET.get("show", ""), "whole": visit.request.GET.get("whole", "")}
    stop = min(start + PAGE, total)
    return {
        "summary": _("%(first)d to %(last)d of %(n)d") % {"first": start + 1, "last": stop, "n": total},
        "previous_url": _here(visit, **said, start=str(max(0, start - PAGE))) if start else "",
        "next_url": _here(visit, **said, start=str(stop)) if stop < total else "",
    }


def _start(visit: Visit, total: int) -> int:
    given = visit.request.GET.get("start", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
    return number if number < total else 0


def _here(visit: Visit, **query: str) -> str:
    said = urlencode({name: value for name, value in query.items() if value and value != "0"})
    return f"{visit.request.path}?{said}".rstrip("?")


def _nothing(chosen: str, name: str) -> dict[str, Any]:
    if chosen:
        text = _("None of what the policies grant fits this filter. Choose another above.")
        return {"title": _("Nothing of this kind"), "text": text, "icon": "search-x"}
    return {
        "title": _("%(name)s can do nothing") % {"name": name},
        "text": _("Nothing is allowed that no policy allows. Attach a policy, or add the user to a group."),
        "icon": "shield",
    }
