"""SAML providers for the authorizer."""

from __future__ import annotations

from typing import Any

from accounts.saml_providers.models import SAMLProvider, arn
from accounts.saml_providers.queries import seek
from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType, account_wide

KIND = SAMLProvider.arn_kind


def _new(call: Call, request: Any) -> Resource:
    return Resource(arn=arn(call.account_id, request.name), account_id=call.account_id)


def _stored(call: Call, request: Any) -> Resource:
    row = seek(call.account_id, request.saml_provider_arn)
    # One of another account cannot be seen from here: it is authorized like one that does not exist.
    return Resource(arn=request.saml_provider_arn, account_id=call.account_id, tags=row.tags if row else {})


NEW_SAML_PROVIDER = ResourceType("iam", KIND, _new)
SAML_PROVIDER = ResourceType("iam", KIND, _stored)
SAML_PROVIDERS = ResourceType("iam", KIND, account_wide(f"{KIND}/"))
