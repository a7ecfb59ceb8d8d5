"""Every fault a caller can see, as one tree; raised deep, rendered once per interface.

    Fault
    ├── AccessDenied                          the engine said no
    ├── AuthenticationFault                   who are you?
    │   ├── MissingAuthenticationToken, IncompleteSignature, InvalidClientTokenId
    │   └── SignatureDoesNotMatch, ExpiredToken, RequestExpired
    ├── ProtocolFault                         what are you saying?
    │   └── InvalidAction, MissingAction, ValidationError, MalformedQueryString, …
    ├── EntityFault                           IAM's own modelled faults
    │   └── NoSuchEntity, EntityAlreadyExists, DeleteConflict, LimitExceeded, …
    └── InternalFailure                       our fault, never the caller's

`code` is AWS's wire code and `status` its HTTP status (botocore's service model is the source);
tests/contract holds both against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar


class Fault(Exception):
    """A refusal with AWS's wire code, HTTP status and message; `sender` tells whose fault it is.

    `shape` is the name botocore gives the exception; it differs from `code` for many IAM faults.
    """

    code: ClassVar[str] = "InternalFailure"
    status: ClassVar[int] = 500
    shape: ClassVar[str] = ""
    sender: ClassVar[bool] = True

    def __init__(self, message: str = "") -> None:
        self.message = message or self.default_message()
        super().__init__(self.message)

    @classmethod
    def default_message(cls) -> str:
        return (cls.__doc__ or cls.code).strip().splitlines()[0]

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = cls.__name__
        if "shape" not in cls.__dict__:
            cls.shape = f"{cls.__name__}Exception"


# --- authorization ------------------------------------------------------------------------------


class AccessDenied(Fault):
    """Access denied."""

    status = 403

    def __init__(self, message: str = "", *, explicit: bool = False, evidence: object = None) -> None:
        super().__init__(message)
        self.explicit = explicit
        self.evidence = evidence  # what was decided and why, for whoever puts the denial on record
        self.authorization_id: str | None = None

    def recorded_as(self, authorization_id: str) -> None:
        """Tell the caller by which id the kept record of this denial can be asked for."""
        self.authorization_id = authorization_id
        self.message += (
            ". To see the details, call the GetRequestAuthorizationDetails API with the following authorization id: "
            f"{authorization_id}"
        )
        self.args = (self.message,)


# --- authentication -----------------------------------------------------------------------------


class AuthenticationFault(Fault):
    """The caller could not be authenticated."""

    status = 403


class MissingAuthenticationToken(AuthenticationFault):
    """Request is missing Authentication Token"""


class IncompleteSignature(AuthenticationFault):
    """The request signature does not conform to AWS standards."""

    status = 400


class InvalidClientTokenId(AuthenticationFault):
    """The security token included in the request is invalid."""


class SignatureDoesNotMatch(AuthenticationFault):
    """The signature is not the one this request would have under the secret key."""

    @classmethod
    def default_message(cls) -> str:
        return (
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details."
        )


class ExpiredToken(AuthenticationFault):
    """The security token included in the request is expired"""


class RequestExpired(AuthenticationFault):
    """The request is older than its expiry allows."""

    status = 400


class SignInFailed(AuthenticationFault):
    """Your authentication information is incorrect. Please try again."""


class PasswordExpired(SignInFailed):
    """Your password has expired. Ask an administrator to set a new one."""


class TooManyAttempts(AuthenticationFault):
    """Too many attempts. Wait a moment and try again."""

    status = 429


# --- protocol -----------------------------------------------------------------------------------


class ProtocolFault(Fault):
    """The request could not be understood."""

    status = 400


class InvalidAction(ProtocolFault):
    """The action or operation requested is not valid."""


class MissingAction(ProtocolFault):
    """The request is missing an action or a required parameter."""


class InvalidQueryParameter(ProtocolFault):
    """The query string is malformed or does not adhere to AWS standards."""


class MalformedQueryString(ProtocolFault):
    """The query string contains a syntax error."""

    status = 404


class InvalidParameterValue(ProtocolFault):
    """A value that is not valid or out of range was supplied for a parameter."""


class InvalidParameterCombination(ProtocolFault):
    """Parameters that must not be used together were used together."""


class ValidationError(ProtocolFault):
    """The input fails to satisfy the constraints of the operation.

    `errors` maps a member's path (`userName`, `tags.1.member.key`) to what is wrong with it.
    """

    def __init__(self, message: str = "", *, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        self.errors = {path: list(texts) for path, texts in (errors or {}).items()}
        super().__init__(message)


class Throttling(ProtocolFault):
    """Rate exceeded"""


class RequestTooLarge(ProtocolFault):
    """The request is larger than this door accepts."""

    code = "RequestEntityTooLarge"
    status = 413


# --- IAM's modelled faults ----------------------------------------------------------------------


class EntityFault(Fault):
    """An IAM rule refuses the operation."""

    status = 400


class NoSuchEntity(EntityFault):
    """The requested entity does not exist."""

    status = 404


class ResourceNotFound(EntityFault):
    """The resource does not exist."""

    code = "ResourceNotFoundException"
    status = 404


class EntityAlreadyExists(EntityFault):
    """The entity already exists."""

    status = 409


class DeleteConflict(EntityFault):
    """The entity cannot be deleted while others depend on it."""

    status = 409


class LimitExceeded(EntityFault):
    """A quota of the account would be exceeded."""

    status = 409


class ConcurrentModification(EntityFault):
    """Several requests changed the same entity at the same time. Wait a moment and try again."""

    status = 409


class ChangedSinceRead(EntityFault):
    """The policy was changed since you read it. Read it again, and decide which text shall be."""

    code = "ConcurrentModification"
    shape = "ConcurrentModificationException"
    status = 409


class EntityTemporarilyUnmodifiable(EntityFault):
    """The entity cannot be changed for a moment. Wait and try again."""

    status = 409


class InvalidInput(EntityFault):
    """The input is not valid for this operation."""


class InvalidAuthenticationCode(EntityFault):
    """The authentication code is not valid."""

    status = 403


class InvalidUserType(EntityFault):
    """The operation does not apply to this kind of caller."""


class MalformedPolicyDocument(EntityFault):
    """The policy document is malformed."""


class PolicyNotAttachable(EntityFault):
    """The policy cannot be attached to this kind of entity."""


class UnmodifiableEntity(EntityFault):
    """The entity is managed by a service and cannot be changed."""


class InvalidAuthorizationMessage(EntityFault):
    """The encoded message is not valid or has expired."""

    code = "InvalidAuthorizationMessageException"


class PackedPolicyTooLarge(EntityFault):
    """The session policies and session tags together are larger than a session token has room for."""


class ExpiredTradeInToken(EntityFault):
    """The trade-in token is not known here or has expired."""

    code = "ExpiredTradeInTokenException"


class OrganizationNotFound(EntityFault):
    """Your account is not a member of an organization."""

    code = "OrganizationNotFoundException"


class ReportNotPresent(EntityFault):
    """No credential report exists: order one with GenerateCredentialReport."""

    shape = "CredentialReportNotPresentException"
    status = 410


class ReportExpired(EntityFault):
    """The credential report is more than four hours old: order a new one with GenerateCredentialReport."""

    shape = "CredentialReportExpiredException"
    status = 410


class ReportInProgress(EntityFault):
    """The credential report is still being generated. Try again in a moment."""

    shape = "CredentialReportNotReadyException"
    status = 404


class PasswordPolicyViolation(EntityFault):
    """The password does not meet the account's password policy."""


