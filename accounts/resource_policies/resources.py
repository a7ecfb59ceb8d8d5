"""Resources that have policies, for the authorizer."""

from __future__ import annotations

from typing import Any

from accounts.resource_policies.arns import owner
from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType
from policies.services.resources import OWN


def _one(call: Call, request: Any) -> Resource:
    return Resource(arn=request.resource_arn, account_id=owner(request.resource_arn, call.account_id))


def _all(call: Call, _request: Any) -> Resource:
    return Resource(arn=f"arn:aws:{OWN}::{call.account_id}:resource-policy/", account_id=call.account_id)


HELD = ResourceType(OWN, "resource", _one)
"""The resource itself: who may change its policy is said of the resource, as with s3:PutBucketPolicy."""
RESOURCE_POLICIES = ResourceType(OWN, "resource-policy", _all)
