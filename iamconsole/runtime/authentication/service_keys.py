"""A registered service that signs with a key of its own, and on whose behalf it says it acts."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from accounts.access_keys import last_used
from accounts.access_keys.secrets import unseal
from accounts.service_keys.models import ServiceAccessKey
from iamconsole.kernel.call import Principal
from iamconsole.kernel.errors import InvalidClientTokenId, ValidationError
from iamconsole.runtime.authentication import sigv4
from iamconsole.runtime.authentication.identities import of_service
from iamconsole.storage.identifiers import Prefix

PREFIX: Final = Prefix.SERVICE_KEY.value
SOURCE_ARN, SOURCE_ACCOUNT = "x-amz-source-arn", "x-amz-source-account"
ARN: Final = re.compile(r"arn:[a-z-]+:[A-Za-z0-9-]+:[a-z0-9-]*:[0-9]{0,12}:[!-+\--~]{1,1900}", re.ASCII)  # no comma
ACCOUNT: Final = re.compile(r"[0-9]{12}", re.ASCII)


def is_service_key(access_key_id: str) -> bool:
    """Whether a key is that of a service, by its id."""
    return access_key_id.startswith(PREFIX)


def authenticate(
    presented: sigv4.Presented, request: sigv4.SignedRequest, *, services: frozenset[str], now: datetime
) -> Principal:
    """The service whose key signed the request: InvalidClientTokenId where no active key has this id."""
    key: ServiceAccessKey | None = (
        ServiceAccessKey.objects.across_accounts("the access key id says who is calling")
        .select_related("service")
        .filter(pk=presented.access_key_id, active=True)
        .first()
    )
    if key is None or presented.security_token is not None:
        raise InvalidClientTokenId
    secret = unseal(key.sealed_secret, account_id=key.account_id, access_key_id=key.id)
    sigv4.verify(presented, request, secret=secret, services=services, now=now)
    if key.last_used is None or now - key.last_used >= last_used.GRANULARITY:
        last_used.note(key.pk, account_id=key.account_id, service=presented.service, region=presented.region, now=now)
    return of_service(key.account_id, key.service.prefix, access_key_id=key.id, source=source_of(request))


def source_of(request: sigv4.SignedRequest) -> dict[str, str]:
    """The condition keys of what a service acts for; the signature covers their headers, as it does all x-amz-* ones.

    ValidationError for what is no ARN or account id, or is said twice.
    """
    arn, account = request.header(SOURCE_ARN), request.header(SOURCE_ACCOUNT)
    if arn is not None and not ARN.fullmatch(arn):
        raise ValidationError(f"The header {SOURCE_ARN} must be one ARN, such as arn:aws:s3:::bucket.")
    if account is not None and not ACCOUNT.fullmatch(account):
        raise ValidationError(f"The header {SOURCE_ACCOUNT} must be one account id of 12 digits.")
    said = {"aws:SourceArn": arn, "aws:SourceAccount": account}
    return {key: value for key, value in said.items() if value is not None}
