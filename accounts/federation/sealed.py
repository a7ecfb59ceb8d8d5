"""Private keys at rest: sealed under the master key, bound to what they are for, their account and their id."""

from __future__ import annotations

from accounts.master_keys.notes import note_master_key
from accounts.master_keys.ring import sealer


def seal(private_key: bytes, *, kind: str, account_id: str, key_id: str) -> str:
    """Seal a new key; that the current master key is in use is noted beside it."""
    note_master_key()
    return sealer().seal(private_key, bound_to=owner(kind, account_id, key_id))


def unseal(sealed: str, *, kind: str, account_id: str, key_id: str) -> bytes:
    return sealer().open(sealed, bound_to=owner(kind, account_id, key_id))


def owner(kind: str, account_id: str, key_id: str) -> tuple[str, ...]:
    return (kind, account_id, key_id)
