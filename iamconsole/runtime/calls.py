"""Making the call: the same for every door."""

from __future__ import annotations

import uuid

from accounts.tenancy import queries as tenancy
from iamconsole.kernel import clock
from iamconsole.kernel.call import Call, Origin, Principal


def new_request_id() -> str:
    return str(uuid.uuid4())


def call_for(principal: Principal, *, door: str, origin: Origin | None = None, request_id: str = "") -> Call:
    """A call of this principal upon his own account."""
    return Call(
        account_id=principal.account_id,
        principal=principal,
        door=door,
        request_id=request_id or new_request_id(),
        time=clock.now(),
        origin=origin or Origin(),
        limits_of=tenancy.limits,
    )
