"""Service-specific credentials for the authorizer: policies name their user, and their service by a condition key."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from accounts.service_credentials.models import ServiceSpecificCredential
from accounts.users.resources import USER_OR_CALLER, USERS
from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType

SERVICE_NAME = "iam:ServiceSpecificCredentialServiceName"


def _owner(call: Call, request: Any) -> Resource:
    owner: Resource = USER_OR_CALLER.locate(call, request)  # type: ignore[assignment]
    rows = ServiceSpecificCredential.objects.filter(account_id=call.account_id)
    name = rows.filter(pk=request.service_specific_credential_id).values_list("service_name", flat=True).first()
    return replace(owner, facts={SERVICE_NAME: name}) if name else owner


def _listed(call: Call, request: Any) -> Any:
    return (USERS if request.all_users else USER_OR_CALLER).locate(call, request)


OWNER_OF_CREDENTIAL = ResourceType("iam", "user", _owner)
USER_OR_ALL_USERS = ResourceType("iam", "user", _listed)
