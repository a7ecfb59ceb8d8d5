"""How a row lies in a region's store: authenticated, and its secret sealed, under keys of that region alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from accounts.access_keys.secrets import unseal
from accounts.master_keys import ring as rings
from iamconsole.replication.projection.source import Row
from iamconsole.sealing import KeyRing, Sealer, SealingError, Signer

SECRET = "secret"  # noqa: S105  (the member of a body that is sealed)


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row as a region has it, with the position of the change that wrote it."""

    kind: str
    id: str
    account_id: str
    arn: str
    body: Any
    position: int


class Forged(SealingError):
    """A row of a region's store is not what was put there."""


class Packer:
    """Packs for one region, and unpacks what was packed for it."""

    def __init__(self, region: str, ring: KeyRing) -> None:
        own = {key_id: ring.derive(f"region {region}", key_id=key_id) for key_id in ring}
        derived = KeyRing(ring.current_id, own)
        self._region = region
        self._sealer = Sealer(derived)
        self._signer = Signer.from_ring(derived, "row")

    def pack(self, row: Any) -> str:
        """The text of a row of the home region, secrets sealed anew."""
        body = row.body
        if SECRET in body:
            body = body | {SECRET: self._resealed(row)}
        return self._signer.sign(orjson.dumps([row.kind, row.id, row.account_id, row.arn, row.position, body]))

    def unpack(self, kind: str, ident: str, text: str) -> StoredRow:
        """The row; Forged where the text was altered, or is another row's."""
        try:
            found = orjson.loads(self._signer.verify(text))
        except SealingError:
            raise Forged(f"the {kind} {ident} of region {self._region} was altered") from None
        if found[:2] != [kind, ident]:
            raise Forged(f"the {kind} {ident} of region {self._region} is the row of another")
        _kind, _id, account_id, arn, position, body = found
        return StoredRow(kind, ident, account_id, arn, body, position)

    def secret(self, sealed: str, *, account_id: str, access_key_id: str) -> str:
        """The secret of an access key as this region has it."""
        return self._sealer.open(sealed, bound_to=self._owner(account_id, access_key_id)).decode()

    def _resealed(self, row: Row) -> str:
        secret = unseal(row.body[SECRET], account_id=row.account_id, access_key_id=row.id)
        return self._sealer.seal(secret.encode(), bound_to=self._owner(row.account_id, row.id))

    def _owner(self, account_id: str, access_key_id: str) -> tuple[str, ...]:
        return ("region", self._region, account_id, access_key_id)


def packer(region: str) -> Packer:
    """Under the master keys of now."""
    return _packer(region, rings.current())


@lru_cache(maxsize=128)
def _packer(region: str, ring: KeyRing) -> Packer:
    return Packer(region, ring)
