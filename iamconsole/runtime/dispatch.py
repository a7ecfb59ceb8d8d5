"""`execute()`: the one path of every change and every question, readable on one screen.

    decode → locate → authorize → transact → record → publish → (the interface encodes)

There is no knob that leaves a step out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from django.db import DatabaseError, IntegrityError, OperationalError, transaction

from accounts.notifications import occasions
from iamconsole.audit import trail
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import ConcurrentModification, Fault, InternalFailure, ServiceUnavailable
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.resources import Resource
from iamconsole.kernel.shapes import Shape
from iamconsole.replication import log
from iamconsole.replication.projection.projector import project
from iamconsole.runtime.authorization import authorize, locate
from iamconsole.runtime.observation import observed
from iamconsole.runtime.publishing import publish
from iamconsole.runtime.tracing import step

logger = structlog.get_logger(__name__)
ATTEMPTS = 3  # a transaction that lost a race is run again, and then sees who won

_running: ContextVar[Operation | None] = ContextVar("running", default=None)


def running() -> Operation | None:
    """The operation that is being executed, if any: the write guard of the tests asks."""
    return _running.get()


@contextmanager
def sole(operation: Operation) -> Iterator[None]:
    """Mark an operation as running; one inside another is refused, since its rules would hide behind the outer's."""
    if (outer := _running.get()) is not None:
        raise RuntimeError(f"{operation.action} executed within {outer.action}: share a function, not an operation")
    mark = _running.set(operation)
    try:
        yield
    finally:
        _running.reset(mark)


def execute(call: Call, operation: Operation, raw: Mapping[str, Any]) -> Shape | None:
    """Run an operation for a call and give its result; every refusal is a Fault.

    `raw` holds the input under AWS's or Python's member names. A mutating call leaves `call.consistency_token`.
    """
    request: Shape | None = None
    resources: list[Resource] = []
    with sole(operation), observed(call, operation):
        try:
            request = operation.decode(raw)
            if not operation.mutates:
                resources += locate(call, operation.on, request)
                authorize(call, operation, request, resources)
                return _handle(call, operation, request)
            _prepare(call, operation, request, resources)
            return _transact(call, operation, request, resources)
        except Fault as fault:
            _record_refusal(call, operation, request, fault, resources)
            raise
        except Exception as error:
            logger.exception("operation failed")
            unforeseen = InternalFailure()
            _record_refusal(call, operation, request, unforeseen, resources)
            raise unforeseen from error


def _prepare(call: Call, operation: Operation, request: Shape, resources: list[Resource]) -> None:
    """What takes too long to do inside the transaction; nobody is worked for who is not allowed to ask."""
    call.prepared = None
    if operation.beforehand is not None:
        resources += locate(call, operation.on, request)
        authorize(call, operation, request, resources)
        call.prepared = operation.beforehand(call, request)


def _transact(call: Call, operation: Operation, request: Shape, resources: list[Resource]) -> Shape | None:
    for attempt in range(1, ATTEMPTS + 1):
        call.changes.clear()
        resources.clear()
        try:
            with transaction.atomic(durable=True):
                return perform(call, operation, request, resources)
        except (IntegrityError, OperationalError) as lost:
            if attempt == ATTEMPTS:
                logger.warning("lost every race", error=str(lost))
                raise ConcurrentModification from lost
    raise AssertionError("unreachable")


def perform(call: Call, operation: Operation, request: Shape, resources: list[Resource]) -> Shape | None:
    """The steps of a mutating call inside its transaction; `execute_batch` runs several in one."""
    if operation.identify:
        call.principal = operation.identify(call, request)
    resources += locate(call, operation.on, request)
    authorize(call, operation, request, resources)
    result = _handle(call, operation, request)
    occasions.tell(call, operation, request, result, resources)
    _record(call, operation, request, result, resources)
    transaction.on_commit(lambda: publish(call))
    return result


@step("record")
def _record(call: Call, operation: Operation, request: Shape, result: Shape | None, resources: list[Resource]) -> None:
    trail.done(call, operation, request, result, resources)
    # Only now: whoever holds the account's chain sees all that others of the account committed, so that no row is
    # projected without their part of it, whatever the handlers lock.
    projection = project(call.changes, call.account_id)
    place = log.append(call.changes, account_id=call.account_id, request_id=call.request_id, time=call.time)
    projection.write(position=place.position)
    call.position, call.consistency_token = place.position, log.token(call.account_id, place.position, of=place.epoch)


@step("handle")
def _handle(call: Call, operation: Operation, request: Shape) -> Shape | None:
    members = {name: getattr(request, name) for name in type(request).model_fields}
    result: Shape | None = operation.handler(call, **members)
    return result


def _record_refusal(
    call: Call, operation: Operation, request: Shape | None, fault: Fault, resources: list[Resource]
) -> None:
    call.changes.clear()
    if not operation.mutates and fault.code != "AccessDenied":
        return
    try:
        trail.refused(call, operation, request, fault, resources)
    except DatabaseError as lost:
        logger.critical("the audit trail cannot be written")
        raise ServiceUnavailable("The audit trail cannot be written, so nothing is done.") from lost
