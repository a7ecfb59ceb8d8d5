"""What binds a principal: his policies, compiled, as of the account's log position.

Kept per process and keyed by that position: any change in the log makes every set be read anew, so a right that was
taken away is gone from the next request on.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

from django.db.models import Q

from accounts.attachments.models import Attachment
from accounts.inline_policies.models import InlinePolicy
from accounts.users.models import User
from iamconsole.kernel.call import Principal, PrincipalType
from iamconsole.replication.log import position_of
from policies.documents.models import ManagedPolicy, PolicyVersion
from policies.engine import Bound, Policies, PolicyKind, Source, compiled

KEPT = 4096  # principals a process remembers

EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Sid":"Operator","Effect":"Allow","Action":"*","Resource":"*"}]}'

_sets: OrderedDict[tuple[str, str], tuple[int, Policies]] = OrderedDict()
_lock = Lock()


def policies_of(principal: Principal) -> Policies:
    """Everything that decides for this principal, fresh as of now."""
    if principal.type is PrincipalType.OPERATOR:
        source = Source(id="operator", type="aws-managed", name="LocalOperator")
        return Policies(identity=(Bound(source, compiled(EVERYTHING, PolicyKind.IDENTITY)),))
    if principal.type is not PrincipalType.USER:
        return Policies()
    position = position_of(principal.account_id)
    key = (principal.account_id, principal.unique_id)
    with _lock:
        kept = _sets.get(key)
        if kept and kept[0] == position:
            _sets.move_to_end(key)
            return kept[1]
    found = _load(principal)
    with _lock:
        _sets[key] = (position, found)
        while len(_sets) > KEPT:
            _sets.popitem(last=False)
    return found


def _load(principal: Principal) -> Policies:
    user = (
        User.objects.filter(account_id=principal.account_id, unique_id=principal.unique_id)
        .select_related("boundary")
        .first()
    )
    if user is None:
        return Policies()
    mine = Q(user=user) | Q(group__memberships__user=user)
    inline = InlinePolicy.objects.filter(mine, account_id=principal.account_id).select_related("user", "group")
    attached = Attachment.objects.filter(mine, account_id=principal.account_id).select_related("policy")
    managed = {row.policy_id: row.policy for row in attached}
    if user.boundary:
        managed[user.boundary_id] = user.boundary
    texts = default_texts(list(managed.values()))
    identity = [_inline(row) for row in inline]
    identity += [_managed(row.policy, texts) for row in attached]
    return Policies(identity=tuple(identity), boundary=_managed(user.boundary, texts) if user.boundary else None)


def default_texts(policies: list[ManagedPolicy]) -> dict[int, str]:
    """The document of each policy's default version."""
    if not policies:
        return {}
    wanted = Q()
    for policy in policies:
        wanted |= Q(policy=policy, number=policy.default_version)
    rows = PolicyVersion.objects.filter(wanted, policy__in=policies)
    return {row.policy_id: row.document for row in rows}


def _managed(policy: ManagedPolicy, texts: dict[int, str]) -> Bound:
    source = Source(
        id=policy.unique_id,
        type="aws-managed" if policy.account_id == "aws" else "user-managed",
        arn=policy.arn,
        name=policy.name,
        version=f"v{policy.default_version}",
    )
    return Bound(source, compiled(texts[policy.pk], PolicyKind.IDENTITY))


def _inline(row: Any) -> Bound:
    owner = row.user or row.group
    source = Source(id=f"{owner.unique_id}/{row.name}", type=owner.arn_kind, name=row.name)
    return Bound(source, compiled(row.document, PolicyKind.IDENTITY))
