"""Emptying an account for people who test against us."""

from __future__ import annotations

from functools import cache
from itertools import compress

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, Model, Q, QuerySet

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


def _doomed(model: type[Model], account_id: str) -> QuerySet:
    rows = model._base_manager.filter(account_id=account_id)
    kept = KEPT.get(model._meta.label)
    return rows.exclude(kept) if kept else rows


@operation(Access.PERMISSIONS, on=ANYTHING, service="iamconsole", rest=None, errors=(NoSuchEntity,))
def reset_account(call: Call) -> None:
    """Empty the account but for its root user, root keys and trail; only where IAM_TEST_MODE=1.

    There is no way back: an installation that is not in test mode refuses, whoever asks.
    """
    demand_operator(call)
    if not settings.IAM_TEST_MODE:
        raise AccessDenied("Accounts can be reset only by a server that runs with IAM_TEST_MODE=1.")
    users.root(call.account_id)
    doomed = {model._meta.label: _doomed(model, call.account_id) for model in tables()}
    # One question to all tables, since most are empty in a suite's account and a suite resets after every test.
    found = Account.objects.values(**{f"of_{n}": Exists(rows) for n, rows in enumerate(doomed.values())})
    filled = found.get(pk=call.account_id).values()
    for rows in compress(doomed.values(), filled):
        # Raw, because row by row Django would refuse each that another still needs; the database checks at commit.
        rows._raw_delete(rows.db)
    call.emit("account", call.account_id, "reset", revokes=True)
