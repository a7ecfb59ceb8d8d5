"""Deliveries to loopback, as an operator would allow them, and keys to deliver."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from accounts.rotation.deliveries import NewKey
from tests.federation.certificates import Certified, certified

ACCOUNT = "111122223333"
CANARY = "CANARY/secret+access+key/of/nobody+0000"


def new_key(
    ident: str = "AKIANEW0000000000000", secret: str = CANARY, *, replaces: str = "", user_name: str = "web"
) -> NewKey:
    arn = f"arn:aws:iam::{ACCOUNT}:user/{user_name}"
    return NewKey(
        "rotation-1", ACCOUNT, user_name, arn, ident, secret, replaces, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    )


OLD = new_key("AKIAOLD0000000000000", "old+secret/of/nobody")
NEW = new_key(replaces=OLD.access_key_id)
FORGOTTEN = new_key(OLD.access_key_id, "")
"""The old key where its secret is not known."""


PEERS = ("boto3", "botocore", "urllib3", "moto", "werkzeug")
"""Whose logs are the tests' own, not the product's."""


@pytest.fixture(autouse=True)
def loopback(settings: Any) -> None:
    settings.IAM_DELIVERY_NETWORKS = (ip_network("127.0.0.0/8"),)


@pytest.fixture(autouse=True)
def nothing_is_said(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No test of this folder finds a secret in a log."""
    caplog.set_level(logging.DEBUG)
    yield
    records = [record for phase in ("setup", "call") for record in caplog.get_records(phase)]
    said = [record.getMessage() for record in records if record.name.partition(".")[0] not in PEERS]
    assert not [line for line in said if CANARY in line or "old+secret" in line]


@pytest.fixture(scope="session")
def certificate() -> Certified:
    return certified("vault.example.com")


@pytest.fixture
def certificate_files(certificate: Certified, tmp_path: Path) -> tuple[Path, Path]:
    return certificate.written_to(tmp_path)
