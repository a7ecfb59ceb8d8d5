"""What happens to a user's keys, whoever asks for it: the user's row is locked by then."""

from __future__ import annotations

from accounts.access_keys import secrets
from accounts.access_keys.models import AccessKey
from accounts.tokens import queries as tokens
from accounts.tokens.models import BearerToken
from accounts.users.models import User
from iamconsole.kernel.call import Call
from iamconsole.storage.identifiers import access_key_id as new_access_key_id
from iamconsole.storage.identifiers import secret_access_key


def issue(call: Call, user: User) -> tuple[AccessKey, str]:
    """A new active key in a free slot of the user, and its secret; LimitExceeded where no slot is free."""
    taken = set(AccessKey.objects.filter(user=user).values_list("slot", flat=True))
    quota = call.quota("AccessKeysPerUser")
    quota.check(len(taken))
    key_id, secret = new_access_key_id(call.account_id), secret_access_key()
    key = AccessKey.objects.create(
        id=key_id,
        account_id=call.account_id,
        user=user,
        slot=min(set(range(1, quota.limit + 1)) - taken),
        sealed_secret=secrets.seal(secret, account_id=call.account_id, access_key_id=key_id),
        created=call.time,
    )
    call.emit("access_key", key_id, "created")
    return key, secret


def set_active(call: Call, key: AccessKey, *, active: bool) -> None:
    """Make a key active or inactive; its bearer tokens do not come back with it."""
    if active:
        key.deactivated = None
    elif key.active:
        key.deactivated = call.time
    key.active = active
    key.save(update_fields=["active", "deactivated"])
    if not active:
        tokens.forget(call, BearerToken.objects.filter(access_key=key))
    call.emit("access_key", key.id, "updated", revokes=not active)


def watch(call: Call, key: AccessKey, *, watched: bool) -> None:
    """Begin or end to note who uses the key, and from where."""
    if key.watched != watched:
        key.watched = watched
        key.save(update_fields=["watched"])
        call.emit("access_key", key.id, "updated")


def delete(call: Call, key: AccessKey) -> None:
    """Delete a key for good."""
    key_id = key.id
    tokens.forget(call, BearerToken.objects.filter(access_key=key))
    key.delete()
    call.emit("access_key", key_id, "deleted", revokes=True)
