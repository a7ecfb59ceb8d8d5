"""What was folded goes into the tables, in one short transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.db import transaction

from accounts.access_keys import last_used
from iamconsole.audit.history import rows, upserts
from iamconsole.audit.history.folding import Window
from iamconsole.audit.history.models import AskedPolicies
from iamconsole.kernel import clock
from iamconsole.replication.models import LogHead

KeyUse = tuple[str, str, str, float]
"""The account of a key, the service and region it was used for, and when, in seconds since 1970."""

RENEWED_EVERY: Final = timedelta(days=1)
"""Policies are marked as needed once a day at most."""


def write(window: Window) -> Counter[str]:
    """Write everything that a window holds or, where DatabaseError says so, nothing; gives its rows by account."""
    positions = dict(LogHead.objects.values_list("shard", "position"))
    asked = rows.Asked()
    history = [rows.history(entry, positions, asked) for entry in window.entries.values()]
    accesses = rows.accesses(window.entries.values())
    with transaction.atomic():
        upserts.HISTORY.write(history)
        upserts.POLICIES.write(_not_known(asked.bodies))
        upserts.ACCESS.write(accesses)
        upserts.LOSSES.write(
            [upserts.loss(account_id, what, times) for (account_id, what), times in window.lost.items()]
        )
    return Counter(row["account_id"] for row in history)


def note_uses(uses: dict[str, KeyUse]) -> None:
    """Write when keys were used, and take what is written out of `uses`."""
    while uses:
        access_key_id, use = uses.popitem()
        account_id, service, region, moment = use
        written = False
        try:
            now = rows.time_of(moment)
            last_used.note(access_key_id, account_id=account_id, service=service, region=region, now=now)
            written = True
        finally:
            if not written:
                uses.setdefault(access_key_id, use)


def _not_known(asked: Mapping[tuple[str, str], str]) -> list[upserts.Row]:
    """The policies that are not stored yet, or not marked as needed today."""
    if not asked:
        return []
    now = clock.now()
    stored = AskedPolicies.objects.across_accounts("what all accounts' decisions were made from")
    fresh = stored.filter(digest__in={digest for _, digest in asked}, needed__gt=now - RENEWED_EVERY)
    known = set(fresh.values_list("account_id", "digest"))
    return [
        {"account_id": account_id, "digest": digest, "body": body, "needed": now}
        for (account_id, digest), body in asked.items()
        if (account_id, digest) not in known
    ]
