"""Vault's HTTP API, as far as a secret in the KV engine, version 2, needs it (OpenBao's is the same)."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import BaseModel, Field, SecretStr, model_validator

from accounts.egress.exchange import Answer, Request
from accounts.rotation.deliveries.interface import DeliveryFailed
from accounts.rotation.deliveries.settings import Certificates, OptionalSecret, Origin, Path, Settings, guard
from accounts.rotation.deliveries.targets import ask, host, read, refusal

Data = dict[str, Any]


class VaultSettings(Settings):
    """A `Token`, or the `RoleId` and `SecretId` of an AppRole; `Path` may hold `{user_name}`."""

    address: Origin
    mount: Path = "secret"
    path: Path
    namespace: Annotated[str, Field(max_length=256, pattern=r"^[!-~]*$")] = ""
    token: OptionalSecret = None
    app_role_mount: Path = "approle"
    role_id: Annotated[str, Field(max_length=256)] = ""
    secret_id: OptionalSecret = None
    ca_certificate: Certificates = ""

    @model_validator(mode="after")
    def _one_way_in(self) -> VaultSettings:
        if (self.token is None) == (self.secret_id is None) or bool(self.role_id) != bool(self.secret_id):
            raise ValueError("give either Token, or RoleId and SecretId")
        return self


class _Metadata(BaseModel):
    version: int


class _Version(BaseModel):
    data: Data | None = None
    metadata: _Metadata


class _Read(BaseModel):
    data: _Version | None = None
    errors: list[str] = []


class _Written(BaseModel):
    data: _Metadata


class _Granted(BaseModel):
    capabilities: list[str] = []


class _Login(BaseModel):
    client_token: SecretStr


class _LoggedIn(BaseModel):
    auth: _Login


class Session:
    """Requests about one secret, under one token."""

    def __init__(self, settings: VaultSettings, path: str) -> None:
        self.settings, self.path = settings, path

    @property
    def target(self) -> str:
        return f"{host(self.settings.address)}/{self.settings.mount}/{self.path}"

    def secret(self, *, version: int = 0) -> tuple[int, Data]:
        """A version (0: the current one) and its data, empty where it was deleted; 0 where there is no secret."""
        url = self.settings.address
        answer = self._send("GET", f"{self._data}{f'?version={version}' if version else ''}")
        if answer.status not in (200, 404):
            raise self._refusal(answer)
        found = read(answer, url, _Read)
        if found.data is not None:  # also of a version that was deleted, which is a 404
            return found.data.metadata.version, found.data.data or {}
        if found.errors or answer.status != 404:
            raise refusal(url, answer.status, f"there is no KV engine, version 2, at {self.settings.mount}/")
        return 0, {}

    def write(self, data: Data, *, cas: int) -> int | None:
        """The version that was made; None where the present one is no longer that of `cas`."""
        answer = self._send("POST", self._data, {"options": {"cas": cas}, "data": data})
        if answer.status == 400 and any("check-and-set" in each for each in self._errors(answer)):
            return None
        if answer.status != 200:
            raise self._refusal(answer)
        return read(answer, self.settings.address, _Written).data.version

    def capabilities(self) -> frozenset[str] | None:
        """What the token may do with the secret; None where it may not even ask."""
        path = f"{self.settings.mount}/data/{self.path}"
        answer = self._send("POST", "sys/capabilities-self", {"paths": [path]})
        if answer.status == 403:
            return None
        if answer.status != 200:
            raise self._refusal(answer)
        return frozenset(read(answer, self.settings.address, _Granted).capabilities)

    @property
    def _data(self) -> str:
        return f"{quote(self.settings.mount)}/data/{quote(self.path)}"

    @cached_property
    def _token(self) -> str:
        if self.settings.token is not None:
            return self.settings.token.get_secret_value()
        assert self.settings.secret_id is not None
        given = {"role_id": self.settings.role_id, "secret_id": self.settings.secret_id.get_secret_value()}
        answer = self._asked("POST", f"auth/{quote(self.settings.app_role_mount)}/login", given, {})
        if answer.status != 200:
            raise refusal(self.settings.address, answer.status, "the AppRole cannot log in")
        return read(answer, self.settings.address, _LoggedIn).auth.client_token.get_secret_value()

    def _send(self, method: str, path: str, body: Data | None = None) -> Answer:
        return self._asked(method, path, body, {"X-Vault-Token": self._token})

    def _asked(self, method: str, path: str, body: Data | None, headers: dict[str, str]) -> Answer:
        headers = headers | {"X-Vault-Request": "true"}
        if self.settings.namespace:
            headers["X-Vault-Namespace"] = self.settings.namespace
        content = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.settings.address}/v1/{path}", method, headers, content)
        return ask(request, guard(self.settings.ca_certificate))

    def _errors(self, answer: Answer) -> list[str]:
        return read(answer, self.settings.address, _Read).errors

    def _refusal(self, answer: Answer) -> DeliveryFailed:
        told = {403: f"the token may not read or write {self.settings.mount}/data/{self.path}"}
        return refusal(self.settings.address, answer.status, told.get(answer.status, ""))
