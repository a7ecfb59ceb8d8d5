"""The names that records are found by: of whoever called, and of everything that the call was about.

A name is the last part of an ARN, and its first one after the type: `deploy` and `night` of the session
`assumed-role/deploy/night`, `team` and `ada` of `user/team/ada`.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef

from iamconsole.audit.models import AuditChain, AuditEvent, AuditName
from iamconsole.audit.records import storable
from iamconsole.storage.prepared import Insert

PRINCIPAL, RESOURCE = "p", "r"
WIDTH: Final = 128
"""Bytes of a name that are kept; IAM's own names are no longer."""
TYPED: Final = frozenset({"iam", "sts"})
"""Services whose resources begin with their type."""
BATCH: Final = 1_000  # records


_insert = Insert(AuditName, "account_id", "event", "place", "side", "name", "arn", "time", "sequence")


class Name(NamedTuple):
    """A name and the ARN it is part of, which may be unknown."""

    side: str
    key: bytes
    arn: str = ""


def key_of(text: str) -> bytes:
    """A name as it is compared: without regard to case, at any collation."""
    return storable(text).casefold().encode()[:WIDTH]


def keys_of(arn: str) -> Iterator[bytes]:
    """The names in an ARN, or in what is none."""
    parts = arn.split(":", 5)
    said = [each for each in re.split("[/:]", parts[-1]) if each]
    if len(said) > 1 and len(parts) == 6 and parts[2] in TYPED:
        del said[0]
    yield from dict.fromkeys(key_of(each) for each in (*said[:1], *said[-1:]))


def names_of(record: Mapping[str, Any]) -> list[Name]:
    """The names of a record, each once, in an order that depends on nothing else."""
    caller = record["userIdentity"].get("arn", "")
    asked = {name: value for name, value in (record.get("requestParameters") or {}).items() if isinstance(value, str)}
    arns = [*(each["ARN"] for each in record["resources"]), *(each for each in asked.values() if _is_arn(each))]
    found = [Name(PRINCIPAL, key, caller) for key in keys_of(caller)]
    found += [Name(RESOURCE, key, arn) for arn in arns for key in keys_of(arn)]
    known = {each.key for each in found if each.side == RESOURCE}
    called = [key_of(value) for name, value in asked.items() if name.endswith("Name")]
    found += [Name(RESOURCE, key) for key in called if key and key not in known]
    return list(dict.fromkeys(each._replace(arn=storable(each.arn)[:2048]) for each in found))


def _is_arn(text: str) -> bool:
    return text.startswith("arn:") and len(text) <= 2048


def write(event: AuditEvent, record: Mapping[str, Any]) -> None:
    """Put the names of a record beside it, within the transaction that writes it."""
    _insert(_rows(event, names_of(record)))


def _rows(event: AuditEvent, names: Iterable[Name]) -> list[AuditName]:
    facts = {"account_id": event.account_id, "event_id": event.pk, "time": event.time, "sequence": event.sequence}
    return [
        AuditName(place=place, side=each.side, name=each.key, arn=each.arn, **facts) for place, each in enumerate(names)
    ]


def catch_up(account_id: str, *, seconds: float) -> int:
    """Name the records of an account that an earlier release wrote; gives how many, and ends when time is up."""
    chain = AuditChain.objects.get(account_id=account_id)
    at, until, count = chain.named, time.monotonic() + seconds, 0
    while at < chain.sequence and time.monotonic() < until:
        after, at = at, min(at + BATCH, chain.sequence)
        rows = AuditEvent.objects.filter(account_id=account_id, sequence__gt=after, sequence__lte=at)
        bare = rows.filter(~Exists(AuditName.objects.filter(account_id=account_id, event=OuterRef("pk"))))
        made = [row for event in bare.order_by("sequence") for row in _rows(event, _read(event))]
        with transaction.atomic():
            if not AuditChain.objects.filter(account_id=account_id, named=after).update(named=at):
                return count  # somebody else is at it
            AuditName.objects.bulk_create(made, batch_size=BATCH)
        count += len({row.event_id for row in made})
    return count


def _read(event: AuditEvent) -> list[Name]:
    """Nothing of a body that is no record: to say so is what verification is for."""
    try:
        return names_of(json.loads(event.body))
    except (ValueError, LookupError, TypeError, AttributeError):
        return []
