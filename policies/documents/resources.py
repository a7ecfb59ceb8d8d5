"""Managed policies for the authorizer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType, account_wide
from iamconsole.storage.resources import by_name, foresee, resource_of, stored
from policies.documents.models import ManagedPolicy
from policies.documents.queries import AWS, owner_and_name


def _stored(call: Call, request: Any) -> Resource:
    owner, name = owner_and_name(request.policy_arn)
    row = stored(ManagedPolicy, owner, name) if owner in (call.account_id, AWS) else None
    if row is not None and row.arn == request.policy_arn:
        return resource_of(row)
    # One of another account cannot be seen from here: it is authorized like one that does not exist.
    return Resource(arn=request.policy_arn, account_id=AWS if owner == AWS else call.account_id)


def _readable(call: Call, request: Any) -> Resource:
    found = _stored(call, request)
    return replace(found, account_id=call.account_id) if found.account_id == AWS else found


def _foresee(account_id: str, arns: Iterable[str]) -> None:
    """AWS's lie in another account, and nothing about them depends on their rows."""
    named = [owner_and_name(arn) for arn in arns]
    foresee(ManagedPolicy, account_id, [name for owner, name in named if owner == account_id])


NEW_POLICY = by_name(ManagedPolicy, "policy_name")
POLICY = ResourceType("iam", "policy", _stored, _foresee)
"""A policy to change: AWS's lie in an account of their own that lets nobody in, so everybody is denied."""
READABLE_POLICY = ResourceType("iam", "policy", _readable, _foresee)
"""A policy to read: AWS's are every account's own."""
POLICIES = ResourceType("iam", "policy", account_wide("policy/"))
