"""Attaching, detaching and bounding, the same for users, groups and roles."""

from __future__ import annotations

from accounts.attachments.models import Attachment
from accounts.attachments.shapes import AttachedPolicy, ListAttachedPoliciesResult
from accounts.groups.models import Group
from accounts.roles.models import SERVICE_ROLE_PATH, Role
from accounts.users.models import User
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import NoSuchEntity, PolicyNotAttachable
from iamconsole.kernel.paging import page
from iamconsole.storage.named import under
from policies.documents import queries as documents
from policies.documents.models import ManagedPolicy

Owner = User | Group | Role
QUOTA = {"user": "PoliciesPerUser", "group": "PoliciesPerGroup", "role": "PoliciesPerRole"}


def attach(call: Call, owner: Owner, policy_arn: str, *, within_quota: bool = True) -> None:
    """Attach a managed policy to a locked owner; one that is attached already changes nothing.

    Not `within_quota` is a denial that must not fail.
    """
    policy = attachable(call, owner, policy_arn, within_quota=within_quota)
    if policy is None:
        return
    Attachment.objects.create(account_id=call.account_id, policy=policy, created=call.time, **{owner.arn_kind: owner})
    call.emit("attachment", f"{owner.unique_id}/{policy.unique_id}", "created", revokes=True)


def attachable(call: Call, owner: Owner, policy_arn: str, *, within_quota: bool = True) -> ManagedPolicy | None:
    """The policy that may be attached, or None where it is attached already; a fault as AWS gives it otherwise."""
    policy = documents.managed(call.account_id, policy_arn)
    if policy.account_id == documents.AWS and policy.path.startswith(SERVICE_ROLE_PATH):
        raise PolicyNotAttachable("Cannot attach a Service Role Policy to a Customer Role.")
    mine = Attachment.objects.filter(**{owner.arn_kind: owner})
    if mine.filter(policy=policy).exists():
        return None
    if within_quota:
        call.quota(QUOTA[owner.arn_kind]).check(mine.count())
    return policy


def find(call: Call, owner: Owner, policy_arn: str) -> Attachment:
    """That a managed policy is attached to an owner, or NoSuchEntity."""
    policy = documents.seek(call.account_id, policy_arn)
    found: Attachment | None = Attachment.objects.filter(policy=policy, **{owner.arn_kind: owner}).first()
    if policy is None or found is None:
        raise NoSuchEntity(f"Policy {policy_arn} was not found.")
    return found


def detach(call: Call, owner: Owner, policy_arn: str) -> None:
    """Detach a managed policy from a locked owner; NoSuchEntity where it is not attached."""
    policy = documents.seek(call.account_id, policy_arn)
    gone, _ = Attachment.objects.filter(policy=policy, **{owner.arn_kind: owner}).delete() if policy else (0, {})
    if not gone:
        raise NoSuchEntity(f"Policy {policy_arn} was not found.")
    call.emit("attachment", f"{owner.unique_id}/{policy.unique_id}", "deleted", revokes=True)


def attached(
    owner: Owner, *, path_prefix: str, marker: str | None, max_items: int | None
) -> ListAttachedPoliciesResult:
    """The managed policies attached to an owner."""
    rows = under(Attachment.objects.filter(**{owner.arn_kind: owner}), path_prefix, path="policy__path")
    found, rest = page(rows.select_related("policy"), by="policy__unique_id", marker=marker, max_items=max_items)
    return ListAttachedPoliciesResult(
        attached_policies=[AttachedPolicy(policy_name=a.policy.name, policy_arn=a.policy.arn) for a in found], **rest
    )


def bound(call: Call, owner: User | Role, policy_arn: str | None) -> None:
    """Set the permissions boundary of a locked user or role, or take it off (NoSuchEntity where there is none)."""
    owner.boundary = boundary(call, owner, policy_arn)
    owner.save(update_fields=["boundary"])
    call.emit(owner.arn_kind, owner.unique_id, "updated", revokes=True)


def boundary(call: Call, owner: User | Role, policy_arn: str | None) -> ManagedPolicy | None:
    """The boundary that an owner is to have; NoSuchEntity where there is no such policy, or none to take off."""
    if policy_arn is not None:
        return documents.boundary(call, policy_arn)
    if owner.boundary_id is None:
        raise NoSuchEntity(f"The {owner.arn_kind} with name {owner.name} has no permissions boundary.")
    return None
