"""Sealing and opening access-key secrets: bound to the account and the key id, so no row's secret fits another."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from accounts.access_keys.models import MasterKey
from iamconsole.sealing import Sealer


def confirm_ring() -> None:
    """Refuse to go on with master keys that did not seal what is stored (BadMasterKey, UnknownKey)."""
    settings.IAM_KEY_RING.confirm(dict(MasterKey.objects.values_list("id", "check_value")))


@lru_cache(maxsize=1)
def sealer() -> Sealer:
    """What seals: with a ring that was held against what is stored."""
    confirm_ring()
    return Sealer(settings.IAM_KEY_RING)


@lru_cache(maxsize=1)
def opener() -> Sealer:
    """What opens, where there may be no database to ask: a wrong key opens nothing."""
    return Sealer(settings.IAM_KEY_RING)


def note_master_key() -> None:
    """Note, beside what is sealed, that the current master key is in use."""
    ring = settings.IAM_KEY_RING
    check_value = {"check_value": ring.check_value(ring.current_id)}
    MasterKey.objects.get_or_create(id=ring.current_id, defaults=check_value)


def seal(secret: str, *, account_id: str, access_key_id: str) -> str:
    """Seal a new secret."""
    note_master_key()
    return sealer().seal(secret.encode(), bound_to=_owner(account_id, access_key_id))


def unseal(sealed: str, *, account_id: str, access_key_id: str) -> str:
    return opener().open(sealed, bound_to=_owner(account_id, access_key_id)).decode()


def _owner(account_id: str, access_key_id: str) -> tuple[str, ...]:
    return ("access-key", account_id, access_key_id)
