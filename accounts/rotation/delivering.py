"""Bringing keys to their destination, between two transactions; whatever fails is seen and tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from accounts.access_keys.models import AccessKey
from accounts.access_keys.secrets import unseal
from accounts.rotation import deliveries, rotations, schedules
from accounts.rotation.deliveries import Delivery, DeliveryFailed, NewKey
from accounts.rotation.models import KeyRotation
from accounts.rotation.states import State
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput

LEASE: Final = timedelta(minutes=5)
"""How long an attempt may be under way; tasks are ended before."""
FIRST_RETRY, LAST_RETRY = timedelta(seconds=30), timedelta(hours=1)
HIDDEN: Final = "(hidden)"
UNEXPLAINED: Final = "The destination gave no reason."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt; `error` is empty where it succeeded."""

    error: str = ""
    retryable: bool = True


def attempt(call: Call, request: Any) -> Outcome | None:
    """Deliver the new key, or in rolling back put the old one back; None where this attempt is no longer wanted."""
    rotation = rotations.find(call.account_id, request.rotation_id)
    if rotation.version != request.version or rotation.state not in (State.DELIVERING, State.ROLLING_BACK):
        return None
    keys = {key.pk: key for key in AccessKey.objects.filter(account_id=call.account_id, user=rotation.user)}
    new, old = keys.get(rotation.new_key_id), keys.get(rotation.old_key_id)
    if new is None:
        return None
    try:
        delivery = _delivery(rotation)
        if rotation.state == State.DELIVERING:
            delivery.deliver(_parcel(rotation, new, replaces=rotation.old_key_id))
        elif old is not None:
            delivery.withdraw(
                _parcel(rotation, new, replaces=rotation.old_key_id), _parcel(rotation, old, replaces=new.pk)
            )
    except DeliveryFailed as failure:
        return Outcome(_without_secrets(str(failure), new, old) or UNEXPLAINED, failure.retryable)
    return Outcome()


def _delivery(rotation: KeyRotation) -> Delivery:
    schedule = rotation.schedule
    if schedule is None or schedule.delivery_kind != rotation.delivery_kind:
        raise DeliveryFailed(f"No schedule says any more how to reach {rotation.delivery_kind}.", retryable=False)
    try:
        settings = {**schedule.delivery_settings, **schedules.secret_settings(schedule)}
        return deliveries.read(schedule.delivery_kind, settings)
    except InvalidInput as refused:
        raise DeliveryFailed(refused.message, retryable=False) from refused


def _parcel(rotation: KeyRotation, key: AccessKey, *, replaces: str) -> NewKey:
    return NewKey(
        rotation_id=rotation.pk,
        account_id=rotation.account_id,
        user_name=rotation.user.name,
        user_arn=rotation.user.arn,
        access_key_id=key.pk,
        secret_access_key=_secret(key),
        replaces=replaces,
        created=key.created,
    )


def _secret(key: AccessKey) -> str:
    return unseal(key.sealed_secret, account_id=key.account_id, access_key_id=key.pk)


def _without_secrets(text: str, *keys: AccessKey | None) -> str:
    """A destination may have repeated what it was sent."""
    for key in keys:
        text = text.replace(_secret(key), HIDDEN) if key else text
    return text


def retry_at(attempts: int, *, retryable: bool, now: datetime) -> datetime:
    """Twice as long after each failure; what nobody expects to succeed is still tried once an hour."""
    if not retryable:
        return now + LAST_RETRY
    return now + min(FIRST_RETRY * 2 ** min(attempts - 1, 10), LAST_RETRY)
