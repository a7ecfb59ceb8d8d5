"""Issuing sessions: every way into a role ends in `assume`, every credential in `credentials`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from accounts.roles.models import Role
from accounts.sts import tokens
from accounts.sts.limits import limits
from accounts.sts.resources import role_of
from accounts.sts.session_tags import SessionTags
from accounts.sts.shapes import AssumedRoleUser, Credentials, PolicyDescriptor
from iamconsole.kernel.call import Call, PrincipalType
from iamconsole.kernel.errors import AccessDenied, ValidationError
from iamconsole.kernel.sessions import Session, SessionKind
from iamconsole.storage.identifiers import Prefix, access_key_id, secret_access_key

CHAINED: Final = 3600  # seconds a role's session lasts that another role's session asked for
BEYOND_ROLE = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
BEYOND_CHAIN = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"


def assume(
    call: Call,
    role_arn: str,
    *,
    session_name: str,
    duration_seconds: int | None = None,
    policy: str | None = None,
    policy_arns: Sequence[PolicyDescriptor] | None = None,
    tags: SessionTags = SessionTags(),  # noqa: B008  (immutable)
    source_identity: str | None = None,
    provider: Mapping[str, str | tuple[str, ...]] | None = None,
    token_size: int = 0,
    no_later: datetime | None = None,
) -> dict[str, Any]:
    """A session of a role that the caller was just authorized to assume; the members that all such answers share.

    `provider` holds the condition keys that stay with a session which an identity provider vouched for; `no_later` is
    when that provider's own session ends. Raises ValidationError for a duration that is too long.
    """
    role = role_of(role_arn)
    if role is None:
        raise AccessDenied(f"User: {call.principal.arn} is not authorized to assume {role_arn}")
    limited = limits(role.account_id, policy=policy, policy_arns=policy_arns, tags=tags.tags)
    ends = call.time + timedelta(seconds=_duration(call, role, duration_seconds))
    session = Session(
        kind=SessionKind.ROLE,
        account_id=role.account_id,
        principal_id=role.unique_id,
        issued=call.time,
        expires=min(ends, no_later or ends),
        name=session_name,
        policy=limited.policy,
        policy_ids=limited.policy_ids,
        tags=tags.tags,
        transitive=tags.transitive,
        source_identity=source_identity or "",
        provider=provider or {},
        chained=call.principal.type is PrincipalType.ROLE_SESSION,
    )
    arn = f"arn:aws:sts::{role.account_id}:assumed-role/{role.name}/{session_name}"
    return {
        **credentials(session, token_size=token_size),
        "assumed_role_user": AssumedRoleUser(assumed_role_id=f"{role.unique_id}:{session_name}", arn=arn),
        "packed_policy_size": limited.packed,
        "source_identity": source_identity,
    }


def _duration(call: Call, role: Role, asked: int | None) -> int:
    seconds = asked or CHAINED
    if seconds > role.max_session_duration:
        raise ValidationError(BEYOND_ROLE)
    if call.principal.type is PrincipalType.ROLE_SESSION and seconds > CHAINED:
        raise ValidationError(BEYOND_CHAIN)
    return seconds


def credentials(session: Session, *, token_size: int = 0) -> dict[str, Any]:
    """New credentials of a session, and how much of its room the token takes."""
    key_id, secret = access_key_id(session.account_id, Prefix.TEMPORARY_KEY), secret_access_key()
    session = replace(session, expires=session.expires.replace(microsecond=0))
    token = tokens.issue(session, access_key_id=key_id, secret=secret, at_least=token_size)
    return {
        "credentials": Credentials(
            access_key_id=key_id, secret_access_key=secret, session_token=token, expiration=session.expires
        ),
        "session_token_utilization": -(-100 * len(token) // tokens.LONGEST),
        "session_token_size": len(token),
    }
