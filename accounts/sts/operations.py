"""Security Token Service: who am I, and temporary credentials."""

from __future__ import annotations

from datetime import timedelta

from accounts.sts import mfa, sessions
from accounts.sts.limits import limits
from accounts.sts.resources import FEDERATED_USER, ROLE_TO_ASSUME
from accounts.sts.session_tags import inherited, passed_tags, session_tags
from accounts.sts.shapes import (
    AnyAccessKeyId,
    AssumeRoleResult,
    Duration,
    ExternalId,
    FederatedName,
    FederatedUser,
    GetAccessKeyInfoResult,
    GetFederationTokenResult,
    GetSessionTokenResult,
    MinimumSessionTokenSize,
    PolicyArns,
    ProvidedContexts,
    RoleDuration,
    RoleSessionName,
    SerialNumber,
    SessionPolicy,
    SessionTags,
    SourceIdentity,
    StsArn,
    TokenCode,
    TransitiveTagKeys,
    UnrestrictedSessionPolicy,
)
from iamconsole.kernel.call import Call, Principal, PrincipalType
from iamconsole.kernel.errors import (
    AccessDenied,
    MalformedPolicyDocument,
    PackedPolicyTooLarge,
    ValidationError,
)
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.sessions import Session, SessionKind
from iamconsole.kernel.shapes import Arn, Shape
from iamconsole.storage.identifiers import account_of

HALF_A_DAY, AN_HOUR = 43_200, 3_600  # seconds


class GetCallerIdentityResult(Shape):
    user_id: str
    account: str
    arn: Arn


@operation(Access.READ, on=ANYTHING, service="sts", unrestricted=True, rest=Rest("GET", "/caller-identity"))
def get_caller_identity(call: Call) -> GetCallerIdentityResult:
    """Tell who the caller is; every authenticated caller may ask, whatever policies say."""
    principal = call.principal
    return GetCallerIdentityResult(user_id=principal.user_id, account=call.account_id, arn=principal.arn)


def _hands_tags_down(caller: Principal) -> bool:
    return bool(inherited(caller))


def _has_source_identity(caller: Principal) -> bool:
    return bool(caller.temporary and caller.temporary.source_identity)


@operation(
    Access.WRITE,
    on=ROLE_TO_ASSUME,
    service="sts",
    conditions={
        "sts:ExternalId": "external_id",
        "sts:RoleSessionName": "role_session_name",
        "sts:SourceIdentity": "source_identity",
        "sts:TransitiveTagKeys": "transitive_tag_keys",
    },
    implies=(
        Implied("sts:TagSession", ROLE_TO_ASSUME, when="tags", of=_hands_tags_down),
        Implied("sts:SetSourceIdentity", ROLE_TO_ASSUME, when="source_identity", of=_has_source_identity),
    ),
    identify=mfa.proven,
    rest=Rest("POST", "/sts/assume-role"),
    errors=(MalformedPolicyDocument, PackedPolicyTooLarge),
)
def assume_role(
    call: Call,
    *,
    role_arn: StsArn,
    role_session_name: RoleSessionName,
    policy_arns: PolicyArns = [],  # noqa: B006
    policy: UnrestrictedSessionPolicy | None = None,
    duration_seconds: RoleDuration | None = None,
    tags: SessionTags = [],  # noqa: B006
    transitive_tag_keys: TransitiveTagKeys = [],  # noqa: B006
    external_id: ExternalId | None = None,
    serial_number: SerialNumber | None = None,
    token_code: TokenCode | None = None,
    source_identity: SourceIdentity | None = None,
    provided_contexts: ProvidedContexts | None = None,
    minimum_session_token_size: MinimumSessionTokenSize = 0,
) -> AssumeRoleResult:
    """Take on a role for a while: temporary credentials of a session of it.

    The role's trust policy must allow the caller; where it names an account, so must the caller's own policies, and
    across accounts both must. The session ends with the role.
    """
    if provided_contexts:
        raise ValidationError("No context provider is registered here: leave ProvidedContexts out.")
    chain = call.principal.temporary.source_identity if call.principal.temporary else ""
    if chain and source_identity not in (None, chain):
        raise AccessDenied("The source identity of a session cannot be changed by the roles it assumes.")
    return AssumeRoleResult(
        **sessions.assume(
            call,
            role_arn,
            session_name=role_session_name,
            duration_seconds=duration_seconds,
            policy=policy,
            policy_arns=policy_arns,
            tags=session_tags(call.principal, tags, transitive_tag_keys),
            source_identity=source_identity or chain or None,
            token_size=minimum_session_token_size,
        )
    )


