"""Giving the new key to whoever holds the old one."""

from __future__ import annotations

from accounts.access_keys.models import AccessKey
from accounts.access_keys.secrets import unseal
from accounts.rotation import rotations, shapes, transitions
from accounts.rotation.deliveries import PULL
from accounts.rotation.models import KeyRotation
from accounts.rotation.states import COLLECTABLE, State
from accounts.tokens.resources import CALLER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import AccessDenied, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from policies.services.resources import OWN


@operation(
    Access.WRITE,
    on=CALLER,
    service=OWN,
    rest=Rest("POST", "/rotation/collect"),
    errors=(NoSuchEntity, AccessDenied),
)
def collect_access_key(call: Call) -> shapes.CollectAccessKeyResult:
    """Collect the access key that replaces the one this request is signed with, if a rotation has one ready.

    Only the long-term key that is being replaced collects: no temporary credentials, no bearer token, no console
    session. Each host that shares the key may collect, again and again until the old key is made inactive. In a
    rotation that is rolled back the new key collects the old one.
    """
    if call.principal.is_temporary or not call.principal.access_key_id:
        raise AccessDenied("Cannot call CollectAccessKey with temporary credentials: sign with a long-term access key.")
    rotation = rotations.lock(call.account_id, _waiting(call).pk)
    key = _replacement(call, rotation)
    if rotation.state == State.DELIVERING:
        transitions.enter(call, rotation, State.DELIVERED, "Collected with the old key.")
    return shapes.CollectAccessKeyResult(
        access_key_id=key.pk,
        secret_access_key=unseal(key.sealed_secret, account_id=key.account_id, access_key_id=key.pk),
        user_name=rotation.user.name,
        create_date=key.created,
    )


def _waiting(call: Call) -> KeyRotation:
    mine = KeyRotation.objects.filter(account_id=call.account_id, delivery_kind=PULL, ended=None)
    mine = mine.filter(user__unique_id=call.principal.unique_id)
    signer = call.principal.access_key_id
    forward = mine.filter(old_key_id=signer, state__in=COLLECTABLE)
    found: KeyRotation | None = (forward | mine.filter(new_key_id=signer, state=State.ROLLING_BACK)).first()
    if found is None:
        raise NoSuchEntity("No new access key waits for the one that signed this request.")
    return found


def _replacement(call: Call, rotation: KeyRotation) -> AccessKey:
    """The key to give, looked at again now that nobody else can move the rotation."""
    back = rotation.state == State.ROLLING_BACK
    if not (back or rotation.state in COLLECTABLE):
        raise NoSuchEntity("No new access key waits for the one that signed this request.")
    key_id = rotation.old_key_id if back else rotation.new_key_id
    rows = AccessKey.objects.filter(account_id=call.account_id, user=rotation.user, active=True)
    found: AccessKey | None = rows.filter(pk=key_id).first()
    if found is None:
        raise NoSuchEntity("No new access key waits for the one that signed this request.")
    return found
