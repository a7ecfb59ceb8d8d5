"""Who can do an action on a resource: principals, the groups and policies by which they can, and what blocks them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.pages.access.asked import BOUNDARY, Asked
from iamconsole.interfaces.console.pages.access.drawing import Edge, Graph, Node
from iamconsole.interfaces.console.visit import Visit

ACTION: Final = "iamconsole:ListPrincipalsWithAccess"
LISTED: Final = 50
DRAWN: Final = 14
KEPT_FOR_DENIED: Final = 4
BECOMING, PRINCIPALS, THROUGH, POLICIES, RESOURCE = range(5)
COLUMNS: Final = (_("Can assume"), _("Principals"), _("Through"), _("Policies"), _("Resource"))
VERDICTS: Final = {
    "allowed": (_("Can"), "ok", "check"),
    "conditional": (_("Under a condition"), "warn", "triangle-alert"),
    "blocked": (_("Blocked"), "bad", "ban"),
}
LACKING: Final = {
    "PERMISSIONS_BOUNDARY": _("The permissions boundary does not allow it"),
    "RESOURCE_BASED_POLICY": _("The policy of the resource does not allow it"),
}
TABLE: Final = (
    {"label": _("Principal")},
    {"label": _("Answer")},
    {"label": _("By way of")},
    {"label": _("Can be assumed by")},
    {"label": _("Actions"), "hidden": True},
)


def answer(visit: Visit, asked: Asked) -> dict[str, Any]:
    """The table and the picture of it."""
    marker = visit.request.GET.get("marker") or None
    action, resource = asked.actions[0], asked.resources[0] if asked.resources else "*"
    context = asked.members(visit)["context_entries"]
    told = visit.run(
        ACTION, action_name=action, resource_arn=resource, context_entries=context, marker=marker, max_items=LISTED
    )
    found = sorted(told.principals, key=lambda each: (list(VERDICTS).index(each.verdict), each.principal))
    drawing = _Map(visit.call.account_id, asked, resource, told.role_steps)
    chosen = visit.request.GET.get("path", "")
    return {
        "heading": _("Who can %(action)s on %(resource)s?") % {"action": action, "resource": resource},
        "note": _said(told),
        "graph": drawing.of(found).drawn(chosen=chosen) if found else None,
        "undrawn": max(0, len(found) - DRAWN),
        "chosen": addresses.short(chosen),
        "unchosen_url": _url(asked),
        "columns": TABLE,
        "table": [{"cells": drawing.row(each)} for each in found],
        "next_url": _url(asked, marker=told.marker) if told.is_truncated else "",
        "nobody": {
            "title": _("Nobody can"),
            "text": _("No user or role of this account is allowed this, or nearly is."),
            "icon": "shield-check",
        },
    }


def _said(told: Any) -> str:
    count = {verdict: sum(each.verdict == verdict for each in told.principals) for verdict in VERDICTS}
    said = _("%(allowed)d can, %(conditional)d under a condition, %(blocked)d blocked.") % count
    if told.examined == told.total:
        return _("%(said)s All %(n)d users and roles were asked about.") % {"said": said, "n": told.total}
    progress = {"said": said, "n": told.examined, "total": told.total}
    return _("%(said)s %(n)d of %(total)d users and roles were asked about so far.") % progress


def _url(asked: Asked, **more: str) -> str:
    pairs = [*asked.pairs(), *((name, value) for name, value in more.items() if value)]
    return f"{reverse('console:map')}?{urlencode(pairs)}"


def _drawn(found: list[Any]) -> list[Any]:
    """The principals of the picture: those who can first, with places kept for some who are denied."""
    denied = [each for each in found if each.denies][:KEPT_FOR_DENIED]
    others = [each for each in found if each not in denied]
    shown = [*others[: DRAWN - len(denied)], *denied]
    return [each for each in found if each in shown]


class _Map:
    """The answer to one question, to be drawn and listed."""

    def __init__(self, account_id: str, asked: Asked, resource: str, steps: Iterable[Any]) -> None:
        self._account_id, self._asked, self._resource = account_id, asked, resource
        self._steps = list(steps)

    def of(self, found: list[Any]) -> Graph:
        """The graph of the first principals; who can assume them stands before them."""
        graph = Graph(COLUMNS)
        target = Node(self._resource, addresses.short(self._resource) or "*", self._asked.actions[0])
        shown = _drawn(found)
        for each in shown:
            self._draw(graph, each, target)
        drawn = {each.principal for each in shown}
        for step in [step for step in self._steps if step.hops == 1 and step.role in drawn][:DRAWN]:
            before = graph.node(BECOMING, self._principal(step.principal, outside=step.is_outside))
            tone = "maybe" if step.verdict == "conditional" else ""
            url = "" if step.is_outside else self._simulate(step.principal, action="sts:AssumeRole", resource=step.role)
            title = _("%(who)s can assume %(role)s") % self._names(step.principal, step.role)
            graph.edge(Edge(before, (PRINCIPALS, step.role), title, url, tone, of=step.role))
        return graph

    def _draw(self, graph: Graph, each: Any, target: Node) -> None:
        who = graph.node(PRINCIPALS, self._principal(each.principal))
        end = graph.node(RESOURCE, target)
        if not each.allows and not each.denies:
            graph.edge(Edge(who, end, _("The root user needs no policy"), of=each.principal))
        for statement in (*each.allows, *each.denies):
            is_deny = statement in each.denies
            tone = "deny" if is_deny else self._tone(each)
            start = who
            if statement.holder and statement.holder != each.principal:
                start = graph.node(THROUGH, self._principal(statement.holder))
                joins = _("%(who)s is in %(role)s") % self._names(each.principal, statement.holder)
                graph.edge(Edge(who, start, joins, self._simulate(each.principal), "", of=each.principal))
            policy = graph.node(POLICIES, self._policy(statement))
            without = self._without(statement)
            if without:
                title = _("Simulate %(who)s without %(policy)s") % {
                    "who": addresses.short(each.principal),
                    "policy": statement.policy_name or statement.policy_uri,
                }
            else:
                title = _("Simulate %(who)s") % {"who": addresses.short(each.principal)}
            url = self._simulate(each.principal, left_out=(without,) if without else ())
            graph.edge(Edge(start, policy, title, url, "", of=each.principal))
            said = _("%(sid)s denies it") if is_deny else _("%(sid)s allows it")
            graph.edge(Edge(policy, end, said % {"sid": statement.sid}, url, tone, of=each.principal))

    def _tone(self, each: Any) -> str:
        """How an allow is drawn."""
        if each.verdict == "conditional":
            return "maybe"
        return "vain" if each.verdict == "blocked" and not each.denies else ""

    def _principal(self, arn: str, *, outside: bool = False) -> Node:
        found = addresses.ENTITY.fullmatch(arn)
        note = _("outside this account") if outside else found[2] if found else _("root user")
        name = found[3] if found else arn if outside else addresses.short(arn)
        return Node(arn, name, note, _url(self._asked, path=arn) if not outside else "")

    def _policy(self, statement: Any) -> Node:
        url = addresses.of_policy(statement.policy_uri, statement.policy_name, statement.holder, self._account_id)
        inline = not addresses.MANAGED.fullmatch(statement.policy_uri)
        if statement.policy_type == "RESOURCE_BASED_POLICY":
            return Node(statement.policy_uri, addresses.short(statement.policy_uri), _("policy of the resource"))
        return Node(statement.policy_uri, statement.policy_name, _("inline") if inline else _("managed"), url)

    def _without(self, statement: Any) -> str:
        """How the simulator names the policy that is to be left out."""
        if statement.policy_type == "PERMISSIONS_BOUNDARY":
            return BOUNDARY
        if addresses.MANAGED.fullmatch(statement.policy_uri):
            return str(statement.policy_uri)
        return f"{statement.holder} {statement.policy_name}" if statement.holder else ""

    def _simulate(self, who: str, *, action: str = "", resource: str = "", left_out: tuple[str, ...] = ()) -> str:
        if addresses.entity(who, self._account_id) is None:
            return ""
        actions = (action,) if action else self._asked.actions[:1]
        resources = (resource or self._resource,)
        return Asked(
            who=who, actions=actions, resources=resources, context=self._asked.context, left_out=left_out
        ).url()

    def _names(self, who: str, role: str) -> dict[str, str]:
        return {"who": addresses.short(who), "role": addresses.short(role)}

    def row(self, each: Any) -> list[cells.Cell]:
        """One principal in the table."""
        label, tone, icon = VERDICTS[each.verdict]
        simulate = self._simulate(each.principal)
        return [
            cells.link(addresses.short(each.principal), addresses.of_entity(each.principal, self._account_id))
            if simulate
            else cells.text(addresses.short(each.principal)),
            cells.badge(label, tone, icon=icon, note=self._why(each)),
            cells.chain(*self._way(each)),
            cells.chips(
                [addresses.short(step.principal) for step in self._steps if step.role == each.principal],
                empty="",
                limit=4,
            ),
            cells.actions(cells.action(_("Simulate"), simulate) if simulate else None),
        ]

    def _way(self, each: Any) -> list[tuple[str, str]]:
        """The first way that leads there, or that blocks it."""
        statement = next(iter(each.denies or each.allows), None)
        if statement is None:
            return [(str(_("root user")), "")]
        policy = self._policy(statement)
        way = [(policy.label, policy.url), (statement.sid, "")]
        if statement.holder:
            there = addresses.of_entity(statement.holder, self._account_id)
            way.insert(0, (addresses.short(statement.holder).rpartition("/")[2], there))
        return way

    def _why(self, each: Any) -> str:
        if each.near_miss:
            miss = each.near_miss
            return f"{miss.operator} {miss.key}: {', '.join(miss.wanted)}"
        if each.verdict == "blocked" and not each.denies:
            return LACKING.get(each.lacking_policy_type, "")
        return ""
