"""What somebody can reach: the roles to become, one after another, and the services with their resources."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.pages.access.asked import Asked
from iamconsole.interfaces.console.pages.access.drawing import Edge, Graph, Node, shortened
from iamconsole.interfaces.console.pages.access.effective import SHORT, beside
from iamconsole.interfaces.console.visit import Visit

ROLES: Final = "iamconsole:ListAssumableRoles"
GRANTS: Final = "iamconsole:GetEffectiveAccess"
DRAWN: Final = 14
LISTED: Final = 30  # statements about services; the tab of effective access has all
EVERYTHING: Final = "*"
TABLE: Final = (
    {"label": _("What")},
    {"label": _("How")},
    {"label": _("By way of")},
    {"label": _("On")},
    {"label": _("Last used")},
)


def answer(visit: Visit, asked: Asked) -> dict[str, Any]:
    """The table and the picture of it: of one principal, or of the members of a group."""
    arn = asked.source(visit)
    is_group = ":group/" in arn
    told = None if is_group else visit.run(ROLES, policy_source_arn=arn)
    steps = told.role_steps if told else []
    grants = [grant for grant in visit.all(GRANTS, policy_source_arn=arn) if grant.effect == "Allow"]
    account_id = visit.call.account_id
    rows = [_role_row(step, account_id) for step in steps]
    rows += [_elsewhere_row(each) for each in (told.elsewhere if told else ())]
    rows += [_grant_row(grant, account_id) for grant in _heaviest(grants)[:LISTED]]
    return {
        "heading": _("What can %(who)s reach?") % {"who": addresses.short(arn)},
        "note": _said(steps, grants, complete=told.is_complete if told else True),
        "graph": _graph(arn, steps, grants).drawn() if steps or grants else None,
        "undrawn": max(0, len(steps) - DRAWN) + max(0, len({grant.service for grant in grants}) - DRAWN),
        "columns": TABLE,
        "table": [{"cells": row} for row in rows],
        "all_url": _access_tab(arn, account_id),
        "nobody": {"title": _("Nothing"), "text": _("No policy allows anything."), "icon": "shield-check"},
    }


def _said(steps: list[Any], grants: list[Any], *, complete: bool) -> str:
    said = {"roles": len(steps), "services": len({grant.service for grant in grants} - {EVERYTHING})}
    if any(grant.service == EVERYTHING for grant in grants):
        text = _("%(roles)d roles, and actions of every service.") % said
    else:
        text = _("%(roles)d roles, and actions of %(services)d services.") % said
    return text if complete else _("%(said)s There was no time to try every role.") % {"said": text}


def _heaviest(grants: list[Any]) -> list[Any]:
    """What weighs most: everything, then whole services, then what was used last."""

    def weight(grant: Any) -> tuple[Any, ...]:
        last = grant.last_accessed
        return grant.service != EVERYTHING, not grant.is_full, last is None, -last.timestamp() if last else 0

    return sorted(grants, key=weight)


def _graph(arn: str, steps: list[Any], grants: list[Any]) -> Graph:
    """The principal, the roles by their distance, and the services of its own policies."""
    hops = max((step.hops for step in steps), default=0)
    columns = [
        _("Principal"),
        *(_("Roles, %(n)d steps away") % {"n": n} if n > 1 else _("Roles") for n in range(1, hops + 1)),
    ]
    graph = Graph([*columns, _("Services")])
    place = {arn: graph.node(0, Node(arn, arn.rpartition("/")[2], _kind(arn), _reach_url(arn)))}
    for step in steps[:DRAWN]:
        if step.principal not in place:
            continue
        role = step.role.rpartition("/")[2]
        place[step.role] = graph.node(step.hops, Node(step.role, role, _("role"), _reach_url(step.role)))
        tone = "maybe" if step.verdict == "conditional" else ""
        url = addresses.simulator(step.principal, "sts:AssumeRole", step.role)
        title = _("Simulate: %(who)s assumes %(role)s") % {"who": addresses.short(step.principal), "role": role}
        graph.edge(Edge(place[step.principal], place[step.role], title, url, tone))
    by_service: defaultdict[str, list[Any]] = defaultdict(list)
    for grant in _heaviest(grants):
        by_service[grant.service].append(grant)
    for service, some in list(by_service.items())[:DRAWN]:
        name = _("Everything") if service == EVERYTHING else service
        full = any(grant.is_full for grant in some)
        end = graph.node(
            len(columns), Node(service, str(name), _("every action") if full else shortened(_levels(some)))
        )
        graph.edge(Edge(place[arn], end, some[0].policy_name))
    return graph


def _kind(arn: str) -> str:
    found = addresses.ENTITY.fullmatch(arn)
    return found[2] if found else ""


def _levels(grants: list[Any]) -> str:
    return ", ".join(str(SHORT.get(each, each)) for each in dict.fromkeys(_all_levels(grants)))


def _all_levels(grants: list[Any]) -> list[str]:
    return [level for grant in grants for level in grant.access_levels]


def _role_row(step: Any, account_id: str) -> list[cells.Cell]:
    maybe = step.verdict == "conditional"
    badge = cells.badge(_("Under a condition"), "warn") if maybe else cells.badge(_("Can become"), "info")
    return [
        cells.link(addresses.short(step.role), addresses.of_entity(step.role, account_id)),
        badge,
        cells.chain(
            (addresses.short(step.principal), addresses.of_entity(step.principal, account_id)), ("sts:AssumeRole", "")
        ),
        cells.text(_("%(n)d steps away") % {"n": step.hops} if step.hops > 1 else "", muted=True),
        cells.actions(cells.action(_("What it reaches"), _reach_url(step.role))),
    ]


def _elsewhere_row(arn: str) -> list[cells.Cell]:
    note = _("The other account has the last word.")
    return [
        cells.mono(arn),
        cells.badge(_("May ask for"), ""),
        cells.text(note, muted=True),
        cells.text(""),
        cells.text(""),
    ]


def _grant_row(grant: Any, account_id: str) -> list[cells.Cell]:
    policy = addresses.of_policy(grant.policy_uri, grant.policy_name, grant.holder, account_id)
    holder = (grant.holder.rpartition("/")[2], addresses.of_entity(grant.holder, account_id))
    name = _("Everything") if grant.service == EVERYTHING else beside(grant.service, grant.service_name)
    resources = [f"{_('all but')} {arn}" for arn in grant.all_but_resources] or grant.resources
    return [
        cells.mono(grant.service, detail=name),
        cells.badge(_("Full"), "warn", icon="triangle-alert") if grant.is_full else cells.text(_levels([grant])),
        cells.chain(holder, (grant.policy_name, policy), (grant.sid, "")),
        cells.chips(resources, limit=2),
        cells.time(grant.last_accessed),
    ]


def _reach_url(arn: str) -> str:
    return f"{reverse('console:map')}?{urlencode({'ask': 'reach', 'who': arn})}"


def _access_tab(arn: str, account_id: str) -> str:
    found = addresses.entity(arn, account_id)
    return reverse(f"console:{found[0].word}-tab", args=[found[1], "access"]) if found else ""
