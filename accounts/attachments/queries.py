"""Whom a managed policy concerns: users and roles, whichever way it comes to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from accounts.attachments.models import Attachment
from accounts.groups.models import Group, Membership
from accounts.roles.models import Role
from accounts.users.models import User
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
        for row in model.objects.filter(account_id=account_id, pk__in=attached.values(model.arn_kind)):
            found[row.unique_id].append(row.arn)
        for row in model.objects.filter(account_id=account_id, boundary=policy):
            found[row.unique_id] += []
    groups = Group.objects.filter(account_id=account_id, pk__in=attached.values("group"))
    members = Membership.objects.filter(account_id=account_id, group__in=groups)
    for member in members.select_related("group", "user").order_by("group__unique_id"):
        found[member.user.unique_id].append(member.group.arn)
    return [Holder(ident, tuple(via)) for ident, via in sorted(found.items())]
