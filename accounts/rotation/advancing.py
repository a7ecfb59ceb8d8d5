"""The steps of a rotation, one transaction each; whoever comes late, twice or for nothing changes nothing."""

from __future__ import annotations

from accounts.access_keys.models import AccessKey
from accounts.rotation import delivering, due, knowing, rotations, shapes, transitions
from accounts.rotation.delivering import Outcome
from accounts.rotation.machine import Deliver, Move, decide
from accounts.rotation.models import KeyRotation
from accounts.rotation.resources import KEY_OWNER, ROTATED_USER
from accounts.rotation.states import State
from accounts.users import queries as users
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import NoSuchEntity
from iamconsole.kernel.operation import Access, operation
from iamconsole.kernel.shapes import AccessKeyId
from policies.services.resources import OWN


@operation(Access.WRITE, on=KEY_OWNER, service=OWN, rest=None, errors=(NoSuchEntity,))
def start_due_key_rotation(call: Call, *, access_key_id: AccessKeyId) -> None:
    """Begin the rotation of a key that is as old as its schedule lets it get; of any other, do nothing."""
    rows = AccessKey.objects.filter(account_id=call.account_id, pk=access_key_id).select_related("user")
    key: AccessKey | None = rows.first()
    if key is None:
        raise NoSuchEntity(f"The Access Key with id {access_key_id} cannot be found.")
    user = users.lock(call.account_id, key.user.name)
    if not due.is_due(key, now=call.time):
        return
    transitions.begin(call, rotations.begun(call, key, user), key, "The key is as old as its schedule lets it get.")


@operation(Access.WRITE, on=ROTATED_USER, service=OWN, rest=None, errors=(NoSuchEntity,))
def advance_key_rotation(
    call: Call, *, rotation_id: shapes.RotationId, version: shapes.Version
) -> shapes.AdvanceKeyRotationResult:
    """Take the one step that a rotation is ready for, if it still is as it was seen; else do nothing.

    For a delivery the step is to claim the attempt, which DeliverRotatedKey then makes.
    """
    rotation = _seen(call, rotation_id, version)
    if rotation is None or rotation.paused:
        return shapes.AdvanceKeyRotationResult(delivers=False)
    coming = decide(knowing.of([rotation], now=call.time)[rotation.pk])
    if isinstance(coming, Move):
        transitions.make(call, rotation, coming)
    elif isinstance(coming, Deliver):
        rotation.attempts += 1
        rotation.retry_at = rotation.next_at = call.time + delivering.LEASE
        transitions.save(call, rotation)
    return shapes.AdvanceKeyRotationResult(delivers=isinstance(coming, Deliver), version=rotation.version)


def _seen(call: Call, rotation_id: str, version: int) -> KeyRotation | None:
    """The rotation, locked, if nobody has moved it since it was seen at this version."""
    rotation = rotations.lock(call.account_id, rotation_id)
    return rotation if rotation.version == version and not rotation.ended else None


@operation(Access.WRITE, on=ROTATED_USER, service=OWN, rest=None, errors=(NoSuchEntity,), beforehand=delivering.attempt)
def deliver_rotated_key(call: Call, *, rotation_id: shapes.RotationId, version: shapes.Version) -> None:
    """Make the attempt at a delivery that was claimed, and note what became of it.

    The attempt itself is made before the transaction, and may be made twice: deliveries are idempotent.
    """
    outcome, rotation = call.prepared, _seen(call, rotation_id, version)
    if rotation is None or not isinstance(outcome, Outcome):
        return
    if outcome.error:
        _failed(call, rotation, outcome)
    elif rotation.state == State.DELIVERING:
        transitions.enter(call, rotation, State.DELIVERED, f"Delivered ({rotation.delivery_kind}).")
    else:
        rotation.withdrawn, rotation.last_error = True, ""
        rotation.retry_at, rotation.next_at = None, call.time
        transitions.record(call, rotation, "Put the old key back in its place.")


def _failed(call: Call, rotation: KeyRotation, outcome: Outcome) -> None:
    rotation.last_error = outcome.error[:512]
    rotation.retry_at = rotation.next_at = delivering.retry_at(
        rotation.attempts, retryable=outcome.retryable, now=call.time
    )
    if rotation.attempts == 1:
        transitions.record(call, rotation, f"The first attempt at a delivery failed: {rotation.last_error}")
    else:
        transitions.save(call, rotation)
