"""Tasks as callers: each acts as the worker of its name, upon one account at a time, on record like everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accounts.tenancy import directory
from iamconsole.kernel.call import Call, Origin
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime import calls, dispatch
from iamconsole.runtime.authentication.identities import of_worker

DOOR = "worker"


def accounts() -> Iterator[str]:
    """The ids of all accounts, oldest first."""
    return (account.pk for account in directory.every())


def call(account_id: str, worker: str) -> Call:
    """A call of this worker upon an account."""
    return calls.call_for(of_worker(account_id, name=worker), door=DOOR, origin=Origin(user_agent=f"worker/{worker}"))


def run(account_id: str, worker: str, action: str, **members: object) -> Any:
    """Run an operation as this worker, by its action; a refusal is a Fault."""
    return dispatch.execute(call(account_id, worker), REGISTRY[action], members)
