"""Who uses a watched key, and from where: written outside of operations, to a few seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple

from accounts.access_keys.models import AccessKey, KeySighting

GRANULARITY: Final = timedelta(seconds=5)
SETTLED: Final = timedelta(seconds=10)
"""How long a use may take to be on record: the granularity, what waits to be written, and as much again."""
MOST: Final = 20
"""Places that are kept of a key; newer ones displace the oldest."""
WIDTHS: Final = {"source_ip": 64, "user_agent": 256, "service": 64, "region": 64}


class Sighting(NamedTuple):
    """A use of a key by one client; `refused`: the signature held, but the key was inactive."""

    access_key_id: str
    account_id: str
    source_ip: str
    user_agent: str
    service: str
    region: str
    refused: bool = False


def write(seen: Mapping[Sighting, float]) -> None:
    """Write sightings and their times, in seconds since 1970; keys that are no longer watched are passed over."""
    everywhere = AccessKey.objects.across_accounts("what was seen of all accounts' keys")
    watched = set(
        everywhere.filter(pk__in={one.access_key_id for one in seen}, watched=True).values_list("pk", flat=True)
    )
    rows = [_row(one, moment) for one, moment in seen.items() if one.access_key_id in watched]
    rows.sort(key=lambda row: (row.access_key_id, row.digest))  # in one order everywhere: nobody waits crosswise
    KeySighting.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["access_key", "digest"], update_fields=["last_seen"]
    )
    for account_id, key_id in sorted({(row.account_id, row.access_key_id) for row in rows}):
        _displace(account_id, key_id)


def _row(one: Sighting, moment: float) -> KeySighting:
    time = datetime.fromtimestamp(moment, UTC)
    told = {name: _printable(getattr(one, name), width) for name, width in WIDTHS.items()}
    named = "\0".join((*told.values(), str(one.refused)))
    return KeySighting(
        account_id=one.account_id,
        access_key_id=one.access_key_id,
        digest=blake2b(named.encode(), digest_size=16).hexdigest(),
        refused=one.refused,
        first_seen=time,
        last_seen=time,
        **told,
    )


def _printable(text: str, width: int) -> str:
    """Without what breaks lines, colours terminals, or no database keeps."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:width])


def _displace(account_id: str, key_id: str) -> None:
    mine = KeySighting.objects.filter(account_id=account_id, access_key_id=key_id)
    surplus = list(mine.order_by("-last_seen").values_list("pk", flat=True)[MOST:])
    if surplus:
        mine.filter(pk__in=surplus).delete()


def of(account_id: str, key_ids: Iterable[str]) -> dict[str, list[KeySighting]]:
    """What was seen of each key, the latest first."""
    found: dict[str, list[KeySighting]] = {}
    rows = KeySighting.objects.filter(account_id=account_id, access_key_id__in=list(key_ids))
    for row in rows.order_by("-last_seen", "pk"):
        found.setdefault(row.access_key_id, []).append(row)
    return found
