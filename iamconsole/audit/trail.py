"""Writing the trail: one record per mutating call and per denied operation, whatever the door.

Only `runtime.dispatch` calls this for operations (an import contract holds that).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from iamconsole.audit import chain
from iamconsole.audit.decisions.denial import Denial
from iamconsole.audit.decisions.keeping import keep
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


def done(call: Call, operation: Operation, request: Shape, result: Shape | None, resources: Sequence[Resource]) -> None:
    """Record a mutating call that succeeded, in its own transaction: no record, no change.

    Whoever assumes a role of another account is on record there as well; the two records share an event id.
    """
    record = record_of(call, operation, request=request, result=result, resources=resources)
    trusting = {resource.account_id for resource in resources if resource.trust_policy} - {call.account_id}
    if not trusting:
        _write(call, record)
        return
    record["sharedEventID"] = str(uuid.uuid4())
    for account_id in sorted({call.account_id, *trusting}):  # in one order everywhere: nobody waits crosswise
        copy = record | {"eventID": str(uuid.uuid4()), "recipientAccountId": account_id}
        chain.append(account_id, copy, time=call.time, columns=columns_of(copy))


def refused(
    call: Call, operation: Operation, request: Shape | None, fault: Fault, resources: Sequence[Resource] = ()
) -> None:
    """Record a call that failed, after its transaction rolled back; repeated denials are folded into a count.

    Each denial by policy gets an id of its own, folded or not, under which its explanation is kept.
    """
    denied = isinstance(fault, AccessDenied)
    with transaction.atomic(durable=True):
        if isinstance(fault, AccessDenied) and isinstance(fault.evidence, Denial):
            fault.recorded_as(keep(fault.evidence, account_id=call.principal.account_id, time=call.time))
        if denied and _repeated(call, operation):
            return
        event = _write(call, record_of(call, operation, request=request, fault=fault, resources=resources))
        if denied:
            DenialTally.objects.create(
                **_key(call, operation), first_event=event.event_id, opened=call.time, last=call.time
            )


def _key(call: Call, operation: Operation) -> dict[str, str]:
    return {"account_id": call.account_id, "principal": call.principal.arn, "action": operation.action}


def _repeated(call: Call, operation: Operation) -> bool:
    """Whether this denial was counted with one that is on record; a window that is over is folded first.

    Tallies are opened and folded only by whoever holds the chain, so two first denials cannot both open one.
    Counting needs no chain: a flood of repeats holds up nobody else's records.
    """
    if _count(call, operation):
        return True
    chain.lock(call.account_id)
    if _count(call, operation):
        return True
    over = DenialTally.objects.select_for_update().filter(**_key(call, operation)).first()
    if over is not None:
        fold(over)
    return False


def _count(call: Call, operation: Operation) -> bool:
    running = DenialTally.objects.filter(**_key(call, operation), opened__gt=call.time - WINDOW)
    return bool(running.update(repeats=F("repeats") + 1, last=Greatest("last", Value(call.time))))


def fold(tally: DenialTally) -> None:
    """Put the count of repeats on record and forget the tally; the caller holds the chain, then the tally."""
    if tally.repeats:
        first = AuditEvent.objects.get(account_id=tally.account_id, event_id=tally.first_event)
        record = folded_record(first, tally)
        chain.append(tally.account_id, record, time=tally.last, columns=columns_of(record))
    tally.delete()


def folded_record(first: AuditEvent, tally: DenialTally) -> dict[str, Any]:
    """The first denial again, saying how often it was repeated and until when."""
    record: dict[str, Any] = json.loads(first.body)
    return record | {
        "eventID": str(uuid.uuid4()),
        "eventTime": tally.last.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "repeats": tally.repeats,
        "repeatsOf": str(tally.first_event),
        "repeatsSince": tally.opened.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def fold_expired(now: datetime) -> int:
    """Fold every tally whose window is over (beat calls this); gives how many."""
    folded = 0
    for pk, account_id in DenialTally.objects.filter(opened__lte=now - WINDOW).values_list("pk", "account_id"):
        with transaction.atomic(durable=True):
            chain.lock(account_id)
            tally = DenialTally.objects.select_for_update().filter(pk=pk).first()
            if tally is not None:
                fold(tally)
                folded += 1
    return folded
