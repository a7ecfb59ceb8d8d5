"""Sealing and opening access-key secrets: bound to the account and the key id, so no row's secret fits another."""

from __future__ import annotations

from accounts.master_keys.notes import note_master_key
from accounts.master_keys.ring import sealer


def seal(secret: str, *, account_id: str, access_key_id: str) -> str:
    """Seal a new secret."""
    note_master_key()
    return sealer().seal(secret.encode(), bound_to=owner(account_id, access_key_id))


def unseal(sealed: str, *, account_id: str, access_key_id: str) -> str:
    return sealer().open(sealed, bound_to=owner(account_id, access_key_id)).decode()


def owner(account_id: str, access_key_id: str) -> tuple[str, ...]:
    return ("access-key", account_id, access_key_id)
