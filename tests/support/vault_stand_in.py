"""A stand-in for Vault and OpenBao, as far as their documentation of the KV engine, version 2, says what they answer.

It checks token, namespace, policy and `cas`, keeps versions, and answers errors with the bodies that Vault gives. It is
no Vault: what it does not know it answers as an unknown route.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.receiving import Received, Reply, receiving

TOKEN = "hvs.stand-in-token"
ROLE_ID, SECRET_ID = "role-of-the-console", "secret-of-the-role"


@dataclass
class VaultStandIn:
    """One KV engine at `mount`; `capabilities` is what the token's policy grants on every path of it."""

    url: str = ""
    mount: str = "secret"
    namespace: str = ""
    token: str = TOKEN
    capabilities: list[str] = field(default_factory=lambda: ["create", "read", "update"])
    versions: dict[str, list[dict[str, Any] | None]] = field(default_factory=dict)
    interloper: dict[str, Any] | None = None
    """Written by somebody else between a read and the next write."""
    fault: Reply | None = None
    requests: list[Received] = field(default_factory=list)

    def current(self, path: str) -> dict[str, Any]:
        return self.versions[path][-1] or {}

    def answer(self, asked: Received) -> Reply:
        self.requests.append(asked)
        parts = urlsplit(asked.target)
        path = unquote(parts.path).removeprefix("/v1/")
        if self.fault:
            return self.fault
        if asked.headers.get("x-vault-namespace", "") != self.namespace:
            return _errors(404, f'no handler for route "{path}". route entry not found.')
        if path == "auth/approle/login":
            return self._login(json.loads(asked.body))
        if asked.headers.get("x-vault-token") != self.token:
            return _errors(403, "permission denied")
        if path == "sys/capabilities-self":
            return _json(200, dict.fromkeys(json.loads(asked.body)["paths"], self.capabilities) | self._granted())
        if not path.startswith(f"{self.mount}/data/"):
            return _errors(404, f'no handler for route "{path}". route entry not found.')
        name = path.removeprefix(f"{self.mount}/data/")
        if asked.method == "GET":
            return self._read(name, int(parse_qs(parts.query).get("version", ["0"])[0]))
        return self._write(name, json.loads(asked.body))

    def _granted(self) -> dict[str, Any]:
        return {"capabilities": self.capabilities}

    def _login(self, given: dict[str, str]) -> Reply:
        if given != {"role_id": ROLE_ID, "secret_id": SECRET_ID}:
            return _errors(400, "invalid role or secret ID")
        return _json(200, {"auth": {"client_token": self.token, "lease_duration": 1200}})

    def _read(self, name: str, version: int) -> Reply:
        if "read" not in self.capabilities:
            return _errors(403, "1 error occurred:\n\t* permission denied\n\n")
        kept = self.versions.get(name, [])
        if not kept or version > len(kept):
            return _errors(404)
        number = version or len(kept)
        data = kept[number - 1]
        deleted = "" if data is not None else "2026-01-01T00:00:00Z"
        found = {"data": data, "metadata": {"version": number, "destroyed": False, "deletion_time": deleted}}
        return _json(200 if data is not None else 404, {"data": found})

    def _write(self, name: str, given: dict[str, Any]) -> Reply:
        kept = self.versions.setdefault(name, [])
        if self.interloper is not None:
            kept.append(self.interloper)
            self.interloper = None
        if "update" not in self.capabilities:
            return _errors(403, "1 error occurred:\n\t* permission denied\n\n")
        if given["options"]["cas"] != len(kept):
            return _errors(400, "check-and-set parameter did not match the current version")
        kept.append(given["data"])
        return _json(200, {"data": {"version": len(kept), "destroyed": False, "deletion_time": ""}})


def _json(status: int, document: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(document).encode())


def _errors(status: int, *errors: str) -> Reply:
    return _json(status, {"errors": list(errors)})


@contextmanager
def vault(certificate: tuple[Path, Path] | None = None, **given: Any) -> Iterator[VaultStandIn]:
    """A running stand-in."""
    made = VaultStandIn(**given)
    with receiving(made.answer, certificate) as made.url:
        yield made
