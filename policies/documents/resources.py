"""Managed policies for the authorizer."""

from __future__ import annotations

from typing import Any

from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType, account_wide
from iamconsole.storage.resources import by_name, resource_of
from policies.documents.models import ManagedPolicy
from policies.documents.queries import seek


def _by_arn(call: Call, request: Any) -> Resource:
    row = seek(call.account_id, request.policy_arn)
    return resource_of(row) if row else Resource(arn=request.policy_arn, account_id=call.account_id)


NEW_POLICY = by_name(ManagedPolicy, "policy_name")
POLICY = ResourceType("iam", "policy", _by_arn)
POLICIES = ResourceType("iam", "policy", account_wide("policy/"))
