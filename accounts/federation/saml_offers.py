"""Which roles a SAML response offers, before one is chosen: every provider that it names has to verify it itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.federation.saml import peeked_roles, verify_assertion
from accounts.saml_providers import queries as providers
from accounts.saml_providers.models import SAMLProvider
from iamconsole.kernel.errors import ExpiredIdentityToken, IDPRejectedClaim, InvalidIdentityToken

MOST = 10  # providers of a response; verifying takes time, and nobody is known yet


@dataclass(frozen=True, slots=True)
class Offer:
    """A role that the response's holder may ask for; `duration` in seconds, where the response says it."""

    role_arn: str
    provider_arn: str
    duration: int | None


def offers(text_b64: str, *, provider_id: str = "", now: datetime) -> list[Offer]:
    """The roles whose providers vouch for the response, by the provider of that unique id alone if one is given.

    Whether a role's trust policy lets its holder in, the role's own account decides when it is taken.
    InvalidIdentityToken, ExpiredTokenException or IDPRejectedClaim where no provider vouches.
    """
    found: list[Offer] = []
    refusal: InvalidIdentityToken | ExpiredIdentityToken | IDPRejectedClaim | None = None
    for provider in _providers(text_b64, provider_id):
        try:
            said = verify_assertion(text_b64, provider=provider, now=now)
        except (InvalidIdentityToken, ExpiredIdentityToken, IDPRejectedClaim) as fault:
            refusal = refusal or fault
            continue
        found += [Offer(*pair, said.session_duration) for pair in said.roles if pair[1] == provider.arn]
    if found:
        return found
    raise refusal or InvalidIdentityToken("Specified provider doesn't exist")


def _providers(text_b64: str, provider_id: str) -> list[SAMLProvider]:
    if provider_id:
        given = providers.of_unique_id(provider_id)
        return [given] if given else []
    arns = list(dict.fromkeys(provider for _role, provider in peeked_roles(text_b64)))[:MOST]
    return [found for arn in arns if (found := providers.seek(providers.owner_and_name(arn)[0], arn)) is not None]
