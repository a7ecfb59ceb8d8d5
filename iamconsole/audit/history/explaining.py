"""What is kept behind the authorization ids of the decision doors: few a flush, since explaining costs milliseconds."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import structlog
from django.db import InterfaceError, OperationalError, transaction

from iamconsole.audit.decisions.denial import Denial
from iamconsole.audit.decisions.keeping import keep
from iamconsole.audit.history.folding import owner
from policies.engine import Context, Decision

logger = structlog.get_logger(__name__)

Asked = tuple[str, Decision, float]
"""An authorization id, the denial it stands for, and when that was, in seconds since 1970."""

MOST: Final = 20
"""Denials that are explained in one flush; the rest are counted, and asking for them finds nothing."""
MOST_OF_ONE: Final = 10
"""The same, of one account."""


def explain(asked: deque[Asked]) -> Counter[str]:
    """Store what explains the denials, and take them out of `asked`; gives by account how many were not stored.

    OperationalError or InterfaceError leaves the denial it met, and those after it, where they are.
    """
    left_out, stored = Counter[str](), Counter[str]()
    for _ in range(len(asked)):
        one = asked.popleft()
        account_id = owner(one[1])
        if stored[account_id] >= MOST_OF_ONE or stored.total() >= MOST:
            left_out[account_id] += 1
            continue
        try:
            stored[account_id] += 1
            _keep(one, account_id)
        except (OperationalError, InterfaceError):
            asked.appendleft(one)
            raise
        except Exception as fault:  # the next one may fare better, and waits
            logger.warning("a denial cannot be explained", authorization_id=one[0], why=repr(fault))
            left_out[account_id] += 1
    return left_out


def _keep(one: Asked, account_id: str) -> None:
    authorization_id, decision, moment = one
    context = Context(dict(Context.of(decision.request.context).items()))  # as the engine read it: texts alone
    denied = replace(decision, request=replace(decision.request, context=context))
    with transaction.atomic():
        keep(
            Denial((denied,), shared=dict(context)),
            account_id=account_id,
            time=datetime.fromtimestamp(moment, UTC),
            named=authorization_id,
        )
