"""One thing to press that makes a grant as narrow as its use: an edit, a detachment, or the group that gives it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.pages.kinds import Kind
from iamconsole.interfaces.console.visit import Visit
from policies.engine.document import VERSION_WITH_VARIABLES

MOST_NAMED: Final = 60
"""Actions in use that a narrowed statement names; with more of them it is no easier to read than its wildcards."""
InUse = Mapping[tuple[str, str, int], list[str]]


def tighter(visit: Visit, kind: Kind, name: str, grant: Any, in_use: InUse, *, unused: bool) -> dict[str, Any] | None:
    """The control for a grant; None where it is narrow already or this viewer may not change it."""
    used = sorted(set(in_use[grant.holder, grant.policy_uri, grant.index]))
    if grant.effect != "Allow" or not (unused or _is_wider(grant, used)):
        return None
    held = addresses.entity(grant.holder, visit.call.account_id)
    if held is not None and held != (kind, name):
        holder, group = held
        return cells.action(
            _("See in %(group)s") % {"group": group}, reverse(f"console:{holder.word}-tab", args=[group, "access"])
        )
    if not addresses.MANAGED.fullmatch(grant.policy_uri):
        return _inline(visit, kind, name, grant, in_use, used)
    return _managed(visit, kind, name, grant, in_use, used)


def _is_wider(grant: Any, used: list[str]) -> bool:
    """Whether the statement names more than the few actions that are in use."""
    wild = bool(grant.all_but) or any(set("*?") & set(pattern) for pattern in grant.actions)
    return wild and 0 < len(used) <= MOST_NAMED


def _inline(visit: Visit, kind: Kind, name: str, grant: Any, in_use: InUse, used: list[str]) -> dict[str, Any] | None:
    policy = grant.policy_name
    if not _is_used(grant, in_use):
        there = f"{kind.url(name, 'inline-delete')}?{urlencode({'policy': policy})}"
        refused = visit.refusal(kind.action("Delete{}Policy"), **kind.named(name))
        return None if refused else cells.action(_("Remove"), there)
    if visit.refusal(kind.action("Put{}Policy"), **kind.named(name)) is not None:
        return None
    return cells.action(_("Tighten"), addresses.inline(kind, name, policy, **_proposal(grant, used)))


def _is_used(grant: Any, in_use: InUse) -> bool:
    """Whether any statement of the grant's policy is in use."""
    mine = (grant.holder, grant.policy_uri)
    return any(actions for (holder, uri, _index), actions in in_use.items() if (holder, uri) == mine)


def _managed(visit: Visit, kind: Kind, name: str, grant: Any, in_use: InUse, used: list[str]) -> dict[str, Any] | None:
    arn = grant.policy_uri
    if not _is_used(grant, in_use):
        if visit.refusal(kind.action("Detach{}Policy"), **kind.named(name), policy_arn=arn) is not None:
            return None
        return cells.action(_("Detach"), addresses.detach(kind, name, arn))
    if ":aws:policy/" in arn:
        return _own_copy(visit, grant, used)
    if visit.refusal("iam:CreatePolicyVersion", policy_arn=arn) is not None:
        return None
    return cells.action(_("Tighten"), addresses.editor(arn, **_proposal(grant, used)))


def _own_copy(visit: Visit, grant: Any, used: list[str]) -> dict[str, Any] | None:
    """AWS's policies cannot be changed: a new one with what is in use can take their place."""
    if not 0 < len(used) <= MOST_NAMED or visit.refusal("iam:CreatePolicy") is not None:
        return None
    statement = {"Effect": "Allow", "Action": used, "Resource": grant.resources or "*"}
    document = json.dumps({"Version": VERSION_WITH_VARIABLES, "Statement": [statement]})
    return cells.action(_("Write a narrower one"), addresses.new_policy(add=document))


def _proposal(grant: Any, used: list[str]) -> dict[str, str]:
    """The statement taken out, or narrowed to what is in use."""
    actions = ",".join(used) if len(used) <= MOST_NAMED else ""
    return {"drop": str(grant.index), "actions": actions} if not used or actions else {}
