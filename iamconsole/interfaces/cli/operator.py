"""The local operator: whoever holds a shell on this host, acting upon an account, on record like everybody."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Sequence
from typing import Any

from django.core.management import CommandError
from django.db import connection

from accounts.tenancy import directory
from accounts.tenancy import queries as tenancy
from accounts.users import queries as users
from iamconsole.interfaces.cli.options import did_you_mean
from iamconsole.kernel.call import Call, Origin, Principal
from iamconsole.kernel.errors import Fault
from iamconsole.kernel.operation import REGISTRY, Operation
from iamconsole.runtime import calls, dispatch
from iamconsole.runtime.authentication.identities import of_operator, of_user

DOOR = "cli"


def call(account_id: str, principal: Principal | None = None) -> Call:
    """A call of the operator upon an account, or of somebody else at the operator's hands."""
    return calls.call_for(principal or of_operator(account_id), door=DOOR, origin=Origin(user_agent=_hand()))


def run(account_id: str, action: str, **members: object) -> Any:
    """Run an operation as the operator, by its action."""
    return run_as(call(account_id), action, **members)


def run_as(call: Call, action: str, **members: object) -> Any:
    """Run an operation for a call; the result is the operation's output shape."""
    return dispatch.execute(call, REGISTRY[action], members)


def account(named: str | None) -> str:
    """The id of the account that is meant: the named one, or the only one there is (CommandError)."""
    demand_tables()
    known = directory.every()
    if named:
        found = tenancy.find(named)
        if found is None:
            names = [name for each in known for name in (each.pk, each.alias) if name]
            raise CommandError(f"there is no account {named}{did_you_mean(named, names) or _listed(known)}")
        return found.pk
    if len(known) != 1:
        raise CommandError(f"say which account with --account{_listed(known)}")
    return known[0].pk


def _listed(known: Sequence[Any]) -> str:
    if not known:
        return "; there is none yet: `manage.py bootstrap` opens one"
    return "; there are " + ", ".join(f"{each} ({each.pk})" for each in known)


def caller(account_id: str, user_name: str | None) -> Principal:
    """The operator, or the user of that name (CommandError where there is none)."""
    if user_name is None:
        return of_operator(account_id)
    try:
        return of_user(users.find(account_id, user_name))
    except Fault as fault:
        raise CommandError(fault.message) from fault


def has_tables() -> bool:
    return "django_migrations" in connection.introspection.table_names()


def demand_tables() -> None:
    """Refuse to work on a database that was never migrated (CommandError)."""
    if not has_tables():
        raise CommandError("the database is empty: `make run` or `manage.py bootstrap` prepares it")


def refusal(operation: Operation, fault: Fault) -> str:
    """A fault in the words of the aws CLI."""
    return f"An error occurred ({fault.code}) when calling the {operation.name} operation: {fault.message}"


def _hand() -> str:
    """The command and the login name, for the trail."""
    try:
        login = getpass.getuser()
    except (KeyError, OSError):
        login = f"uid {os.getuid()}"
    return f"manage.py {sys.argv[1] if len(sys.argv) > 1 else ''} by {login}"
