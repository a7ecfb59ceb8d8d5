"""Rotating keys: beginning, watching, holding on, going back."""

from __future__ import annotations

from accounts.access_keys.models import AccessKey
from accounts.rotation import knowing, planning, rotations, shapes, transitions
from accounts.rotation.machine import Move, decide
from accounts.rotation.models import KeyRotation
from accounts.rotation.resources import ROTATED_USER, USER_OR_ALL, managing_keys
from accounts.rotation.states import State
from accounts.users import queries as users
from accounts.users.models import User
from accounts.users.resources import USER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import EntityAlreadyExists, InvalidInput, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.shapes import AccessKeyId, ExistingUserName, Marker, MaxItems
from policies.services.resources import OWN

MANY = "/key-rotations"
ONE = f"{MANY}/{{rotation_id}}"


@operation(
    Access.WRITE,
    on=USER,
    service=OWN,
    implies=managing_keys(USER),
    rest=Rest("POST", "/users/{user_name}/key-rotations"),
    errors=(NoSuchEntity, EntityAlreadyExists, InvalidInput),
)
def start_key_rotation(
    call: Call, *, user_name: ExistingUserName, access_key_id: AccessKeyId | None = None, dry_run: bool = False
) -> shapes.StartKeyRotationResult:
    """Replace an access key of a user now: the oldest active one, unless told which.

    DryRun says what would be done, what somebody must do first and who uses the key, and changes nothing. Nothing here
    takes a key away before the new one is in use; without a schedule the new key is collected with the old one.
    """
    user = users.find(call.account_id, user_name) if dry_run else users.lock(call.account_id, user_name)
    key = _chosen(user, access_key_id)
    _refuse_second(user)
    rotation = rotations.begun(call, key, user)
    rotation.requested_by = call.principal.arn
    facts = knowing.of([rotation], now=call.time)[rotation.pk]
    if not dry_run:
        transitions.begin(call, rotation, key, "Asked for.")
    return shapes.StartKeyRotationResult(
        key_rotation=None if dry_run else rotations.shown(rotation, facts),
        plan=planning.plan(facts),
        needs=planning.needs(facts),
        last_used=facts.old.last_used(call.time) if facts.old else "",
        key_uses=rotations.uses(call.account_id, [key.pk]),
    )


def _chosen(user: User, access_key_id: str | None) -> AccessKey:
    keys = AccessKey.objects.filter(account_id=user.account_id, user=user).order_by("created", "pk")
    key: AccessKey | None = (keys.filter(pk=access_key_id) if access_key_id else keys.filter(active=True)).first()
    if key is None and access_key_id:
        raise NoSuchEntity(f"The Access Key with id {access_key_id} cannot be found.")
    if key is None:
        raise InvalidInput(f"The user {user.name} has no active access key to replace.")
    if not key.active:
        raise InvalidInput(f"The access key {key.pk} is inactive: delete it, or make it active to have it replaced.")
    return key


def _refuse_second(user: User) -> None:
    under_way = KeyRotation.objects.filter(account_id=user.account_id, user=user, ended=None).first()
    if under_way:
        raise EntityAlreadyExists(
            f"The rotation {under_way.pk} of {under_way.old_key_id} is under way: one at a time for a user."
        )


