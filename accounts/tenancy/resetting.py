"""Emptying an account for people who test against us."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.conf import settings
from django.db.models import Model, Q

from accounts.tenancy.models import Account
from accounts.tenancy.operator import demand_operator
from accounts.users import queries as users
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import AccessDenied, NoSuchEntity
from iamconsole.kernel.operation import Access, operation
from iamconsole.kernel.resources import ANYTHING

# What a reset leaves of the root user: itself, its keys and its password.
KEPT = {
    "accounts.User": Q(is_root=True),
    "accounts.AccessKey": Q(user__is_root=True),
    "accounts.LoginProfile": Q(user__is_root=True),
}


@cache
def tables() -> tuple[type[Model], ...]:
    """Every model whose rows belong to an account: those with a foreign key `account`."""
    return tuple(model for model in apps.get_models() if _belongs_to_account(model))


def _belongs_to_account(model: type[Model]) -> bool:
    return any(field.name == "account" and field.related_model is Account for field in model._meta.get_fields())


@operation(Access.PERMISSIONS, on=ANYTHING, service="iamconsole", rest=None, errors=(NoSuchEntity,))
def reset_account(call: Call) -> None:
    """Empty the account but for its root user, root keys and trail; only where IAM_TEST_MODE=1.

    There is no way back: an installation that is not in test mode refuses, whoever asks.
    """
    demand_operator(call)
    if not settings.IAM_TEST_MODE:
        raise AccessDenied("Accounts can be reset only by a server that runs with IAM_TEST_MODE=1.")
    users.root(call.account_id)
    for model in tables():
        rows = model._base_manager.filter(account_id=call.account_id)
        # Raw, because row by row Django would refuse each that another still needs; the database checks at commit.
        rows.exclude(KEPT.get(model._meta.label, Q(pk__in=())))._raw_delete(rows.db)
    call.emit("account", call.account_id, "reset", revokes=True)
