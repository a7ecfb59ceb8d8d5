"""A signed request's principal."""

from __future__ import annotations

from datetime import datetime

from accounts.access_keys import last_used
from accounts.access_keys.models import AccessKey
from accounts.access_keys.secrets import unseal
from iamconsole.kernel.call import Principal
from iamconsole.kernel.errors import InvalidClientTokenId, MissingAuthenticationToken
from iamconsole.runtime.authentication import sigv4
from iamconsole.runtime.authentication.identities import of_user


def authenticate(request: sigv4.SignedRequest, *, services: frozenset[str], now: datetime) -> Principal:
    """The principal whose key signed the request; every fault has AWS's own code."""
    presented = sigv4.parse(request)
    if presented is None:
        raise MissingAuthenticationToken
    key: AccessKey | None = (
        AccessKey.objects.across_accounts("the access key id says who is calling")
        .select_related("user")
        .filter(pk=presented.access_key_id)
        .first()
    )
    if key is None or not key.active or presented.security_token is not None:
        raise InvalidClientTokenId
    secret = unseal(key.sealed_secret, account_id=key.account_id, access_key_id=key.id)
    sigv4.verify(presented, request, secret=secret, services=services, now=now)
    _note_use(key, presented, now)
    return of_user(key.user, access_key_id=key.id)


def _note_use(key: AccessKey, presented: sigv4.Presented, now: datetime) -> None:
    if key.last_used is None or now - key.last_used >= last_used.GRANULARITY:
        last_used.note(key.pk, account_id=key.account_id, service=presented.service, region=presented.region, now=now)
