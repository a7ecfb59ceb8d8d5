"""Principals from stored identities."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from accounts.users.models import User
from iamconsole.kernel.call import Principal, PrincipalType

OPERATOR = "operator"
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
