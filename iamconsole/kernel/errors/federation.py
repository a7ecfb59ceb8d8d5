"""STS's modelled faults, and IAM's of identity providers."""

from __future__ import annotations

from iamconsole.kernel.errors.entities import EntityFault


class ExpiredTradeInToken(EntityFault):
    """The trade-in token is not known here or has expired."""

    code = "ExpiredTradeInTokenException"


class OpenIdIdpCommunicationError(EntityFault):
    """The OpenID Connect provider could not be reached."""


class InvalidIdentityToken(EntityFault):
    """The web identity token that was passed could not be validated."""


class ExpiredIdentityToken(EntityFault):
    """The web identity token that was passed is expired."""

    code = "ExpiredTokenException"
    shape = "ExpiredTokenException"


class IDPCommunicationError(EntityFault):
    """The identity provider could not be reached to verify the token. Try again in a moment."""


class IDPRejectedClaim(EntityFault):
    """The identity provider reported that authentication failed."""

    status = 403


class OutboundWebIdentityFederationDisabled(EntityFault):
    """Outbound web identity federation is not enabled: call EnableOutboundWebIdentityFederation first."""

    code = "OutboundWebIdentityFederationDisabledException"
    status = 403


class SessionDurationEscalation(EntityFault):
    """The token would outlive the session that asks for it: ask for fewer seconds."""

    code = "SessionDurationEscalationException"
    status = 403


class JWTPayloadSizeExceeded(EntityFault):
    """The token's payload would be too large: pass fewer or shorter tags."""

    code = "JWTPayloadSizeExceededException"
