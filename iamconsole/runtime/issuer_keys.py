"""Rotating the signing keys of every account that issues tokens, through the operation."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from accounts.outbound_federation import queries as issuers
from iamconsole.kernel import clock
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import Fault
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime import dispatch

logger = structlog.get_logger(__name__)


def rotate_due(call_for: Callable[[str], Call]) -> int:
    """Give every issuer whose time it is its next keys, and drop those that are over; gives how many issuers."""
    due = issuers.accounts_with_keys_due(clock.now())
    return sum(_rotated(call_for(account_id)) for account_id in due)


def _rotated(call: Call) -> bool:
    try:
        dispatch.execute(call, REGISTRY["iamconsole:RotateOutboundSigningKeys"], {"IfDue": True})
    except Fault as fault:  # switched off a moment ago, or a lost race: the next run finds what is left
        logger.warning("signing keys were not rotated", account=call.account_id, why=fault.message)
        return False
    return True
