"""Writing the trail: one record per mutating call and per denied operation, whatever the door.

Only `runtime.dispatch` calls this for operations (an import contract holds that).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
from django.db import transaction

from iamconsole.audit import chain
from iamconsole.audit.models import AuditEvent, DenialTally
from iamconsole.audit.records import columns_of, record_of
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import AccessDenied, Fault
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.resources import Resource
from iamconsole.kernel.shapes import Shape

WINDOW = timedelta(seconds=60)
"""Denials of one caller and action that repeat within this are counted, not written out."""


def _write(call: Call, record: dict[str, Any]) -> AuditEvent:
    return chain.append(call.account_id, record, time=call.time, columns=columns_of(record))


def done(
    call: Call, operation: Operation, request: Shape, result: Shape | None, resources: Sequence[Resource]
) -> None:
    """Record a mutating call that succeeded, in its own transaction: no record, no change."""
    _write(call, record_of(call, operation, request=request, result=result, resources=resources))


def refused(
    call: Call, operation: Operation, request: Shape | None, fault: Fault, resources: Sequence[Resource] = ()
) -> None:
    """Record a call that failed, after its transaction rolled back; repeated denials are folded into a count."""
    record = record_of(call, operation, request=request, fault=fault, resources=resources)
    with transaction.atomic(durable=True):
        if not isinstance(fault, AccessDenied):
            _write(call, record)
        elif not _repeated(call, operation):
            event = _write(call, record)
            DenialTally.objects.update_or_create(
                **_key(call, operation),
                defaults={"first_event": event.event_id, "opened": call.time, "last": call.time, "repeats": 0},
            )


def _key(call: Call, operation: Operation) -> dict[str, str]:
    return {"account_id": call.account_id, "principal": call.principal.arn, "action": operation.action}


def _repeated(call: Call, operation: Operation) -> bool:
    """Whether this denial was counted with one that is on record; a window that is over is folded first."""
    tally = DenialTally.objects.select_for_update().filter(**_key(call, operation)).first()
    if tally is None:
        return False
    if call.time - tally.opened < WINDOW:
        tally.repeats, tally.last = tally.repeats + 1, call.time
        tally.save(update_fields=["repeats", "last"])
        return True
    fold(tally)
    return False


def fold(tally: DenialTally) -> None:
    """Put the count of repeats on record, within the caller's transaction, and forget the tally."""
    if tally.repeats:
        first = AuditEvent.objects.get(account_id=tally.account_id, event_id=tally.first_event)
        record = folded_record(first, tally)
        chain.append(tally.account_id, record, time=tally.last, columns=columns_of(record))
    tally.delete()


def folded_record(first: AuditEvent, tally: DenialTally) -> dict[str, Any]:
    """The first denial again, saying how often it was repeated and until when."""
    record: dict[str, Any] = orjson.loads(first.body)
    return record | {
        "eventID": str(uuid.uuid4()),
        "eventTime": tally.last.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "repeats": tally.repeats,
        "repeatsOf": str(tally.first_event),
        "repeatsSince": tally.opened.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def fold_expired(now: Any) -> int:
    """Fold every tally whose window is over (beat calls this); gives how many."""
    folded = 0
    for pk in DenialTally.objects.filter(opened__lt=now - WINDOW).values_list("pk", flat=True):
        with transaction.atomic(durable=True):
            tally = DenialTally.objects.select_for_update().filter(pk=pk).first()
            if tally is not None:
                fold(tally)
                folded += 1
    return folded
