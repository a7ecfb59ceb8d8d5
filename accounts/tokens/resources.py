"""A token acts for its caller, so the caller is what policies name."""

from __future__ import annotations

from typing import Any

from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType


def _caller(call: Call, _request: Any) -> Resource:
    return Resource(arn=call.principal.arn, account_id=call.account_id, tags=call.principal.tags)


CALLER = ResourceType("iam", "user", _caller)
