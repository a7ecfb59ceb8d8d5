"""Tokens that only we can have issued."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamconsole.sealing import KeyRing, SealBroken, Signer, signing

OLD, NEW = b"\x01" * 32, b"\x02" * 32


@given(st.binary(max_size=200))
def test_a_token_gives_its_payload_back(payload: bytes) -> None:
    token = Signer(OLD, "paging").sign(payload)
    assert re.fullmatch(r"t1\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{43}", token)
    assert Signer(OLD, "paging").verify(token) == payload


@pytest.mark.parametrize("other", [Signer(OLD, "consistency"), Signer(NEW, "paging"), Signer(OLD, "")])
def test_a_token_is_of_no_use_elsewhere(other: Signer) -> None:
    with pytest.raises(SealBroken, match="another purpose"):
        other.verify(Signer(OLD, "paging").sign(b"42"))


def test_every_altered_character_is_noticed() -> None:
    signer = Signer(OLD, "paging")
    token = signer.sign(b"position 42")
    for position, character in enumerate(token):
        for other in {"A", "B", "w", "-", ".", "=", "é"} - {character}:
            with pytest.raises(SealBroken):
                signer.verify(token[:position] + other + token[position + 1 :])


@pytest.mark.parametrize(
    "text", ["", "t1", "t1..", "t1.NDI.", "t2.NDI.AAAA", "t1.NDI.AAAA.AAAA", "t1.NDI.AAAA", "\ud800"]
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(SealBroken):
        Signer(OLD, "paging").verify(text)


def test_a_token_outlives_the_rotation_of_the_master_key_until_the_old_one_leaves() -> None:
    before, both, after = KeyRing("o", {"o": OLD}), KeyRing("n", {"o": OLD, "n": NEW}), KeyRing("n", {"n": NEW})
    token = Signer.from_ring(before, "paging").sign(b"42")
    assert Signer.from_ring(both, "paging").verify(token) == b"42"
    assert Signer.from_ring(after, "paging").verify(Signer.from_ring(both, "paging").sign(b"43")) == b"43"
    with pytest.raises(SealBroken):
        Signer.from_ring(after, "paging").verify(token)


def test_the_comparison_is_the_constant_time_one(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bool] = []
    monkeypatch.setattr(signing, "compare_digest", lambda a, b: bool(compared.append(a == b)))
    with pytest.raises(SealBroken):
        Signer(OLD, "paging").verify(Signer(OLD, "paging").sign(b"42"))
    assert compared == [True]


def test_the_key_shows_nowhere() -> None:
    signer = Signer(OLD, "paging")
    assert OLD.hex() not in repr(signer)
    assert repr(OLD) not in repr(vars(signer))
