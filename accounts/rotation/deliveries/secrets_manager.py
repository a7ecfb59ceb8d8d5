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
    DeliveryFailed,
    NewKey,
    Receipt,
    not_restorable,
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

    @property
    def _secret(self) -> StoredSecret:
        return StoredSecret(self.settings)

    def deliver(self, key: NewKey) -> Receipt:
        version = _token(key.access_key_id)
        versions = self._secret.versions()
        if versions is None:
            self._secret.create(version, key.material())
        else:
            if version not in versions:
                self._secret.stage(version, without_material(self._secret.value(stage=CURRENT)) | key.material())
                versions = self._secret.versions() or {}
            self._make_current(version, versions)
        return Receipt(self.kind, self._secret.target, version)

    def withdraw(self, key: NewKey, previous: NewKey | None) -> None:
        versions = self._secret.versions() or {}
        present = self._secret.value(stage=CURRENT) if versions else {}
        if present.get("AccessKeyId") != key.access_key_id:
            return
        own = without_material(present)
        if previous is None:
            self._put_current(_token(f"{key.access_key_id} withdrawn"), own)
        elif earlier := self._version_of(previous, versions):
            self._make_current(earlier, versions)
        elif previous.secret_access_key:
            self._put_current(_token(previous.access_key_id), own | previous.material())
        else:
            raise not_restorable(self._secret.target, previous)

    def check(self) -> None:
        if self._secret.versions() is None and not self.settings.create:
            raise DeliveryFailed(f"there is no secret {self._secret.target}: make it, or set Create", retryable=False)
        self._secret.value(stage=CURRENT)

    def _put_current(self, version: str, value: Mapping[str, Any]) -> None:
        self._secret.stage(version, value)
        self._make_current(version, self._secret.versions() or {})

    def _version_of(self, key: NewKey, versions: Mapping[str, list[str]]) -> str:
        """The version that holds a key: the one we made for it, or the one before the present one."""
        staged = [version for version, stages in versions.items() if PREVIOUS in stages]
        for version in dict.fromkeys([_token(key.access_key_id), *staged]):
            if version in versions and self._secret.value(version=version).get("AccessKeyId") == key.access_key_id:
                return version
        return ""

    def _make_current(self, version: str, versions: Mapping[str, list[str]]) -> None:
        holders = [each for each, stages in versions.items() if CURRENT in stages]
        if holders != [version]:
            self._secret.move(CURRENT, to=version, off=holders[0] if holders else "")
        if PENDING in versions.get(version, ()):
            self._secret.move(PENDING, to="", off=version)


def _token(name: str) -> str:
    return str(uuid.uuid5(TOKENS, name))
