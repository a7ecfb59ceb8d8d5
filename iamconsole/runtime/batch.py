"""Things that belong together: one transaction, each item authorized, audited and reported; a dry run leaves nothing.

CSV import, account import and bulk actions go this way. A batch is all or nothing: where one item is refused, none
is kept, and only the refusals are put on record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from django.db import IntegrityError, transaction

from iamconsole.audit import trail
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import ConcurrentModification, Fault, InternalFailure, InvalidInput
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.resources import Resource
from iamconsole.kernel.shapes import Shape
from iamconsole.runtime.dispatch import perform, sole
from iamconsole.runtime.observation import observed

logger = structlog.get_logger(__name__)
Item = tuple[Operation, Mapping[str, Any]]
MOST_REFUSALS = 100
"""After so many a batch is tried no further: the transaction, and with it the account, is held up for nothing."""


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """What became of one item: its result, or the fault that refused it."""

    operation: Operation
    raw: Mapping[str, Any]
    result: Shape | None = None
    fault: Fault | None = None
    request: Shape | None = None
    resources: tuple[Resource, ...] = ()
    tried: bool = True

    @property
    def ok(self) -> bool:
        return self.fault is None


class _Undo(Exception):
    """Leaves the transaction without a trace."""


def execute_batch(call: Call, items: Sequence[Item], *, dry_run: bool = False) -> list[ItemOutcome]:
    """Run every item for the call and tell what became of each, in order; only mutating operations may be batched.

    Items are tried on after a fault, so that those of a file are reported at once, until 100 were refused; then all are
    kept or, if one was refused or this is a dry run, none. `call.consistency_token` covers the whole batch.
    """
    outcomes: list[ItemOutcome] = []
    try:
        with transaction.atomic(durable=True):
            outcomes += _attempts(call, items)
            if dry_run or not all(outcome.ok for outcome in outcomes):
                raise _Undo
    except _Undo:
        call.changes.clear()
        call.consistency_token = ""
        if not dry_run:
            _record_refusals(call, outcomes)
    return outcomes


def _attempts(call: Call, items: Sequence[Item]) -> Iterator[ItemOutcome]:
    refused = 0
    for operation, raw in items:
        if refused == MOST_REFUSALS:
            fault = InvalidInput(f"Not tried: {MOST_REFUSALS} others were refused before it.")
            yield ItemOutcome(operation, raw, fault=fault, tried=False)
        else:
            outcome = _attempt(call, operation, raw)
            refused += not outcome.ok
            yield outcome


def _attempt(call: Call, operation: Operation, raw: Mapping[str, Any]) -> ItemOutcome:
    """One item in a savepoint of its own, so that a refused one does not hide what the others would do."""
    if not operation.mutates:
        raise TypeError(f"{operation.action} changes nothing: run it with execute()")
    request, resources = None, list[Resource]()
    item = replace(call, changes=[], prepared=None)
    with sole(operation), observed(call, operation) as seen:
        try:
            request = operation.decode(raw)
            with transaction.atomic():
                result = perform(item, operation, request, resources)
        except Fault as refused:
            seen.code = refused.code
            return ItemOutcome(operation, raw, fault=refused, request=request, resources=tuple(resources))
        except Exception as error:
            logger.exception("item failed")
            fault = ConcurrentModification() if isinstance(error, IntegrityError) else InternalFailure()
            seen.code = fault.code
            return ItemOutcome(operation, raw, fault=fault, request=request, resources=tuple(resources))
    call.changes += item.changes
    call.position, call.consistency_token = item.position, item.consistency_token
    return ItemOutcome(operation, raw, result=result, request=request, resources=tuple(resources))


def _record_refusals(call: Call, outcomes: Sequence[ItemOutcome]) -> None:
    for outcome in outcomes:
        if outcome.fault is not None and outcome.tried:
            trail.refused(call, outcome.operation, outcome.request, outcome.fault, outcome.resources)
