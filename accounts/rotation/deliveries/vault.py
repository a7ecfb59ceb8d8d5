"""A secret in HashiCorp Vault or OpenBao: the KV engine, version 2.

The policy of the token, or of the role that logs in, needs `create`, `read` and `update` on `MOUNT/data/PATH`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from accounts.rotation.deliveries.interface import (
    MATERIAL,
    DeliveryFailed,
    NewKey,
    Receipt,
    demand_place_of,
    not_restorable,
    placed,
    without_material,
)
from accounts.rotation.deliveries.vault_api import Session, VaultSettings

ATTEMPTS: Final = 3
LOOK_BACK: Final = 10
"""How many earlier versions are searched for the previous key."""
NEEDED: Final = frozenset({"create", "read", "update"})


@dataclass(frozen=True)
class Vault:
    settings: VaultSettings
    kind = "vault_kv2"

    def deliver(self, key: NewKey) -> Receipt:
        session = self._session(key)
        for _ in range(ATTEMPTS):
            version, kept = session.secret()
            demand_place_of(key, str(kept.get("AccessKeyId", "")), target=session.target)
            wanted = kept | key.material()
            made = version if wanted == kept else session.write(wanted, cas=version)
            if made is not None:
                return Receipt(self.kind, session.target, str(made))
        raise _contended(session)

    def withdraw(self, key: NewKey, previous: NewKey | None) -> None:
        session = self._session(key)
        for _ in range(ATTEMPTS):
            version, kept = session.secret()
            if kept.get("AccessKeyId") != key.access_key_id:
                return
            wanted = without_material(kept) | self._before(session, version, previous)
            if session.write(wanted, cas=version) is not None:
                return
        raise _contended(session)

    def check(self) -> None:
        session = self._session(None)
        session.secret()
        granted = session.capabilities()
        lacking = frozenset() if granted is None or "root" in granted else NEEDED - granted
        if lacking:
            told = f"the policy of the token does not grant {', '.join(sorted(lacking))} on {session.target}"
            raise DeliveryFailed(told, retryable=False)

    def _before(self, session: Session, version: int, previous: NewKey | None) -> dict[str, Any]:
        """What stood in the place of the withdrawn key."""
        if previous is None:
            return {}
        if previous.secret_access_key:
            return previous.material()
        for earlier in range(version - 1, max(0, version - 1 - LOOK_BACK), -1):
            _, kept = session.secret(version=earlier)
            if kept.get("AccessKeyId") == previous.access_key_id and kept.get("SecretAccessKey"):
                return {name: kept[name] for name in MATERIAL if name in kept}
        raise not_restorable(session.target, previous)

    def _session(self, key: NewKey | None) -> Session:
        return Session(self.settings, placed(self.settings.path, key))


def _contended(session: Session) -> DeliveryFailed:
    return DeliveryFailed(f"{session.target} was changed by others at each attempt", retryable=True)
