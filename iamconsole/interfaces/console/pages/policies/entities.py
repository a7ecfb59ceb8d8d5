"""The users, groups and roles that a managed policy is used on: shown, added and taken off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells, listing
from iamconsole.interfaces.console.pages import panels, reviewing
from iamconsole.interfaces.console.pages.groups.list import GROUPS
from iamconsole.interfaces.console.pages.kinds import GROUP, ROLE, USER, Kind
from iamconsole.interfaces.console.pages.policies.detail import head
from iamconsole.interfaces.console.pages.roles.list import ROLES
from iamconsole.interfaces.console.pages.users.list import USERS
from iamconsole.interfaces.console.visit import Visit

ATTACHED, BOUNDING = "PermissionsPolicy", "PermissionsBoundary"
PAGE = 50
MOST = 1000  # that the operation gives at once
PICKERS = {USER: USERS, GROUP: GROUPS, ROLE: ROLES}


UNATTACHED = {
    "title": _("Attached to nobody"),
    "text": _("A policy does nothing until it is attached: to a group, so that all its members have what it grants."),
    "icon": "unlink",
}
UNBOUND = {
    "title": _("Bounds nobody"),
    "text": _(
        "As a permissions boundary it is the most that a user or role can ever be allowed. Set it on the Permissions "
        "tab of either."
    ),
    "icon": "shield-half",
}


def policy_entities(visit: Visit, arn: str) -> HttpResponse:
    """Where the policy grants, and where it bounds."""
    policy = visit.run("iam:GetPolicy", policy_arn=arn).policy
    attached = panels.guarded(
        _("Attached to"),
        lambda: _panel(visit, policy, ATTACHED, policy.attachment_count) | _attach_controls(visit, arn),
    )
    bounding = panels.guarded(
        _("Bounds"), lambda: _panel(visit, policy, BOUNDING, policy.permissions_boundary_usage_count)
    )
    return visit.page("detail", head(visit, policy, "policy-entities") | {"panels": [attached, bounding]})


def _panel(visit: Visit, policy: Any, usage: str, count: int) -> panels.Panel:
    """A page of the entities; the address says which: `PermissionsPolicy=` what came last on the page before."""
    found, marker = _page(visit, policy.arn, usage, marker=visit.request.GET.get(usage) or None, size=PAGE)
    for kind in PICKERS if usage == ATTACHED else ():
        visit.foresee(kind.action("Detach{}Policy"), [name for each, name in found if each is kind])
    return {
        "title": _("Attached to") if usage == ATTACHED else _("Bounds"),
        "note": count or "",
        "columns": [{"label": _("Entity")}, {"label": _("Kind")}, {"label": _("Actions"), "hidden": True}],
        "rows": [_row(visit, policy.arn, kind, name, usage) for kind, name in found],
        "pagination": _pages(visit, usage, marker, len(found), count),
        "empty": UNATTACHED if usage == ATTACHED else UNBOUND,
    }


def _pages(visit: Visit, usage: str, marker: str | None, shown: int, count: int) -> dict[str, Any] | None:
    """From page to page of one panel, the other one staying as it is."""
    here = visit.request.GET.get(usage)
    if not (here or marker):
        return None
    others = {
        name: value for name, value in visit.request.GET.items() if name in (ATTACHED, BOUNDING) and name != usage
    }
    return {
        "summary": _("%(shown)d of %(count)d") % {"shown": shown, "count": count},
        "previous_url": f"?{urlencode(others)}" if here else "",
        "next_url": f"?{urlencode(others | {usage: marker})}" if marker else "",
    }


def used_on(visit: Visit, arn: str, usage: str) -> list[tuple[Kind, str]]:
    """Every entity that the policy is used on in this way, by kind and name."""
    found, marker = _page(visit, arn, usage, marker=None, size=MOST)
    while marker:
        more, marker = _page(visit, arn, usage, marker=marker, size=MOST)
        found += more
    return found


def _page(visit: Visit, arn: str, usage: str, *, marker: str | None, size: int) -> tuple[list[tuple[Kind, str]], Any]:
    """Some of the entities, and where the next ones begin."""
    page = visit.run(
        "iam:ListEntitiesForPolicy", policy_arn=arn, policy_usage_filter=usage, marker=marker, max_items=size
    )
    found = [(USER, user.user_name) for user in page.policy_users]
    found += [(GROUP, group.group_name) for group in page.policy_groups]
    found += [(ROLE, role.role_name) for role in page.policy_roles]
    return found, page.marker if page.is_truncated else None


def _row(visit: Visit, arn: str, kind: Kind, name: str, usage: str) -> dict[str, Any]:
    detach = None
    if usage == ATTACHED and visit.refusal(kind.action("Detach{}Policy"), **kind.named(name), policy_arn=arn) is None:
        there = f"{kind.url(name, 'detach')}?{urlencode({'policy_arn': arn, 'back': 'policy'})}"
        detach = cells.action(_("Detach"), there, tone="danger")
    return {"cells": [cells.link(name, kind.url(name)), cells.badge(kind.label), cells.actions(detach)]}


def _attach_controls(visit: Visit, arn: str) -> panels.Panel:
    """A button for each kind of entity."""
    controls = []
    for kind in PICKERS:
        there = reverse("console:policy-attach", args=[kind, arn])
        button = cells.action(_("Attach to %(kind)s") % {"kind": str(kind.title).lower()}, there, icon="link")
        controls.append(
            visit.offer(button, kind.action("Attach{}Policy"), f"iam:List{kind.word.capitalize()}s", policy_arn=arn)
        )
    return {"actions": controls}


def policy_attach(visit: Visit, kind: Kind, arn: str) -> HttpResponse:
    """Choose entities of a kind from their list and attach the policy to them."""
    here, there = reverse("console:policy-attach", args=[kind, arn]), reverse("console:policy-entities", args=[arn])
    if visit.posting:
        chosen = visit.request.POST.getlist("selected")
        items = [(kind.action("Attach{}Policy"), {**kind.named(name), "policy_arn": arn}) for name in chosen]
        if reviewing.is_asked(visit) and chosen:
            return reviewing.review(
                visit,
                items,
                title=_("Attach %(policy)s to these?") % {"policy": arn.rsplit("/", 1)[-1]},
                chosen=chosen,
                fields=[("selected", name) for name in chosen],
                submit_label=_("Attach policy"),
                crumbs=_crumbs(arn.rsplit("/", 1)[-1], there),
                url=here,
                cancel_url=there,
            )
        visit.batch(items)
        return visit.redirect(there, _("The policy was attached."))
    policy = visit.run("iam:GetPolicy", policy_arn=arn).policy
    visit.demand(kind.action("Attach{}Policy"), policy_arn=arn)
    picker = replace(
        PICKERS[kind],
        url=here,
        title=_("Attach %(policy)s") % {"policy": policy.policy_name},
        bulk=(listing.Choice(value=reviewing.REVIEW, label=_("Attach policy")),),
        bulk_url=here,
        select_all=False,
        controls=lambda _visit: [],
        crumbs=_crumbs(policy.policy_name, there),
    )
    return listing.show(visit, picker)


def _crumbs(policy: str, there: str) -> tuple[dict[str, Any], ...]:
    return ({"label": _("Policies"), "url": reverse("console:policies")}, {"label": policy, "url": there})
