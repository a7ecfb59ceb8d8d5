"""Who a web identity token speaks of, once everything about it has been verified.

Fetching the provider's keys may take up to three seconds: verify before a transaction begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.federation import claims as said
from accounts.federation import tokens
from accounts.federation.key_sets import keys_for
from accounts.federation.steps import Step, Trace
from accounts.oidc_providers import queries as providers
from accounts.oidc_providers.models import OpenIDConnectProvider
from iamconsole.kernel.errors import InvalidIdentityToken


@dataclass(frozen=True, slots=True)
class WebIdentity:
    """What a verified token says.

    `provider_name` is the URL without scheme, the prefix of `condition_keys`; those are what a trust policy is judged
    by, `aws:FederatedProvider` among them.
    """

    provider_arn: str
    provider_name: str
    issuer: str
    subject: str
    audience: str
    azp: str
    amr: tuple[str, ...]
    expires: datetime
    principal_tags: Mapping[str, str]
    transitive_tag_keys: tuple[str, ...]
    source_identity: str
    condition_keys: Mapping[str, str | tuple[str, ...]]
    claims: Mapping[str, Any]


def verify_web_identity(
    token: str,
    *,
    account_id: str | None = None,
    provider: OpenIDConnectProvider | None = None,
    now: datetime,
    trace: Trace | None = None,
) -> WebIdentity:
    """The identity that a token proves to an account, by the provider given or the one that its issuer names.

    InvalidIdentityToken, ExpiredTokenException, IDPCommunicationError or IDPRejectedClaim; `trace` learns which check.
    """
    steps = trace or Trace()
    with steps.step(Step.PARSE), _readable():
        read = tokens.read(token)
    with steps.step(Step.ALGORITHM), _readable():
        tokens.check_header(read)
    with steps.step(Step.PROVIDER):
        believed = _provider(read, account_id, provider)
    with steps.step(Step.KEY):
        keys = _keys(read, believed)
    with steps.step(Step.SIGNATURE):
        if not tokens.is_verified(read, keys):
            raise InvalidIdentityToken("The ID Token provided is not valid: its signature does not match")
    return _identity(read.claims, believed, now, steps)


def _identity(claims: Mapping[str, Any], provider: OpenIDConnectProvider, now: datetime, steps: Trace) -> WebIdentity:
    with steps.step(Step.AUDIENCE):
        audience = said.audience(claims, provider.client_ids)
    with steps.step(Step.TIMES):
        expires = said.expiry(claims, now)
    with steps.step(Step.CLAIMS):
        tags, transitive = said.session_tags(claims)
        keys = said.condition_keys(provider.name, claims, audience=audience)
        return WebIdentity(
            provider_arn=provider.arn,
            provider_name=provider.name,
            issuer=provider.url,
            subject=said.text(claims, "sub"),
            audience=audience,
            azp=said.text(claims, "azp") if "azp" in claims else "",
            amr=said.texts(claims.get("amr", [])),
            expires=expires,
            principal_tags=tags,
            transitive_tag_keys=transitive,
            source_identity=said.text(claims, said.SOURCE_IDENTITY, most=64) if said.SOURCE_IDENTITY in claims else "",
            condition_keys={**keys, "aws:FederatedProvider": provider.arn},
            claims=claims,
        )


def _provider(
    read: tokens.Token, account_id: str | None, provider: OpenIDConnectProvider | None
) -> OpenIDConnectProvider:
    issuer = said.text(read.claims, "iss")
    found = provider or (providers.of_issuer(account_id, issuer) if account_id else None)
    if found is None or (account_id and found.account_id != account_id):
        raise InvalidIdentityToken(f"No OpenIDConnect provider found in your account for {issuer}")
    if found.url != issuer:
        raise InvalidIdentityToken(f"The token's issuer is {issuer}, the provider's {found.url}")
    return found


def _keys(read: tokens.Token, provider: OpenIDConnectProvider) -> list[dict[str, Any]]:
    found = tokens.suitable(keys_for(provider, read.key_id), read.algorithm)
    if not found:
        named = f"with id {read.key_id[:128]}" if read.key_id else "that suits"
        raise InvalidIdentityToken(f"The provider has no {read.algorithm} key {named}")
    return found


@contextmanager
def _readable() -> Iterator[None]:
    """What cannot be read is an invalid token."""
    try:
        yield
    except tokens.BadToken as fault:
        raise InvalidIdentityToken(f"The ID Token provided is not a valid JWT: {fault}") from None
