"""OpenID Connect providers for the authorizer."""

from __future__ import annotations

from typing import Any

from accounts.oidc_providers import urls
from accounts.oidc_providers.models import OpenIDConnectProvider, arn
from accounts.oidc_providers.queries import seek
from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType, account_wide

KIND = OpenIDConnectProvider.arn_kind


def _new(call: Call, request: Any) -> Resource:
    return Resource(arn=arn(call.account_id, urls.checked(request.url)), account_id=call.account_id)


def _stored(call: Call, request: Any) -> Resource:
    row = seek(call.account_id, request.open_id_connect_provider_arn)
    # One of another account cannot be seen from here: it is authorized like one that does not exist.
    tags = row.tags if row else {}
    return Resource(arn=request.open_id_connect_provider_arn, account_id=call.account_id, tags=tags)


NEW_OIDC_PROVIDER = ResourceType("iam", KIND, _new)
OIDC_PROVIDER = ResourceType("iam", KIND, _stored)
OIDC_PROVIDERS = ResourceType("iam", KIND, account_wide(f"{KIND}/"))
