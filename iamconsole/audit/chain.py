"""The chain: how one record follows another."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

import orjson

from iamconsole.audit.models import AuditChain, AuditEvent

GENESIS = "0" * 64


def digest_of(*, account_id: str, sequence: int, previous: str, body: str) -> str:
    """SHA-256 over the account, the place in its chain, the digest before, and every byte of the body."""
    head = f"{account_id}\n{sequence}\n{previous}\n"
    return hashlib.sha256(head.encode() + body.encode()).hexdigest()


def append(account_id: str, record: Mapping[str, Any], *, time: Any, columns: Mapping[str, str]) -> AuditEvent:
    """Add a record to the end of an account's chain, within the caller's transaction.

    The chain's row is locked until the transaction ends, so records never share a place.
    """
    chain = AuditChain.objects.select_for_update().filter(account_id=account_id).first()
    if chain is None:
        AuditChain.objects.get_or_create(account_id=account_id, defaults={"digest": GENESIS})
        chain = AuditChain.objects.select_for_update().get(account_id=account_id)
    body = orjson.dumps(record, option=orjson.OPT_SORT_KEYS).decode()
    sequence = chain.sequence + 1
    event = AuditEvent.objects.create(
        account_id=account_id,
        sequence=sequence,
        time=time,
        event_id=uuid.UUID(record["eventID"]),
        body=body,
        previous=chain.digest,
        digest=digest_of(account_id=account_id, sequence=sequence, previous=chain.digest, body=body),
        **columns,
    )
    chain.sequence, chain.digest = sequence, event.digest
    chain.save(update_fields=["sequence", "digest"])
    return event