class InvalidPublicKey(EntityFault):
    """The public key is malformed or otherwise invalid."""


class UnrecognizedPublicKeyEncoding(EntityFault):
    """The public key encoding format is unsupported or unrecognized."""


class DuplicateSSHPublicKey(EntityFault):
    """The SSH public key is already associated with the user."""


class MalformedCertificate(EntityFault):
    """The certificate is malformed or expired."""


class InvalidCertificate(EntityFault):
    """The certificate is invalid."""


class DuplicateCertificate(EntityFault):
    """The same certificate is associated with a user of the account."""

    status = 409


class KeyPairMismatch(EntityFault):
    """The public key certificate and the private key do not match."""


class ServiceNotSupported(EntityFault):
    """The service does not support service-specific credentials."""

    code = "NotSupportedService"
    status = 404


# --- federation (STS's modelled faults, and IAM's of identity providers) -------------------------


class FeatureEnabled(EntityFault):
    """The feature is already enabled for this account."""

    status = 409


class FeatureDisabled(EntityFault):
    """The feature is not enabled for this account."""

    status = 404


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


class PolicyEvaluation(Fault):
    """The policies could not be evaluated."""

    status = 500
    sender = False


class ServiceFailure(Fault):
    """The request failed because of an internal error."""

    status = 500
    sender = False


class InternalFailure(Fault):
    """The request processing has failed because of an unknown error."""

    status = 500
    sender = False


class ServiceUnavailable(Fault):
    """The request failed because a dependency is temporarily unavailable."""

    status = 503
    sender = False
