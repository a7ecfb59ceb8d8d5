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
tests/contract holds both against it. Each module holds the faults of one noun; import them from here.
"""

from __future__ import annotations

from iamconsole.kernel.errors.authentication import (
    AuthenticationFault,
    ExpiredToken,
    IncompleteSignature,
    InvalidClientTokenId,
    MissingAuthenticationToken,
    PasswordExpired,
    RequestExpired,
    SignatureDoesNotMatch,
    SignInFailed,
    TooManyAttempts,
)
from iamconsole.kernel.errors.authorization import AccessDenied
from iamconsole.kernel.errors.base import Fault
from iamconsole.kernel.errors.credentials import (
    DuplicateCertificate,
    DuplicateSSHPublicKey,
    InvalidAuthenticationCode,
    InvalidCertificate,
    InvalidPublicKey,
    KeyPairMismatch,
    MalformedCertificate,
    PasswordPolicyViolation,
    ServiceNotSupported,
    UnrecognizedPublicKeyEncoding,
)
from iamconsole.kernel.errors.entities import (
    ChangedSinceRead,
    ConcurrentModification,
    DeleteConflict,
    EntityAlreadyExists,
    EntityFault,
    EntityTemporarilyUnmodifiable,
    FeatureDisabled,
    FeatureEnabled,
    InvalidInput,
    InvalidUserType,
    LimitExceeded,
    NoSuchEntity,
    OrganizationNotFound,
    ResourceNotFound,
    UnmodifiableEntity,
)
from iamconsole.kernel.errors.federation import (
    ExpiredIdentityToken,
    ExpiredTradeInToken,
    IDPCommunicationError,
    IDPRejectedClaim,
    InvalidIdentityToken,
    JWTPayloadSizeExceeded,
    OpenIdIdpCommunicationError,
    OutboundWebIdentityFederationDisabled,
    SessionDurationEscalation,
)
from iamconsole.kernel.errors.internal import (
    InternalFailure,
    ServiceFailure,
    ServiceUnavailable,
)
from iamconsole.kernel.errors.policies import (
    InvalidAuthorizationMessage,
    MalformedPolicyDocument,
    PackedPolicyTooLarge,
    PolicyEvaluation,
    PolicyNotAttachable,
)
from iamconsole.kernel.errors.protocol import (
    InvalidAction,
    InvalidParameterCombination,
    InvalidParameterValue,
    InvalidQueryParameter,
    MalformedQueryString,
    MissingAction,
    ProtocolFault,
    RequestTooLarge,
    Throttling,
    ValidationError,
)
from iamconsole.kernel.errors.reports import (
    ReportExpired,
    ReportInProgress,
    ReportNotPresent,
)

__all__ = [
    "AccessDenied",
    "AuthenticationFault",
    "ChangedSinceRead",
    "ConcurrentModification",
    "DeleteConflict",
    "DuplicateCertificate",
    "DuplicateSSHPublicKey",
    "EntityAlreadyExists",
    "EntityFault",
    "EntityTemporarilyUnmodifiable",
    "ExpiredIdentityToken",
    "ExpiredToken",
    "ExpiredTradeInToken",
    "Fault",
    "FeatureDisabled",
    "FeatureEnabled",
    "IDPCommunicationError",
    "IDPRejectedClaim",
    "IncompleteSignature",
    "InternalFailure",
    "InvalidAction",
    "InvalidAuthenticationCode",
    "InvalidAuthorizationMessage",
    "InvalidCertificate",
    "InvalidClientTokenId",
    "InvalidIdentityToken",
    "InvalidInput",
    "InvalidParameterCombination",
    "InvalidParameterValue",
    "InvalidPublicKey",
    "InvalidQueryParameter",
    "InvalidUserType",
    "JWTPayloadSizeExceeded",
    "KeyPairMismatch",
    "LimitExceeded",
    "MalformedCertificate",
    "MalformedPolicyDocument",
    "MalformedQueryString",
    "MissingAction",
    "MissingAuthenticationToken",
    "NoSuchEntity",
    "OpenIdIdpCommunicationError",
    "OrganizationNotFound",
    "OutboundWebIdentityFederationDisabled",
    "PackedPolicyTooLarge",
    "PasswordExpired",
    "PasswordPolicyViolation",
    "PolicyEvaluation",
    "PolicyNotAttachable",
    "ProtocolFault",
    "ReportExpired",
    "ReportInProgress",
    "ReportNotPresent",
    "RequestExpired",
    "RequestTooLarge",
    "ResourceNotFound",
    "ServiceFailure",
    "ServiceNotSupported",
    "ServiceUnavailable",
    "SessionDurationEscalation",
    "SignInFailed",
    "SignatureDoesNotMatch",
    "Throttling",
    "TooManyAttempts",
    "UnmodifiableEntity",
    "UnrecognizedPublicKeyEncoding",
    "ValidationError",
]
