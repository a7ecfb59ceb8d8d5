"""What can be done with the account as an OpenID Connect issuer."""

from __future__ import annotations

import uuid
from datetime import timedelta

from accounts.outbound_federation import keys, tokens
from accounts.outbound_federation import queries as issuers
from accounts.outbound_federation.models import OutboundIssuer
from accounts.outbound_federation.queries import ALGORITHMS
from accounts.outbound_federation.shapes import (
    Audience,
    EnableOutboundWebIdentityFederationResult,
    GetOutboundWebIdentityFederationInfoResult,
    GetWebIdentityTokenResult,
    OutboundSigningKey,
    RotateOutboundSigningKeysResult,
    SigningAlgorithm,
    TokenDuration,
)
from accounts.outbound_federation.urls import issuer_url
from accounts.tenancy import queries as tenancy
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    FeatureDisabled,
    FeatureEnabled,
    JWTPayloadSizeExceeded,
    OutboundWebIdentityFederationDisabled,
    SessionDurationEscalation,
    ValidationError,
)
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Tags
from iamconsole.storage import tags as tagging


@operation(Access.WRITE, on=ANYTHING, rest=Rest("POST", "/outbound-web-identity-federation"), errors=(FeatureEnabled,))
def enable_outbound_web_identity_federation(call: Call) -> EnableOutboundWebIdentityFederationResult:
    """Make the account an OpenID Connect issuer; its URL is random once and then stays the same."""
    tenancy.lock(call.account_id)
    issuer = issuers.of_account(call.account_id, lock=True)
    if issuer and issuer.enabled:
        raise FeatureEnabled("Outbound web identity federation is already enabled for this account.")
    verb = "updated" if issuer else "created"
    issuer = issuer or OutboundIssuer(id=str(uuid.uuid4()), account_id=call.account_id, created=call.time)
    issuer.enabled = True
    issuer.save()
    for algorithm in ALGORITHMS:
        keys.signing_key(call, issuer, algorithm)
    call.emit("outbound_issuer", issuer.pk, verb)
    return EnableOutboundWebIdentityFederationResult(issuer_identifier=issuer_url(issuer.pk))


@operation(
    Access.WRITE,
    on=ANYTHING,
    rest=Rest("DELETE", "/outbound-web-identity-federation", status=204),
    errors=(FeatureDisabled,),
)
def disable_outbound_web_identity_federation(call: Call) -> None:
    """Issue no more tokens; those that are out stay valid until they expire."""
    issuer = issuers.of_account(call.account_id, lock=True)
    if issuer is None or not issuer.enabled:
        raise FeatureDisabled("Outbound web identity federation is not enabled for this account.")
    issuer.enabled = False
    issuer.save(update_fields=["enabled"])
    call.emit("outbound_issuer", issuer.pk, "updated", revokes=True)


@operation(Access.READ, on=ANYTHING, rest=Rest("GET", "/outbound-web-identity-federation"), errors=(FeatureDisabled,))
def get_outbound_web_identity_federation_info(call: Call) -> GetOutboundWebIdentityFederationInfoResult:
    """Show the account's issuer URL, and whether it issues tokens."""
    issuer = issuers.of_account(call.account_id)
    if issuer is None:
        raise FeatureDisabled("Outbound web identity federation is not enabled for this account.")
    return GetOutboundWebIdentityFederationInfoResult(
        issuer_identifier=issuer_url(issuer.pk), jwt_vending_enabled=issuer.enabled
    )


@operation(
    Access.WRITE,
    on=ANYTHING,
    service="iamconsole",
    rest=Rest("POST", "/outbound-web-identity-federation/signing-keys", status=201),
    errors=(FeatureDisabled,),
)
def rotate_outbound_signing_keys(call: Call, *, if_due: bool = False) -> RotateOutboundSigningKeysResult:
    """Publish new keys for the tokens that the account issues; in two days, when every verifier has them, they sign.

    A key that waits for its turn already is not overtaken. The old ones stay published until their last token has
    expired. With IfDue only what is 88 days old gets a successor, as happens by itself.
    """
    issuer = issuers.of_account(call.account_id, lock=True)
    if issuer is None or not issuer.enabled:
        raise FeatureDisabled("Outbound web identity federation is not enabled for this account.")
    newest = [keys.next_key(call, issuer, algorithm, if_due=if_due) for algorithm in ALGORITHMS]
    return RotateOutboundSigningKeysResult(
        signing_keys=[
            OutboundSigningKey(key_id=key.pk, algorithm=key.algorithm, signs_from=key.signs_from) for key in newest
        ]
    )


@operation(
    Access.WRITE,
    on=ANYTHING,
    service="sts",
    conditions={
        "sts:IdentityTokenAudience": "audience",
        "sts:DurationSeconds": "duration_seconds",
        "sts:SigningAlgorithm": "signing_algorithm",
    },
    rest=Rest("POST", "/web-identity-tokens", status=201),
    errors=(SessionDurationEscalation, OutboundWebIdentityFederationDisabled, JWTPayloadSizeExceeded),
)
def get_web_identity_token(
    call: Call,
    *,
    audience: Audience,
    duration_seconds: TokenDuration = 300,
    signing_algorithm: SigningAlgorithm,
    tags: Tags = [],  # noqa: B006
) -> GetWebIdentityTokenResult:
    """Issue a token that proves to others who the caller is, for five minutes unless told otherwise.

    Others verify it with the keys that the account's issuer URL publishes. Tags become claims of the token.
    """
    issuer = issuers.of_account(call.account_id, lock=True)
    if issuer is None or not issuer.enabled:
        raise OutboundWebIdentityFederationDisabled
    if signing_algorithm not in ALGORITHMS:
        raise ValidationError(f"SigningAlgorithm must be one of {', '.join(ALGORITHMS)}.")
    expires = call.time.replace(microsecond=0) + timedelta(seconds=duration_seconds)
    session = call.principal.temporary
    if session is not None and expires > session.expires:
        raise SessionDurationEscalation  # temporary credentials prove nobody's identity for longer than they last
    given = tagging.stored(tags, ignore_case=False)
    key = keys.signing_key(call, issuer, signing_algorithm)
    token = tokens.issued(call, key, audience=audience, expires=expires, tags=given)
    return GetWebIdentityTokenResult(web_identity_token=token, expiration=expires)
