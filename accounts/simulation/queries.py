"""Reading the policies of a user, group or role that an ARN names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from accounts.attachments.models import Attachment
from accounts.groups.models import Group
from accounts.inline_policies.models import InlinePolicy
from accounts.roles.models import Role
from accounts.users.models import User
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity
from policies.documents.models import ManagedPolicy, PolicyVersion
from policies.documents.queries import AWS
from policies.engine import Bound, PolicyKind, Source, compiled
from policies.simulator import Stored

KINDS = {"user": User, "group": Group, "role": Role}
ARN = re.compile(r"arn:aws:iam::(\d{12}):(user|group|role)/(?:[!-~]+/)?([\w+=,.@-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Named:
    """What the ARN of a user, group or role says."""

    arn: str
    account_id: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A policy and who has it: `owner` is the name of the user, group or role of an inline policy, with its ARN."""

    bound: Bound
    owner: str = ""
    owner_arn: str = ""

    @property
    def source(self) -> Source:
        return self.bound.source


def named_by(arn: str) -> Named:
    """The parts of an ARN, or InvalidInput."""
    found = ARN.fullmatch(arn)
    if found is None:
        raise InvalidInput(f"Invalid Entity Arn: {arn} is not the ARN of an IAM user, group or role.")
    return Named(arn, *found.groups())


def stored(account_id: str, source: Named) -> Any | None:
    """The row of that exact ARN, if it is of this account."""
    if source.account_id != account_id:
        return None
    row = KINDS[source.kind].seek(account_id, source.name)
    return row if row and row.arn == source.arn else None


def find(account_id: str, source: Named) -> Any:
    """The row of that ARN, or NoSuchEntity."""
    row = stored(account_id, source)
    if row is None:
        raise NoSuchEntity(KINDS[source.kind].missing_text.format(name=source.name))
    return row


def attached_to(row: Any) -> list[Attached]:
    """The policies that grant to a user (by his groups too), a group or a role."""
    mine = Q(**{row.arn_kind: row})
    if row.arn_kind == "user":
        mine |= Q(group__memberships__user=row)
    inline = InlinePolicy.objects.filter(mine, account_id=row.account_id).select_related("user", "group", "role")
    managed = Attachment.objects.filter(mine, account_id=row.account_id).select_related("policy")
    # A policy that a user and a group of his have counts once.
    policies = {attachment.policy.arn: attachment.policy for attachment in managed}
    return [
        *sorted((_inline(policy) for policy in inline), key=lambda policy: policy.source.id),
        *(Attached(bound) for _, bound in sorted(_managed(policies.values()).items())),
    ]


def known(row: Any) -> Stored:
    """What the simulator may know of the policy source; groups have no tags."""
    return Stored(arn=row.arn, unique_id=row.unique_id, tags=getattr(row, "tags", {}))


def boundary_of(row: Any) -> Bound | None:
    """The permissions boundary of a user or role."""
    policy = getattr(row, "boundary", None)
    return _managed([policy])[policy.arn] if policy else None


def _inline(row: InlinePolicy) -> Attached:
    owner = row.user or row.group or row.role
    source = Source(id=f"{owner.arn_kind}_{owner.name}_{row.name}", type=owner.arn_kind, name=row.name)
    return Attached(Bound(source, compiled(row.document, PolicyKind.IDENTITY)), owner=owner.name, owner_arn=owner.arn)


def _managed(policies: Iterable[ManagedPolicy]) -> dict[str, Bound]:
    """The default version of each policy, by ARN."""
    by_key = {policy.pk: policy for policy in policies}
    if not by_key:
        return {}
    versions = PolicyVersion.objects.filter(policy__in=list(by_key.values()), number=F("policy__default_version"))
    return {
        by_key[version.policy_id].arn: _default(by_key[version.policy_id], version.document) for version in versions
    }


def _default(policy: ManagedPolicy, text: str) -> Bound:
    source = Source(
        id=policy.name,
        type="aws-managed" if policy.account_id == AWS else "user-managed",
        arn=policy.arn,
        name=policy.name,
        version=f"v{policy.default_version}",
    )
    return Bound(source, compiled(text, PolicyKind.IDENTITY))
