"""The chain: how one record follows another."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from iamconsole.audit import naming
from iamconsole.audit.models import AuditChain, AuditEvent
from iamconsole.storage.prepared import Insert, Prepared

GENESIS = "0" * 64
MOVE = f'UPDATE "{AuditChain._meta.db_table}" SET sequence = %s, digest = %s WHERE account_id = %s'  # noqa: S608

_held = Prepared(lambda account_id: AuditChain.objects.select_for_update().filter(account_id=account_id))
_insert = Insert(
    AuditEvent,
    *("account_id", "sequence", "time", "event_id", "name", "principal", "access_key_id", "source_ip", "error_code"),
    *("resource", "body", "previous", "digest"),
    returning="id",
)


def canonical(value: Any) -> str:
    """JSON with sorted keys in printable ASCII: one line in every reader, whatever a caller put into a name.

    Control characters, U+2028 and lone surrogates come out escaped; parsing and writing it again gives the same text.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=str)


def digest_of(*, account_id: str, sequence: int, previous: str, body: str) -> str:
    """SHA-256 over the account, the place in its chain, the digest before, and every byte of the body."""
    head = f"{account_id}\n{sequence}\n{previous}\n"
    return hashlib.sha256(head.encode() + body.encode()).hexdigest()


def lock(account_id: str) -> AuditChain:
    """The end of an account's chain, held until the transaction ends; made where the account has none yet."""
    found: AuditChain | None = _held.first(account_id)
    if found is None:
        AuditChain.objects.get_or_create(account_id=account_id, defaults={"digest": GENESIS})
        found = _held(account_id)[0]
    return found


def append(account_id: str, record: Mapping[str, Any], *, time: datetime, columns: Mapping[str, str]) -> AuditEvent:
    """Add a record to the end of an account's chain, within the caller's transaction.

    The chain's row is locked until the transaction ends, so records never share a place.
    """
    end = lock(account_id)
    body, sequence = canonical(record), end.sequence + 1
    event = AuditEvent(
        account_id=account_id,
        sequence=sequence,
        time=time,
        event_id=uuid.UUID(record["eventID"]),
        body=body,
        previous=end.digest,
        digest=digest_of(account_id=account_id, sequence=sequence, previous=end.digest, body=body),
        **columns,
    )
    (event.pk,) = _insert([event])
    naming.write(event, record)
    with connection.cursor() as cursor:
        cursor.execute(MOVE, (sequence, event.digest, account_id))
    return event