@operation(
    Access.LIST,
    on=USER_OR_ALL,
    service=OWN,
    pages="key_rotations",
    rest=Rest("GET", MANY),
    errors=(NoSuchEntity,),
)
def list_key_rotations(
    call: Call,
    *,
    user_name: ExistingUserName | None = None,
    state: shapes.RotationState | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.ListKeyRotationsResult:
    """List the key rotations of the account or of a user, the oldest first, and what each waits for."""
    rows = KeyRotation.objects.filter(account_id=call.account_id).select_related("user", "schedule")
    rows = rows.filter(user=users.find(call.account_id, user_name)) if user_name else rows
    rows = rows.filter(state=state) if state else rows
    found, rest = page(rows, by="id", marker=marker, max_items=max_items)
    facts = knowing.of(found, now=call.time)
    return shapes.ListKeyRotationsResult(key_rotations=[rotations.shown(row, facts[row.pk]) for row in found], **rest)


@operation(Access.READ, on=ROTATED_USER, service=OWN, rest=Rest("GET", ONE), errors=(NoSuchEntity,))
def get_key_rotation(call: Call, *, rotation_id: shapes.RotationId) -> shapes.GetKeyRotationResult:
    """Show a rotation, its steps, and who uses the old and the new key from where."""
    rotation = rotations.find(call.account_id, rotation_id)
    return shapes.GetKeyRotationResult(
        key_rotation=_shown(call, rotation),
        steps=rotations.steps(rotation),
        key_uses=rotations.uses(call.account_id, (rotation.old_key_id, rotation.new_key_id)),
    )


def _shown(call: Call, rotation: KeyRotation) -> shapes.KeyRotation:
    return rotations.shown(rotation, knowing.of([rotation], now=call.time)[rotation.pk])


def _lock_open(call: Call, rotation_id: str) -> KeyRotation:
    rotation = rotations.lock(call.account_id, rotation_id)
    if rotation.ended:
        raise InvalidInput(
            f"The rotation {rotation.pk} has ended ({rotation.state}); a key that was deleted does not come back."
        )
    return rotation


@operation(
    Access.WRITE,
    on=ROTATED_USER,
    service=OWN,
    rest=Rest("POST", f"{ONE}/pause"),
    errors=(NoSuchEntity, InvalidInput),
)
def pause_key_rotation(call: Call, *, rotation_id: shapes.RotationId) -> shapes.KeyRotationResult:
    """Leave a rotation and its keys as they are until it is resumed; a new key can still be collected."""
    return _set_paused(call, rotation_id, "Paused.", paused=True)


@operation(
    Access.WRITE,
    on=ROTATED_USER,
    service=OWN,
    rest=Rest("POST", f"{ONE}/resume"),
    errors=(NoSuchEntity, InvalidInput),
)
def resume_key_rotation(call: Call, *, rotation_id: shapes.RotationId) -> shapes.KeyRotationResult:
    """Go on with a paused rotation, and try a delivery that failed again at once."""
    return _set_paused(call, rotation_id, "Resumed.", paused=False)


def _set_paused(call: Call, rotation_id: str, note: str, *, paused: bool) -> shapes.KeyRotationResult:
    rotation = _lock_open(call, rotation_id)
    if rotation.last_error and not paused:
        rotation.retry_at = call.time
    rotation.paused, rotation.next_at = paused, call.time
    transitions.record(call, rotation, note)
    return shapes.KeyRotationResult(key_rotation=_shown(call, rotation))


@operation(
    Access.WRITE,
    on=ROTATED_USER,
    service=OWN,
    implies=managing_keys(ROTATED_USER)[1:],
    rest=Rest("POST", f"{ONE}/roll-back"),
    errors=(NoSuchEntity, InvalidInput),
)
def roll_back_key_rotation(
    call: Call, *, rotation_id: shapes.RotationId, immediately: bool = False
) -> shapes.KeyRotationResult:
    """Go back to the old key: it works again at once, and the new one is deleted when nobody uses it any more.

    Immediately deletes the new key without waiting for that. Once the old key is deleted there is no way back.
    """
    rotation = _lock_open(call, rotation_id)
    rotation.paused, rotation.hurried = False, rotation.hurried or immediately
    if rotation.state in (State.DUE, State.BLOCKED):
        transitions.enter(call, rotation, State.ROLLED_BACK, "Called off before anything was done.")
        return shapes.KeyRotationResult(key_rotation=_shown(call, rotation))
    if rotation.state == State.QUIESCED:
        transitions.activate_old(call, rotation)
    transitions.enter(call, rotation, State.ROLLING_BACK, "Rolled back on request.")
    coming = decide(knowing.of([rotation], now=call.time)[rotation.pk])
    if isinstance(coming, Move):
        transitions.make(call, rotation, coming)
    return shapes.KeyRotationResult(key_rotation=_shown(call, rotation))
