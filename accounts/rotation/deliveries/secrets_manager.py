"""A secret in AWS Secrets Manager, or in what speaks its API.

The new version is staged AWSPENDING and then becomes AWSCURRENT, as Secrets Manager's own rotations do it. Whose key
signs needs DescribeSecret, GetSecretValue, PutSecretValue, UpdateSecretVersionStage, and CreateSecret with `Create`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from accounts.rotation.deliveries.interface import (
    PLACEHOLDER,
    DeliveryFailed,
    NewKey,
    Receipt,
    demand_place_of,
    not_restorable,
    placed,
    without_material,
)
from accounts.rotation.deliveries.secrets_manager_api import (
    CURRENT,
    PENDING,
    PREVIOUS,
    SecretsManagerSettings,
    StoredSecret,
)

TOKENS: Final = uuid.UUID("7c9f2d1c-5b0e-5e0a-9f43-0d3a6b1f8a52")
"""The name space of ClientRequestTokens: a key has one, so that delivering it twice makes one version."""


@dataclass(frozen=True)
class SecretsManager:
    settings: SecretsManagerSettings
    kind = "secrets_manager"

    def deliver(self, key: NewKey) -> Receipt:
        secret, version = self._secret(key), _token(key.access_key_id)
        versions = secret.versions()
        if versions is None:
            secret.create(version, key.material())
        else:
            present = secret.value(stage=CURRENT)
            demand_place_of(key, str(present.get("AccessKeyId", "")), target=secret.target)
            if version not in versions:
                secret.stage(version, without_material(present) | key.material())
                versions = secret.versions() or {}
            _make_current(secret, version, versions)
        return Receipt(self.kind, secret.target, version)

    def withdraw(self, key: NewKey, previous: NewKey | None) -> None:
        secret = self._secret(key)
        versions = secret.versions() or {}
        present = secret.value(stage=CURRENT) if versions else {}
        if present.get("AccessKeyId") != key.access_key_id:
            return
        own = without_material(present)
        if previous is None:
            _put_current(secret, _token(f"{key.access_key_id} withdrawn"), own)
        elif earlier := _version_of(secret, previous, versions):
            _make_current(secret, earlier, versions)
        elif previous.secret_access_key:
            _put_current(secret, _token(previous.access_key_id), own | previous.material())
        else:
            raise not_restorable(secret.target, previous)

    def check(self) -> None:
        """Whether it may be written shows at the first delivery: Secrets Manager has no way to ask."""
        secret = self._secret(None)
        may_be_absent = self.settings.create or PLACEHOLDER in self.settings.secret_id
        if secret.versions() is None and not may_be_absent:
            raise DeliveryFailed(f"there is no secret {secret.target}: make it, or set Create", retryable=False)
        secret.value(stage=CURRENT)

    def _secret(self, key: NewKey | None) -> StoredSecret:
        return StoredSecret(self.settings, placed(self.settings.secret_id, key))


def _put_current(secret: StoredSecret, version: str, value: Mapping[str, Any]) -> None:
    secret.stage(version, value)
    _make_current(secret, version, secret.versions() or {})


def _make_current(secret: StoredSecret, version: str, versions: Mapping[str, list[str]]) -> None:
    holders = [each for each, stages in versions.items() if CURRENT in stages]
    if holders != [version]:
        secret.move(CURRENT, to=version, off=holders[0] if holders else "")
    if PENDING in versions.get(version, ()):
        secret.move(PENDING, to="", off=version)


def _version_of(secret: StoredSecret, key: NewKey, versions: Mapping[str, list[str]]) -> str:
    """The version that holds a key: the one we made for it, or the one before the present one."""
    staged = [version for version, stages in versions.items() if PREVIOUS in stages]
    for version in dict.fromkeys([_token(key.access_key_id), *staged]):
        if version in versions and secret.value(version=version).get("AccessKeyId") == key.access_key_id:
            return version
    return ""


def _token(name: str) -> str:
    return str(uuid.uuid5(TOKENS, name))
