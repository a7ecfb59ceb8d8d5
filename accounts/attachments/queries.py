"""Whom a managed policy concerns: users and roles, whichever way it comes to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from accounts.attachments.models import Attachment
from accounts.groups.models import Group, Membership
from accounts.roles.models import Role
from accounts.users.models import User
from iamconsole.storage.named import arn
from policies.documents.models import ManagedPolicy


@dataclass(frozen=True, slots=True)
class Holder:
    """A user or role: `via` are the ARNs of the user, role and groups that the policy is attached to.

    Empty where the policy only bounds.
    """

    unique_id: str
    via: tuple[str, ...]


def holders(account_id: str, policy: ManagedPolicy) -> list[Holder]:
    """Every user and role of the account whose rights the policy is part of, by unique id; five queries."""
    attached = Attachment.objects.filter(account_id=account_id, policy=policy)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for model in (User, Role):
        rows = model.objects.filter(account_id=account_id, pk__in=attached.values(model.arn_kind))
        for unique_id, path, name in rows.values_list("unique_id", "path", "name"):
            found[unique_id].append(arn(account_id, model.arn_kind, path, name))
        bounded = model.objects.filter(account_id=account_id, boundary=policy)
        for unique_id in bounded.values_list("unique_id", flat=True):
            found[unique_id] += []
    members = Membership.objects.filter(account_id=account_id, group__in=attached.values("group"))
    rows = members.order_by("group__unique_id").values_list("user__unique_id", "group__path", "group__name")
    for unique_id, path, name in rows:
        found[unique_id].append(arn(account_id, Group.arn_kind, path, name))
    return [Holder(ident, tuple(via)) for ident, via in sorted(found.items())]
