"""AssumeRoleWithSAML: a SAML response of an identity provider instead of a signature."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from accounts.federation.saml import SamlAssertion, verify_assertion
from accounts.saml_providers import queries as providers
from accounts.saml_providers import replay
from accounts.sts import sessions
from accounts.sts.resources import ROLE_TO_ASSUME, trusting_account_of
from accounts.sts.session_tags import SessionTags
from accounts.sts.shapes import (
    AssumeRoleWithSAMLResult,
    MinimumSessionTokenSize,
    PolicyArns,
    RoleDuration,
    SamlResponse,
    SessionPolicy,
    StsArn,
)
from accounts.sts.vouching import Vouched, brings_source_identity, brings_tags, vouched
from iamconsole.kernel.call import Call, Principal, PrincipalType
from iamconsole.kernel.errors import (
    ExpiredIdentityToken,
    IDPRejectedClaim,
    InvalidIdentityToken,
    MalformedPolicyDocument,
    PackedPolicyTooLarge,
)
from iamconsole.kernel.operation import Access, Implied, operation

LASTING: Final = ("saml:namequalifier", "saml:sub", "saml:sub_type")
"""Condition keys that stay with the session (reference 3.4); the others count for the trust policy alone."""
NOT_OFFERED: Final = "The assertion does not offer the role: its Role attribute must pair RoleArn with PrincipalArn"


def _vouched_for(request: Any, now: datetime) -> Principal:
    """Whoever the assertion speaks of, by a provider of the role's account and for a role that it names."""
    account_id = trusting_account_of(request.role_arn)
    provider = providers.seek(account_id, request.principal_arn)
    if provider is None:
        raise InvalidIdentityToken("Specified provider doesn't exist")
    found = verify_assertion(request.saml_assertion, provider=provider, now=now)
    if (request.role_arn, request.principal_arn) not in found.roles:
        raise InvalidIdentityToken(NOT_OFFERED)
    said = Vouched(
        provider_arn=found.provider_arn,
        subject=found.subject,
        user_id=f"{found.name_qualifier}:{found.subject}",
        keys={**found.condition_keys, "sts:RoleSessionName": found.role_session_name},
        lasting=LASTING,
        identity=found,
        tags=SessionTags(found.principal_tags, found.transitive_tag_keys),
        source_identity=found.source_identity,
    )
    return said.principal(PrincipalType.SAML, account_id=account_id)


@operation(
    Access.WRITE,
    on=ROLE_TO_ASSUME,
    service="sts",
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
        InvalidIdentityToken,
        ExpiredIdentityToken,
    ),
)
def assume_role_with_saml(
    call: Call,
    *,
    role_arn: StsArn,
    principal_arn: StsArn,
    saml_assertion: SamlResponse,
    policy_arns: PolicyArns = [],  # noqa: B006
    policy: SessionPolicy | None = None,
    duration_seconds: RoleDuration | None = None,
    minimum_session_token_size: MinimumSessionTokenSize = 0,
) -> AssumeRoleWithSAMLResult:
    """Take on a role with a SAML response of a provider that the role trusts; the request is not signed.

    The session's name is the one that the provider states. A response is good for one session, which ends no later
    than the provider's own.
    """
    said = vouched(call)
    found = said.identity
    assert isinstance(found, SamlAssertion)
    replay.spend(
        call,
        account_id=call.account_id,
        issuer=found.issuer,
        assertion_id=found.assertion_id,
        not_on_or_after=found.not_on_or_after,
    )
    return AssumeRoleWithSAMLResult(
        **sessions.assume(
            call,
            role_arn,
            session_name=found.role_session_name,
            duration_seconds=duration_seconds,
            policy=policy,
            policy_arns=policy_arns,
            tags=said.tags,
            source_identity=said.source_identity or None,
            provider=said.provider,
            token_size=minimum_session_token_size,
            no_later=found.session_not_on_or_after,
        ),
        subject=found.subject,
        subject_type=found.subject_type,
        issuer=found.issuer,
        audience=found.recipient,
        name_qualifier=found.name_qualifier,
    )
