"""Managed policies for the authorizer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType, account_wide
from iamconsole.storage.resources import by_name, resource_of
from policies.documents.models import ManagedPolicy
from policies.documents.queries import AWS, owner_and_name, seek


def _stored(call: Call, request: Any) -> Resource:
    row = seek(call.account_id, request.policy_arn)
    if row is not None:
        return resource_of(row)
    # One of another account cannot be seen from here: it is authorized like one that does not exist.
    owner, _ = owner_and_name(request.policy_arn)
    return Resource(arn=request.policy_arn, account_id=AWS if owner == AWS else call.account_id)


def _readable(call: Call, request: Any) -> Resource:
    found = _stored(call, request)
    return replace(found, account_id=call.account_id) if found.account_id == AWS else found


NEW_POLICY = by_name(ManagedPolicy, "policy_name")
POLICY = ResourceType("iam", "policy", _stored)
"""A policy to change: AWS's lie in an account of their own that lets nobody in, so everybody is denied."""
READABLE_POLICY = ResourceType("iam", "policy", _readable)
"""A policy to read: AWS's are every account's own."""
POLICIES = ResourceType("iam", "policy", account_wide("policy/"))
