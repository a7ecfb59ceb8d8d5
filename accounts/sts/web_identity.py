"""AssumeRoleWithWebIdentity: a token of an OpenID Connect provider instead of a signature."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from accounts.federation.web_identity import WebIdentity, verify_web_identity
from accounts.sts import sessions
from accounts.sts.resources import ROLE_TO_ASSUME, trusting_account_of
from accounts.sts.session_tags import SessionTags
from accounts.sts.shapes import (
    AssumeRoleWithWebIdentityResult,
    MinimumSessionTokenSize,
    PolicyArns,
    ProviderId,
    RoleDuration,
    RoleSessionName,
    SessionPolicy,
    StsArn,
    WebIdentityToken,
)
from accounts.sts.vouching import Vouched, brings_source_identity, brings_tags, vouched
from iamconsole.kernel.call import Call, Principal, PrincipalType
from iamconsole.kernel.errors import (
    ExpiredIdentityToken,
    IDPCommunicationError,
    IDPRejectedClaim,
    InvalidIdentityToken,
    MalformedPolicyDocument,
    PackedPolicyTooLarge,
    ValidationError,
)
from iamconsole.kernel.operation import Access, Implied, operation

LASTING: Final = ("aud", "amr", "id", "sub")
"""Claims whose condition keys stay with the session (reference 3.4); the others count for the trust policy alone."""


def _vouched_for(request: Any, now: datetime) -> Principal:
    """Whoever the token speaks of, by a provider of the role's account."""
    if request.provider_id:
        raise ValidationError("ProviderId is for OAuth 2.0 access tokens, which are not taken: leave it out.")
    account_id = trusting_account_of(request.role_arn)
    found = verify_web_identity(request.web_identity_token, account_id=account_id, now=now)
    said = Vouched(
        provider_arn=found.provider_arn,
        subject=found.subject,
        user_id=f"{found.issuer}:{found.audience}:{found.subject}",
        keys=found.condition_keys,
        lasting=[f"{found.provider_name}:{claim}" for claim in LASTING],
        identity=found,
        tags=SessionTags(found.principal_tags, found.transitive_tag_keys),
        source_identity=found.source_identity,
    )
    return said.principal(PrincipalType.WEB_IDENTITY, account_id=account_id)


@operation(
    Access.WRITE,
    on=ROLE_TO_ASSUME,
    service="sts",
    conditions={"sts:RoleSessionName": "role_session_name"},
    implies=(
        Implied("sts:TagSession", ROLE_TO_ASSUME, of=brings_tags),
        Implied("sts:SetSourceIdentity", ROLE_TO_ASSUME, of=brings_source_identity),
    ),
    unsigned=_vouched_for,
    rest=None,
    errors=(
        MalformedPolicyDocument,
        PackedPolicyTooLarge,
        IDPRejectedClaim,
        IDPCommunicationError,
        InvalidIdentityToken,
        ExpiredIdentityToken,
    ),
)
def assume_role_with_web_identity(
    call: Call,
    *,
    role_arn: StsArn,
    role_session_name: RoleSessionName,
    web_identity_token: WebIdentityToken,
    provider_id: ProviderId | None = None,
    policy_arns: PolicyArns = [],  # noqa: B006
    policy: SessionPolicy | None = None,
    duration_seconds: RoleDuration | None = None,
    minimum_session_token_size: MinimumSessionTokenSize = 0,
) -> AssumeRoleWithWebIdentityResult:
    """Take on a role with a token of an OpenID Connect provider that the role trusts; the request is not signed."""
    said = vouched(call)
    assert isinstance(said.identity, WebIdentity)
    return AssumeRoleWithWebIdentityResult(
        **sessions.assume(
            call,
            role_arn,
            session_name=role_session_name,
            duration_seconds=duration_seconds,
            policy=policy,
            policy_arns=policy_arns,
            tags=said.tags,
            source_identity=said.source_identity or None,
            provider=said.provider,
            token_size=minimum_session_token_size,
        ),
        subject_from_web_identity_token=said.subject,
        provider=said.provider_arn,
        audience=said.identity.audience,
    )
