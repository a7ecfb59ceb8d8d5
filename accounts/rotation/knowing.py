"""Reading the facts of rotations: many at once, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet

from accounts.access_keys.models import AccessKey, KeySighting
from accounts.rotation.facts import Facts, KeyFacts
from accounts.rotation.models import KeyRotation
from accounts.rotation.states import State
from accounts.tenancy.models import QuotaOverride
from iamconsole.kernel import quotas

WHY = "rotations of every account are advanced"


def of(rotations: Sequence[KeyRotation], *, now: datetime) -> dict[str, Facts]:
    """The facts by rotation id; each rotation comes with its schedule."""
    keys: dict[int, dict[str, KeyFacts]] = defaultdict(dict)
    rows = AccessKey.objects.across_accounts(WHY).filter(user__in={each.user_id for each in rotations})
    for user_id, key in of_keys(rows):
        keys[user_id][key.id] = key
    limits = _limits({each.account_id for each in rotations})
    return {each.pk: _facts(each, keys[each.user_id], limits[each.account_id], now) for each in rotations}


def of_keys(rows: QuerySet) -> Iterable[tuple[int, KeyFacts]]:
    """The keys among `rows` with their users' row ids."""
    found = list(rows.order_by("created", "pk"))
    used: dict[str, KeySighting] = {}
    asked: dict[str, KeySighting] = {}
    sightings = KeySighting.objects.across_accounts(WHY).filter(access_key__in=[key.pk for key in found])
    for sighting in sightings.order_by("last_seen"):
        (asked if sighting.refused else used)[sighting.access_key_id] = sighting
    return [(key.user_id, _key(key, used.get(key.pk), asked.get(key.pk))) for key in found]


def _key(key: AccessKey, used: KeySighting | None, asked: KeySighting | None) -> KeyFacts:
    latest, by = key.last_used, ""
    if used and (latest is None or used.last_seen >= latest):
        latest, by = used.last_seen, whence(used)
    return KeyFacts(
        id=key.pk,
        active=key.active,
        used=latest,
        by=by,
        asked=asked.last_seen if asked else None,
        asked_by=whence(asked) if asked else "",
        inactive_since=key.deactivated,
    )


def whence(sighting: KeySighting) -> str:
    """`from 10.0.0.7 by aws-cli/2.15.0`."""
    agent = sighting.user_agent.partition(" ")[0]
    parts = (f"from {sighting.source_ip}" if sighting.source_ip else "", f"by {agent}" if agent else "")
    return " ".join(filter(None, parts))


def _limits(account_ids: set[str]) -> defaultdict[str, int]:
    name = "AccessKeysPerUser"
    found: defaultdict[str, int] = defaultdict(lambda: quotas.DEFAULTS[name])
    overrides = QuotaOverride.objects.filter(name=name, account__in=account_ids)
    found.update(overrides.values_list("account_id", "limit"))
    return found


def _facts(rotation: KeyRotation, keys: dict[str, KeyFacts], limit: int, now: datetime) -> Facts:
    return Facts(
        state=State(rotation.state),
        now=now,
        since=rotation.since,
        watched_since=rotation.created,
        terms=rotation.terms,
        kind=rotation.delivery_kind,
        old=keys.get(rotation.old_key_id),
        new=keys.get(rotation.new_key_id),
        others=tuple(key for key in keys.values() if key.id not in (rotation.old_key_id, rotation.new_key_id)),
        free_slots=limit - len(keys),
        orphaned=rotation.schedule is None and not rotation.requested_by,
        attempts=rotation.attempts,
        retry_at=rotation.retry_at,
        last_error=rotation.last_error,
        withdrawn=rotation.withdrawn,
        hurried=rotation.hurried,
    )
