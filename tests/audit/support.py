"""Reading the trail, and doing to it what only an intruder does."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from iamconsole.audit.chain import GENESIS, digest_of
from iamconsole.audit.models import AuditChain, AuditEvent
from tests.support.write_guard import setting_up


def trail_of(account_id: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(account_id=account_id).order_by("sequence"))


def records_of(account_id: str) -> list[dict[str, Any]]:
    return [json.loads(event.body) for event in trail_of(account_id)]


def sql(statement: str, *values: Any) -> None:
    with setting_up(), connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def rehash(account_id: str, *, since: int = 1) -> None:
    """Make the chain fit again after tampering, head included: what an intruder does who knows how it is built."""
    previous = GENESIS
    for place, event in enumerate(trail_of(account_id), start=1):
        if place >= since:
            digest = digest_of(account_id=account_id, sequence=place, previous=previous, body=event.body)
            AuditEvent.objects.filter(account_id=account_id, pk=event.pk).update(
                sequence=place, previous=previous, digest=digest
            )
            event.digest = digest
        previous = event.digest
    AuditChain.objects.filter(pk=account_id).update(sequence=len(trail_of(account_id)), digest=previous)
