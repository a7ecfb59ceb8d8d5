"""The bounded memory of day-scoped signing keys."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from iamconsole.runtime.authentication.sigv4 import Presented, SigningKeys, derive_signing_key, keys

SECRET = "a secret that must not linger"
PRESENTED = Presented(
    access_key_id="AKIAIOSFODNN7EXAMPLE",
    date="20260101",
    region="us-east-1",
    service="iam",
    terminator="aws4_request",
    signed_headers=("host",),
    signature="",
    timestamp="20260101T000000Z",
    security_token=None,
)


@pytest.fixture
def derivations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The secrets that a key was derived from, in order."""
    derived: list[str] = []

    def recording(secret: str, *, date: str, region: str, service: str) -> bytes:
        derived.append(secret)
        return derive_signing_key(secret, date=date, region=region, service=service)

    monkeypatch.setattr(keys, "derive_signing_key", recording)
    return derived


def test_a_key_is_derived_once(derivations: list[str]) -> None:
    remembered = SigningKeys()
    first, second = remembered.get(PRESENTED, secret=SECRET), remembered.get(PRESENTED, secret=SECRET)
    assert first == second == derive_signing_key(SECRET, date="20260101", region="us-east-1", service="iam")
    assert derivations == [SECRET]


@pytest.mark.parametrize(
    "other",
    [{"access_key_id": "AKIAOTHER"}, {"date": "20260102"}, {"region": "eu-west-1"}, {"service": "sts"}],
    ids=lambda change: next(iter(change)),
)
def test_every_part_of_the_scope_has_a_key_of_its_own(other: dict[str, str], derivations: list[str]) -> None:
    remembered = SigningKeys()
    remembered.get(PRESENTED, secret=SECRET)
    presented = replace(PRESENTED, **other)
    assert remembered.get(presented, secret=SECRET) == derive_signing_key(
        SECRET, date=presented.date, region=presented.region, service=presented.service
    )
    assert len(derivations) == len(remembered) == 2


def test_a_changed_secret_finds_nothing_of_the_old_one() -> None:
    remembered = SigningKeys()
    assert remembered.get(PRESENTED, secret="old") != remembered.get(PRESENTED, secret="new")


def test_a_sealed_secret_is_opened_once() -> None:
    remembered, opened = SigningKeys(), []

    def unseal() -> str:
        opened.append(1)
        return SECRET

    first = remembered.recall(PRESENTED, fingerprint=b"1", secret=unseal)
    assert remembered.recall(PRESENTED, fingerprint=b"1", secret=unseal) == first
    assert len(opened) == 1
    remembered.recall(PRESENTED, fingerprint=b"2", secret=unseal)
    assert len(opened) == 2


def test_the_memory_is_bounded_and_forgets_the_least_used(derivations: list[str]) -> None:
    remembered = SigningKeys(capacity=2)
    for secret in ("a", "b", "a", "c", "a", "b"):
        remembered.get(PRESENTED, secret=secret)
    assert derivations == ["a", "b", "c", "b"]
    assert len(remembered) == 2


def test_the_secret_is_nowhere_in_the_memory() -> None:
    remembered = SigningKeys()
    remembered.get(PRESENTED, secret=SECRET)
    assert SECRET not in repr(vars(remembered))
    assert SECRET.encode().hex() not in repr(vars(remembered))


def test_many_threads_at_once_get_the_right_keys() -> None:
    remembered = SigningKeys(capacity=8)
    secrets = [f"secret {number % 20}" for number in range(2000)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda secret: remembered.get(PRESENTED, secret=secret), secrets))
    assert found == [derive_signing_key(s, date="20260101", region="us-east-1", service="iam") for s in secrets]
    assert len(remembered) == 8
