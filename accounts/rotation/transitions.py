"""Entering a state: what is done to keys, the row and its history, all in the transaction of the operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from accounts.access_keys import pairs
from accounts.access_keys.models import AccessKey
from accounts.rotation.machine import Effect, Move
from accounts.rotation.models import KeyRotation, RotationSchedule, RotationStep
from accounts.rotation.states import ENDED, State
from iamconsole.kernel.call import Call

PATIENCE: Final[Mapping[State, Callable[[KeyRotation], timedelta]]] = {
    State.IN_USE: lambda rotation: rotation.terms.overlap,
    State.QUIESCED: lambda rotation: rotation.terms.grace,
}
"""How long nothing can be due in a state; elsewhere it may be at any time."""


def begin(call: Call, rotation: KeyRotation, key: AccessKey, note: str) -> None:
    """Store a new rotation of the key, and watch the key from now on."""
    pairs.watch(call, key, watched=True)
    rotation.note = note
    rotation.save(force_insert=True)
    _note_step(call, rotation)
    call.emit("key_rotation", rotation.pk, "created")


def make(call: Call, rotation: KeyRotation, move: Move) -> None:
    """Do what a move says."""
    for effect in move.effects:
        _EFFECTS[effect](call, rotation)
    enter(call, rotation, move.to, move.note)


def enter(call: Call, rotation: KeyRotation, state: State, note: str) -> None:
    """Write the new state and a line of history; what ends is no longer watched."""
    if state is not State.ROLLING_BACK:  # an attempt that is under way may still arrive
        rotation.retry_at = None
    rotation.state, rotation.since = state, call.time
    rotation.attempts, rotation.last_error = 0, ""
    rotation.next_at = _next_at(rotation, state, call.time)
    if state in ENDED:
        rotation.ended = call.time
        for key in _keys(rotation):
            pairs.watch(call, key, watched=False)
    record(call, rotation, note)


def record(call: Call, rotation: KeyRotation, note: str) -> None:
    """Write the row with a line of history."""
    rotation.note = note[:1024]
    save(call, rotation)
    _note_step(call, rotation)


def save(call: Call, rotation: KeyRotation) -> None:
    """Write the row; whoever saw it before sees by its version that it moved on."""
    rotation.version += 1
    rotation.save()
    call.emit("key_rotation", rotation.pk, "updated")


def _note_step(call: Call, rotation: KeyRotation) -> None:
    RotationStep.objects.create(
        account_id=rotation.account_id,
        rotation=rotation,
        number=rotation.version,
        state=rotation.state,
        note=rotation.note,
        actor=call.principal.arn,
        time=call.time,
    )


def _next_at(rotation: KeyRotation, state: State, now: datetime) -> datetime | None:
    if state in ENDED:
        return None
    return now + PATIENCE[state](rotation) if state in PATIENCE else now


def _keys(rotation: KeyRotation) -> list[AccessKey]:
    ids = (rotation.old_key_id, rotation.new_key_id)
    return list(AccessKey.objects.filter(account_id=rotation.account_id, user=rotation.user, pk__in=ids))


def _key(rotation: KeyRotation, key_id: str) -> AccessKey:
    found: AccessKey = AccessKey.objects.get(account_id=rotation.account_id, user=rotation.user, pk=key_id)
    return found


def _make_room(call: Call, rotation: KeyRotation) -> None:
    mine = AccessKey.objects.filter(account_id=rotation.account_id, user=rotation.user, active=False)
    for key in mine.exclude(pk=rotation.old_key_id):
        pairs.delete(call, key)


def _create_new(call: Call, rotation: KeyRotation) -> None:
    key, _secret = pairs.issue(call, rotation.user)
    pairs.watch(call, key, watched=True)
    rotation.new_key_id = key.pk
    rotation.delivery_kind = rotation.terms.delivery_kind


def _delete_new(call: Call, rotation: KeyRotation) -> None:
    pairs.delete(call, _key(rotation, rotation.new_key_id))


def _deactivate_old(call: Call, rotation: KeyRotation) -> None:
    pairs.set_active(call, _key(rotation, rotation.old_key_id), active=False)


def _delete_old(call: Call, rotation: KeyRotation) -> None:
    old = _key(rotation, rotation.old_key_id)
    schedules = RotationSchedule.objects.filter(account_id=rotation.account_id)
    if not schedules.filter(access_key=rotation.new_key_id).exists():
        schedules.filter(access_key=old).update(access_key=rotation.new_key_id)
    pairs.delete(call, old)


def activate_old(call: Call, rotation: KeyRotation) -> None:
    """Make the old key work again."""
    pairs.set_active(call, _key(rotation, rotation.old_key_id), active=True)


_EFFECTS: Final[Mapping[Effect, Callable[[Call, KeyRotation], None]]] = {
    Effect.MAKE_ROOM: _make_room,
    Effect.CREATE_NEW: _create_new,
    Effect.DELETE_NEW: _delete_new,
    Effect.DEACTIVATE_OLD: _deactivate_old,
    Effect.DELETE_OLD: _delete_old,
}
