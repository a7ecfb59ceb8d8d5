"""Principals from stored identities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from accounts.roles.models import Role
from accounts.users.models import User
from iamconsole.kernel.call import Principal, PrincipalType
from iamconsole.kernel.services import ServicePrincipal
from iamconsole.kernel.sessions import Session
from iamconsole.runtime.authentication import temporary

OPERATOR, WORKER = "operator", "worker"
NO_SESSION: Mapping[str, str] = MappingProxyType({})


def of_user(user: User, *, access_key_id: str = "", session: Mapping[str, str] = NO_SESSION) -> Principal:
    """The principal that an IAM user or root user is; `session` holds what only temporary credentials have."""
    if user.is_root:
        return Principal(
            type=PrincipalType.ROOT,
            account_id=user.account_id,
            arn=user.arn,
            unique_id=user.unique_id,
            user_id=user.account_id,
            name="root",
            access_key_id=access_key_id,
            session=session,
        )
    return Principal(
        type=PrincipalType.USER,
        account_id=user.account_id,
        arn=user.arn,
        unique_id=user.unique_id,
        user_id=user.unique_id,
        name=user.name,
        tags=user.tags,
        access_key_id=access_key_id,
        session=session,
    )


def of_user_session(user: User, session: Session, *, access_key_id: str, now: datetime) -> Principal:
    """The same with temporary credentials of GetSessionToken."""
    lasting = of_user(user, access_key_id=access_key_id)
    return replace(lasting, temporary=session, session=session.facts(now))


def of_federated_user(user: User, session: Session, *, access_key_id: str, now: datetime) -> Principal:
    """Somebody who has no user, for whom this user asked (GetFederationToken)."""
    return Principal(
        type=PrincipalType.FEDERATED_USER,
        account_id=user.account_id,
        arn=temporary.federated_user_arn(session),
        unique_id=user.unique_id,
        user_id=f"{user.account_id}:{session.name}",
        name=session.name,
        tags=temporary.tags_of(session, user.tags),
        access_key_id=access_key_id,
        session=session.facts(now),
        temporary=session,
        issuer_arn=user.arn,
    )


def of_role_session(role: Role, session: Session, *, access_key_id: str, now: datetime) -> Principal:
    """Whoever assumed a role."""
    return Principal(
        type=PrincipalType.ROLE_SESSION,
        account_id=role.account_id,
        arn=temporary.role_session_arn(session, role.name),
        unique_id=role.unique_id,
        user_id=f"{role.unique_id}:{session.name}",
        name=session.name,
        tags=temporary.tags_of(session, role.tags),
        access_key_id=access_key_id,
        session=session.facts(now),
        temporary=session,
        issuer_arn=role.arn,
    )


def of_service(
    account_id: str, prefix: str, *, access_key_id: str, source: Mapping[str, str] = NO_SESSION
) -> Principal:
    """A service that the account registered; `source` are the condition keys of what it acts for."""
    service = ServicePrincipal(account_id, prefix)
    return Principal(
        type=PrincipalType.SERVICE,
        account_id=account_id,
        arn=service.arn,
        unique_id=service.name,
        user_id=service.name,
        name=service.name,
        access_key_id=access_key_id,
        session=source,
    )


def of_operator(account_id: str, *, name: str = OPERATOR) -> Principal:
    """Whoever holds a shell on this host: bootstrap, `manage.py iam`, break-glass; audited like everybody."""
    return Principal(
        type=PrincipalType.OPERATOR,
        account_id=account_id,
        arn=f"arn:aws:iam::{account_id}:{OPERATOR}/{name}",
        unique_id=f"{OPERATOR}:{name}",
        user_id=f"{OPERATOR}:{name}",
        name=name,
    )


def of_worker(account_id: str, *, name: str) -> Principal:
    """A scheduled task at work upon an account; `runtime.workers` says what the worker of this name may do."""
    return Principal(
        type=PrincipalType.WORKER,
        account_id=account_id,
        arn=f"arn:aws:iam::{account_id}:{WORKER}/{name}",
        unique_id=f"{WORKER}:{name}",
        user_id=f"{WORKER}:{name}",
        name=name,
    )
