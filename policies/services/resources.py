"""Services for the authorizer."""

from __future__ import annotations

from typing import Any

from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType

OWN = "iamconsole"


def _one(call: Call, request: Any) -> Resource:
    return _resource(call, request.service_prefix)


def _all(call: Call, _request: Any) -> Resource:
    return _resource(call, "")


def _resource(call: Call, prefix: str) -> Resource:
    return Resource(arn=f"arn:aws:{OWN}::{call.account_id}:service/{prefix}", account_id=call.account_id)


SERVICE = ResourceType(OWN, "service", _one)
SERVICES = ResourceType(OWN, "service", _all)
