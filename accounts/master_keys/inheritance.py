"""What is derived from an older master key and cannot be made anew: hashes of secrets nobody knows, signatures.

The derived key, from which nothing leads back to its master key, is sealed under the current one; of a signing key its
public half suffices. So every master key can be let go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts.master_keys import ring as rings
from accounts.master_keys.models import InheritedKey, MasterKey
from iamconsole.sealing import SealBroken, UnknownKey

SERVICE_CREDENTIALS: Final = "service-specific credential"
HOST_KEYS: Final = "workload host key"
AUDIT: Final = "audit checkpoints"


def _public(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


KEPT: Mapping[str, Callable[[bytes], bytes]] = {SERVICE_CREDENTIALS: bytes, HOST_KEYS: bytes, AUDIT: _public}
"""What is kept of the key that is derived for a purpose."""


def hand_down() -> int:
    """Keep what every key leaves that was replaced, under the current one; gives how many keys were sealed."""
    ring, sealer = rings.current(), rings.sealer()
    made = 0
    for row in InheritedKey.objects.exclude(sealed_key__startswith=f"s1.{ring.current_id}."):
        rewrapped = sealer.rewrap(row.sealed_key, bound_to=_owner(row.purpose, row.master_key_id))
        made += InheritedKey.objects.filter(pk=row.pk, sealed_key=row.sealed_key).update(sealed_key=rewrapped)
    used = set(MasterKey.objects.filter(replaced__isnull=False).values_list("id", flat=True))
    present = set(InheritedKey.objects.values_list("master_key_id", "purpose"))
    for key_id in ring:
        for purpose, kept in KEPT.items():
            if key_id in used and (key_id, purpose) not in present:
                left = kept(ring.derive(purpose, key_id=key_id))
                sealed = sealer.seal(left, bound_to=_owner(purpose, key_id))
                InheritedKey.objects.create(master_key_id=key_id, purpose=purpose, sealed_key=sealed)
                made += 1
    return made


def is_handed_down(key_id: str) -> bool:
    """Whether everything that a master key leaves is kept."""
    kept = InheritedKey.objects.filter(master_key_id=key_id).values_list("purpose", flat=True)
    return set(kept) == set(KEPT)


def derived(purpose: str, key_id: str) -> bytes:
    """The key of a purpose, of a master key that is in the ring or was; UnknownKey where nothing is left of it."""
    ring = rings.current()
    return ring.derive(purpose, key_id=key_id) if key_id in ring else left_by(purpose, key_id)


def left_by(purpose: str, key_id: str) -> bytes:
    """What a master key that is gone left for a purpose; UnknownKey where that is nothing."""
    row = InheritedKey.objects.filter(master_key_id=key_id, purpose=purpose).first()
    if row is None:
        raise UnknownKey(f"master key {key_id[:32]!a} is not in the ring: add it until nothing needs it")
    try:
        return rings.sealer().open(row.sealed_key, bound_to=_owner(purpose, key_id))
    except SealBroken:
        raise UnknownKey(f"what master key {key_id[:32]!a} left was altered: put the key back into the ring") from None


def _owner(purpose: str, key_id: str) -> tuple[str, ...]:
    return ("inherited-key", purpose, key_id)