@operation(
    Access.WRITE,
    on=ANYTHING,
    service="sts",
    unrestricted=True,
    identify=mfa.proven,
    rest=Rest("POST", "/sts/session-token"),
)
def get_session_token(
    call: Call,
    *,
    duration_seconds: Duration = HALF_A_DAY,
    serial_number: SerialNumber | None = None,
    token_code: TokenCode | None = None,
    minimum_session_token_size: MinimumSessionTokenSize = 0,
) -> GetSessionTokenResult:
    """Give the caller temporary credentials of his own, with MFA if a code comes along; no policy can forbid it.

    They end with the access key that asked, those with MFA also when a device of the user is taken away. Without MFA
    they are of no use to IAM.
    """
    session = Session(
        kind=SessionKind.USER,
        account_id=call.account_id,
        principal_id=call.principal.unique_id,
        issued=call.time,
        expires=call.time + _lifetime(call, duration_seconds),
        issuing_key=call.principal.access_key_id,
        mfa=call.time if serial_number else None,
        mfa_generation=mfa.generation(call) if serial_number else 0,
    )
    return GetSessionTokenResult(**sessions.credentials(session, token_size=minimum_session_token_size))


@operation(
    Access.WRITE,
    on=FEDERATED_USER,
    service="sts",
    implies=(Implied("sts:TagSession", FEDERATED_USER, when="tags"),),
    rest=Rest("POST", "/sts/federation-token"),
    errors=(MalformedPolicyDocument, PackedPolicyTooLarge),
)
def get_federation_token(
    call: Call,
    *,
    name: FederatedName,
    policy: SessionPolicy | None = None,
    policy_arns: PolicyArns = [],  # noqa: B006
    duration_seconds: Duration = HALF_A_DAY,
    tags: SessionTags = [],  # noqa: B006
    minimum_session_token_size: MinimumSessionTokenSize = 0,
) -> GetFederationTokenResult:
    """Give temporary credentials to somebody who has no user: at most the caller's rights and what the policies allow.

    Without policies the session may do what resource policies allow it, and nothing else. It ends with the access key
    that asked, and is of no use to IAM.
    """
    passed = passed_tags(tags)
    limited = limits(call.account_id, policy=policy, policy_arns=policy_arns, tags=passed)
    session = Session(
        kind=SessionKind.FEDERATED_USER,
        account_id=call.account_id,
        principal_id=call.principal.unique_id,
        issued=call.time,
        expires=call.time + _lifetime(call, duration_seconds),
        name=name,
        issuing_key=call.principal.access_key_id,
        policy=limited.policy,
        policy_ids=limited.policy_ids,
        tags=passed,
    )
    arn = f"arn:aws:sts::{call.account_id}:federated-user/{name}"
    return GetFederationTokenResult(
        **sessions.credentials(session, token_size=minimum_session_token_size),
        federated_user=FederatedUser(federated_user_id=f"{call.account_id}:{name}", arn=arn),
        packed_policy_size=limited.packed,
    )


def _lifetime(call: Call, seconds: int) -> timedelta:
    """Root's sessions last an hour at most, whatever was asked for."""
    longest = AN_HOUR if call.principal.type is PrincipalType.ROOT else seconds
    return timedelta(seconds=min(seconds, longest))


@operation(Access.READ, on=ANYTHING, service="sts", rest=Rest("GET", "/sts/access-key-info/{access_key_id}"))
def get_access_key_info(call: Call, *, access_key_id: AnyAccessKeyId) -> GetAccessKeyInfoResult:
    """Tell which account an access key id was made for; the id says so itself, whether or not the key still exists."""
    try:
        return GetAccessKeyInfoResult(account=account_of(access_key_id))
    except ValueError:
        raise ValidationError("The access key id names no account: it has not the form of one made here.") from None
