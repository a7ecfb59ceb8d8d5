"""Writing, reading and deleting inline policies, the same for users, groups and roles."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.groups.models import Group
from accounts.inline_policies.models import InlinePolicy
from accounts.inline_policies.shapes import ListPolicyNamesResult
from accounts.roles.models import Role
from accounts.users.models import User
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import LimitExceeded, NoSuchEntity
from iamconsole.kernel.paging import page
from iamconsole.kernel.preconditions import tag_of
from policies.documents import checks

Owner = User | Group | Role
QUOTA = {"user": "UserPolicySize", "group": "GroupPolicySize", "role": "RolePolicySize"}


def put(call: Call, owner: Owner, name: str, text: str) -> None:
    """Write a policy of a locked owner; the sizes of all of them together are within quota."""
    others = documents_of(owner)
    present = others.pop(name, None)
    call.demand_match(tag_of(present))
    demand_fitting(call, owner, text, beside=others.values())
    if present is None:
        new = {"name": name, "account_id": call.account_id, owner.arn_kind: owner}
        InlinePolicy.objects.create(document=text, updated=call.time, **new)
    else:
        InlinePolicy.objects.filter(name=name, **{owner.arn_kind: owner}).update(document=text, updated=call.time)
    call.emit("inline_policy", f"{owner.unique_id}/{name}", "updated", revokes=True)


def documents_of(owner: Owner) -> dict[str, str]:
    """The texts of an owner's policies by name."""
    return dict(InlinePolicy.objects.filter(**{owner.arn_kind: owner}).values_list("name", "document"))


def demand_fitting(call: Call, owner: Owner, text: str, *, beside: Iterable[str]) -> None:
    """Refuse a text that is no policy (MalformedPolicyDocument) or too long with the others (LimitExceeded)."""
    limit = call.quota(QUOTA[owner.arn_kind]).limit
    checks.parsed(text)
    if sum(map(checks.size, beside)) + checks.size(text) > limit:
        raise LimitExceeded(f"Maximum policy size of {limit} bytes exceeded for {owner.arn_kind} {owner.name}")


def find(owner: Owner, name: str) -> InlinePolicy:
    """The policy of that name, or NoSuchEntity."""
    found: InlinePolicy | None = InlinePolicy.objects.filter(name=name, **{owner.arn_kind: owner}).first()
    if found is None:
        kind = owner.arn_kind
        raise NoSuchEntity(f"The {kind} policy with name {name} cannot be found.")
    return found


def delete(call: Call, owner: Owner, name: str) -> None:
    """Delete a policy of a locked owner."""
    find(owner, name).delete()
    call.emit("inline_policy", f"{owner.unique_id}/{name}", "deleted", revokes=True)


def names(owner: Owner, *, marker: str | None, max_items: int | None) -> ListPolicyNamesResult:
    """The names of an owner's policies."""
    rows = InlinePolicy.objects.filter(**{owner.arn_kind: owner})
    found, rest = page(rows, by="name", marker=marker, max_items=max_items)
    return ListPolicyNamesResult(policy_names=[row.name for row in found], **rest)
