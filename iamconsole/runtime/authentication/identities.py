"""Principals from stored identities."""

from __future__ import annotations

from accounts.users.models import User
from iamconsole.kernel.call import Principal, PrincipalType

OPERATOR = "operator"


def of_user(user: User, *, access_key_id: str = "") -> Principal:
    """The principal that an IAM user or root user is."""
    if user.is_root:
        return Principal(
            type=PrincipalType.ROOT,
            account_id=user.account_id,
            arn=user.arn,
            unique_id=user.unique_id,
            user_id=user.account_id,
            name="root",
            access_key_id=access_key_id,
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
