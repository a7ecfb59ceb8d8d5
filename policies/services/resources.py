"""Services for the authorizer."""

from __future__ import annotations

from typing import Any

from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType
from iamconsole.kernel.services import ServicePrincipal

OWN = "iamconsole"


def _one(call: Call, request: Any) -> Resource:
    return _resource(call, request.service_prefix)


def _all(call: Call, _request: Any) -> Resource:
    return _resource(call, "")


def _resource(call: Call, prefix: str) -> Resource:
    return Resource(arn=f"arn:aws:{OWN}::{call.account_id}:service/{prefix}", account_id=call.account_id)


def _linked_role(call: Call, request: Any) -> Resource:
    name = ServicePrincipal(call.account_id, request.service_prefix).name
    return Resource(f"arn:aws:iam::{call.account_id}:role/aws-service-role/{name}/*", call.account_id)


SERVICE = ResourceType(OWN, "service", _one)
SERVICES = ResourceType(OWN, "service", _all)
LINKED_ROLES = ResourceType("iam", "role", _linked_role)
"""The service-linked roles of a service, those there are and those to be."""
