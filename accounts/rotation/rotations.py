"""Finding rotations and showing them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.access_keys import sightings
from accounts.access_keys.models import AccessKey, KeySighting
from accounts.rotation import schedules, shapes
from accounts.rotation.facts import Facts
from accounts.rotation.machine import Move, decide
from accounts.rotation.models import KeyRotation
from accounts.rotation.states import NEXT, State
from accounts.users.models import User
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import NoSuchEntity

STEPS_SHOWN = 200


def new_id(now: datetime) -> str:
    """Ids sort by time, so that pages of a list do too."""
    return f"kr-{int(now.timestamp() * 1000):011x}{secrets.token_hex(8)}"


def begun(call: Call, key: AccessKey, user: User) -> KeyRotation:
    """A rotation of the key by the schedule that counts for it; not stored yet."""
    schedule = schedules.effective(key)
    return KeyRotation(
        id=new_id(call.time),
        account_id=call.account_id,
        user=user,
        schedule=schedule,
        old_key_id=key.pk,
        state=State.DUE,
        created=call.time,
        since=call.time,
        next_at=call.time,
    )


def find(account_id: str, rotation_id: str) -> KeyRotation:
    return _one(KeyRotation.objects.filter(account_id=account_id), rotation_id)


def lock(account_id: str, rotation_id: str) -> KeyRotation:
    """The rotation, locked with its user, who is locked first as everywhere."""
    user_id = find(account_id, rotation_id).user_id
    list(User.objects.select_for_update().filter(account_id=account_id, pk=user_id))
    rows = KeyRotation.objects.filter(account_id=account_id).select_for_update(of=("self",))
    return _one(rows, rotation_id)


def _one(rows: Any, rotation_id: str) -> KeyRotation:
    found: KeyRotation | None = rows.filter(pk=rotation_id).select_related("user", "schedule").first()
    if found is None:
        raise NoSuchEntity(f"The key rotation {rotation_id} cannot be found.")
    return found


def shown(rotation: KeyRotation, facts: Facts) -> shapes.KeyRotation:
    return shapes.KeyRotation(
        rotation_id=rotation.pk,
        user_name=rotation.user.name,
        access_key_id=rotation.old_key_id,
        new_access_key_id=rotation.new_key_id or None,
        state=rotation.state,
        paused=rotation.paused,
        waits_for=_waits_for(rotation, facts),
        note=rotation.note or None,
        delivery_kind=rotation.delivery_kind or rotation.terms.delivery_kind,
        delivery_attempts=rotation.attempts,
        last_delivery_error=rotation.last_error or None,
        requested_by=rotation.requested_by or None,
        create_date=rotation.created,
        state_date=rotation.since,
        next_date=rotation.next_at,
        end_date=rotation.ended,
    )


def _waits_for(rotation: KeyRotation, facts: Facts) -> str | None:
    if rotation.ended:
        return None
    if rotation.paused:
        return "Paused: resume it to go on."
    coming = decide(facts)
    return NEXT[coming.to] if isinstance(coming, Move) else coming.reason


def steps(rotation: KeyRotation) -> list[shapes.RotationStep]:
    """The latest steps, the newest last."""
    found = list(rotation.steps.filter(account_id=rotation.account_id).order_by("-number")[:STEPS_SHOWN])
    return [
        shapes.RotationStep(state=step.state, note=step.note, actor=step.actor, time=step.time)
        for step in reversed(found)
    ]


def uses(account_id: str, key_ids: Iterable[str]) -> list[shapes.KeyUse]:
    """Who uses these keys, the latest first."""
    found = [row for rows in sightings.of(account_id, key_ids).values() for row in rows]
    return [_use(row) for row in sorted(found, key=lambda row: row.last_seen, reverse=True)]


def _use(row: KeySighting) -> shapes.KeyUse:
    return shapes.KeyUse(
        access_key_id=row.access_key_id,
        source_ip=row.source_ip or None,
        user_agent=row.user_agent or None,
        service=row.service or None,
        region=row.region or None,
        refused=row.refused,
        first_time=row.first_seen,
        last_time=row.last_seen,
    )
