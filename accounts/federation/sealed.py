"""Private keys at rest: sealed under the master key, bound to what they are for, their account and their id."""

from __future__ import annotations

from django.conf import settings

from accounts.access_keys.models import MasterKey
from accounts.access_keys.secrets import sealer


def seal(private_key: bytes, *, kind: str, account_id: str, key_id: str) -> str:
    """Seal a new key; that the current master key is in use is noted beside it."""
    ring = settings.IAM_KEY_RING
    check_value = {"check_value": ring.check_value(ring.current_id)}
    MasterKey.objects.get_or_create(id=ring.current_id, defaults=check_value)
    return sealer().seal(private_key, bound_to=(kind, account_id, key_id))


def unseal(sealed: str, *, kind: str, account_id: str, key_id: str) -> bytes:
    return sealer().open(sealed, bound_to=(kind, account_id, key_id))
