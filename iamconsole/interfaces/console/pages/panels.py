"""Panels that users, groups and roles share (templates/console/_panel.html)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.forms import tag_rows
from iamconsole.interfaces.console.pages.kinds import Kind
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import AccessDenied
from iamconsole.kernel.shapes import redacted

Panel = dict[str, Any]
AWS_OWNED = ":aws:policy/"
POLICY_COLUMNS = ({"label": _("Policy")}, {"label": _("Type")}, {"label": _("Actions"), "hidden": True})


def guarded(title: Any, build: Callable[[], Panel]) -> Panel:
    """The panel, or why the principal may not see it: one denied part does not take the page away."""
    try:
        return build()
    except AccessDenied as denied:
        return {"title": title, "callout": {"tone": "warn", "icon": "lock", "text": denied.message}}


def policies(visit: Visit, kind: Kind, name: str) -> Panel:
    """Policies attached to and written into an entity, and what can be done about them."""
    who = kind.named(name)
    rows = [_attached(visit, kind, name, policy) for policy in visit.all(kind.action("ListAttached{}Policies"), **who)]
    rows += [_inline(visit, kind, name, policy) for policy in visit.all(kind.action("List{}Policies"), **who)]
    attach = cells.action(_("Attach policies"), kind.url(name, "attach"), icon="link")
    write = cells.action(_("Create inline policy"), kind.url(name, "inline"), icon="plus")
    return {
        "title": _("Permissions policies"),
        "note": len(rows) or "",
        "columns": POLICY_COLUMNS,
        "rows": rows,
        "actions": [
            visit.offer(attach, kind.action("Attach{}Policy"), "iam:ListPolicies", **who),
            visit.offer(write, kind.action("Put{}Policy"), **who),
        ],
        "empty": {
            "title": _("No policies"),
            "text": _(
                "Nothing is allowed that no policy allows. Attach one that others use, or write one for this alone."
            ),
            "icon": "scroll-text",
        },
    }


def policy_type(arn: str) -> cells.Cell:
    return cells.badge(_("AWS managed"), "info") if AWS_OWNED in arn else cells.badge(_("Customer managed"), "ok")


def policy_link(policy: Any) -> cells.Cell:
    return cells.link(policy.policy_name, reverse("console:policy", args=[policy.policy_arn]))


def _attached(visit: Visit, kind: Kind, name: str, policy: Any) -> dict[str, Any]:
    refused = visit.refusal(kind.action("Detach{}Policy"), **kind.named(name), policy_arn=policy.policy_arn)
    there = f"{kind.url(name, 'detach')}?{urlencode({'policy_arn': policy.policy_arn})}"
    detach = cells.action(_("Detach"), there, tone="danger")
    return {
        "cells": [
            policy_link(policy),
            policy_type(policy.policy_arn),
            cells.actions(None if refused else detach),
        ]
    }


def _inline(visit: Visit, kind: Kind, name: str, policy_name: str) -> dict[str, Any]:
    edit = f"{kind.url(name, 'inline')}?{urlencode({'policy': policy_name})}"
    refused = visit.refusal(kind.action("Delete{}Policy"), **kind.named(name))
    delete = cells.action(
        _("Delete"), tone="danger", url=f"{kind.url(name, 'inline-delete')}?{urlencode({'policy': policy_name})}"
    )
    return {
        "cells": [
            cells.link(policy_name, edit),
            cells.badge(_("Inline")),
            cells.actions(None if refused else delete),
        ]
    }


def boundary(visit: Visit, kind: Kind, name: str, arn: str | None) -> Panel:
    """The permissions boundary of a user or role."""
    who = kind.named(name)
    change = cells.action(_("Change") if arn else _("Set boundary"), kind.url(name, "boundary"), icon="shield-half")
    actions = [visit.offer(change, kind.action("Put{}PermissionsBoundary"), "iam:ListPolicies", **who)]
    panel: Panel = {"title": _("Permissions boundary"), "actions": actions}
    if arn:
        remove = cells.action(_("Remove"), kind.url(name, "boundary-remove"), tone="danger")
        actions.append(visit.offer(remove, kind.action("Delete{}PermissionsBoundary"), **who))
        cell = cells.link(arn.rsplit("/", 1)[-1], reverse("console:policy", args=[arn]), note=arn)
        return panel | {"pairs": [{"label": _("At most"), "cell": cell}]}
    return panel | {"text": _("None is set: the policies above count in full.")}


def tags(visit: Visit, address: str, tagged: Sequence[Any], *, refused: str | None) -> Panel:
    """Tags as a form; without the right to change them, as a table."""
    shown = [{"key": tag.key, "value": tag.value} for tag in tagged]
    panel: Panel = {"title": _("Tags"), "note": f"{len(shown)} / 50"}
    if refused:
        rows = [{"cells": [cells.mono(tag["key"]), cells.text(tag["value"])]} for tag in shown]
        callout = {"tone": "info", "icon": "lock", "text": refused}
        return panel | {"columns": [{"label": _("Key")}, {"label": _("Value")}], "rows": rows, "callout": callout}
    rows = tag_rows(shown)
    if visit.unsaved_tags:
        rows["rows"], why = visit.unsaved_tags
        panel["callout"] = {"tone": "bad", "icon": "circle-alert", "text": why}
    form = {"url": address, "tags": rows, "submit_label": _("Save tags"), "tone": "primary"}
    return panel | {"form": form}


def steps(first: str, following: str) -> dict[str, Any] | None:
    """What leads back to the first page and on to the next, of a list whose pages are named by markers."""
    return {"summary": "", "previous_url": first, "next_url": following} if first or following else None


def laid_out(document: str) -> str:
    """A stored document for reading; it was parsed when it was stored, so nothing is lost on the way."""
    return orjson.dumps(orjson.loads(document), option=orjson.OPT_INDENT_2).decode()


def json(title: Any, shape: Any) -> Panel:
    """An answer as JSON, for people who think in it."""
    text = orjson.dumps(redacted(shape), option=orjson.OPT_INDENT_2).decode()
    return {"title": title, "code": text}
