"""Secrets at rest: what an envelope promises, and what it refuses."""

from __future__ import annotations

import traceback

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from iamconsole.sealing import KeyRing, SealBroken, Sealer, SealingError, UnknownKey
from iamconsole.sealing import sealer as sealer_module

OLD, NEW = b"\x01" * 32, b"\x02" * 32
SECRET = b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
OWNER = ("access-key", "111122223333", "AKIAIOSFODNN7EXAMPLE")


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(KeyRing("old", {"old": OLD}))


@given(st.binary(max_size=300), st.lists(st.text(st.characters(codec="utf-8")), min_size=1).map(tuple))
def test_what_was_sealed_opens(plaintext: bytes, owner: tuple[str, ...]) -> None:
    sealer = Sealer(KeyRing("old", {"old": OLD}))
    sealed = sealer.seal(plaintext, bound_to=owner)
    assert sealed.isascii()
    assert sealer.open(sealed, bound_to=owner) == plaintext


def test_the_envelope_names_its_version_and_key(sealer: Sealer) -> None:
    sealed = sealer.seal(SECRET, bound_to=OWNER)
    assert sealed.startswith("s1.old.")
    assert sealer.key_id_of(sealed) == "old"
    assert len(sealed) < 200


def test_swapping_the_ciphertexts_of_two_rows_opens_neither(sealer: Sealer) -> None:
    other = (*OWNER[:2], "AKIAI44QH8DHBEXAMPLE")
    mine, theirs = sealer.seal(SECRET, bound_to=OWNER), sealer.seal(b"another", bound_to=other)
    for sealed, owner in ((theirs, OWNER), (mine, other)):
        with pytest.raises(SealBroken, match="belongs to another owner"):
            sealer.open(sealed, bound_to=owner)
        with pytest.raises(SealBroken):
            sealer.rewrap(sealed, bound_to=owner)


def test_swapping_the_data_alone_or_the_wrapped_key_alone_opens_neither(sealer: Sealer) -> None:
    one, two = (sealer.seal(secret, bound_to=OWNER).split(".") for secret in (b"one", b"two"))
    for mixed in ([*one[:3], two[3]], [*two[:3], one[3]]):
        with pytest.raises(SealBroken):
            sealer.open(".".join(mixed), bound_to=OWNER)


@pytest.mark.parametrize(
    "other",
    [
        ("access-key", "111122223333"),
        (*OWNER, ""),
        ("access-key", "111122223333AKIAIOSFODNN7EXAMPLE", ""),
        ("access-key1", "11122223333", "AKIAIOSFODNN7EXAMPLE"),
        ("", *OWNER),
        tuple(reversed(OWNER)),
        ("".join(OWNER),),
    ],
)
def test_no_other_tuple_stands_for_the_same_owner(sealer: Sealer, other: tuple[str, ...]) -> None:
    with pytest.raises(SealBroken):
        sealer.open(sealer.seal(SECRET, bound_to=OWNER), bound_to=other)


def test_a_seal_without_an_owner_is_a_mistake(sealer: Sealer) -> None:
    with pytest.raises(ValueError, match="bound to its owner"):
        sealer.seal(SECRET, bound_to=())


def test_every_altered_character_is_noticed(sealer: Sealer) -> None:
    sealed = sealer.seal(SECRET, bound_to=OWNER)
    for position, character in enumerate(sealed):
        for other in {"A", "B", "_", ".", "=", "é"} - {character}:
            with pytest.raises(SealingError):
                sealer.open(sealed[:position] + other + sealed[position + 1 :], bound_to=OWNER)


def test_the_spare_bits_of_the_last_character_count(sealer: Sealer) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    sealed = sealer.seal(SECRET, bound_to=OWNER)
    opened = []
    for last in alphabet:
        try:
            opened.append(sealer.open(sealed[:-1] + last, bound_to=OWNER))
        except SealBroken:
            continue
    assert opened == [SECRET]


@pytest.mark.parametrize(
    "text",
    ["", "s1", "s1.old", "s1.old..", "s1.old.AAAA.AAAA", "s2.old.AAAA.AAAA", "plaintext", "s1.old.A.A", "\0.\ud800"],
)
def test_what_is_no_envelope_is_broken(sealer: Sealer, text: str) -> None:
    with pytest.raises(SealBroken):
        sealer.open(text, bound_to=OWNER)


@pytest.mark.parametrize("end", [1, 2, 20, 100])
def test_a_cut_envelope_is_broken(sealer: Sealer, end: int) -> None:
    with pytest.raises(SealBroken):
        sealer.open(sealer.seal(SECRET, bound_to=OWNER)[:-end], bound_to=OWNER)


def test_neither_nonces_nor_data_keys_repeat(sealer: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[tuple[bytes, bytes]] = []
    keys: set[bytes] = set()

    class Recording:
        def __init__(self, key: bytes) -> None:
            keys.add(key)
            self._cipher = AESGCM(key)

        def encrypt(self, nonce: bytes, data: bytes, associated: bytes) -> bytes:
            used.append((nonce, associated))
            return self._cipher.encrypt(nonce, data, associated)

    monkeypatch.setattr(sealer_module, "AESGCM", Recording)
    recorded = Sealer(KeyRing("old", {"old": OLD}))
    sealed = [recorded.seal(SECRET, bound_to=OWNER) for _ in range(10_000)]
    assert len(set(used)) == len({nonce for nonce, _ in used}) == 20_000
    assert {len(nonce) for nonce, _ in used} == {12}
    assert len(keys) == 10_001
    assert len(set(sealed)) == 10_000


# --- rotation of the master key -----------------------------------------------------------------


def test_a_rewrapped_secret_needs_the_old_master_key_no_more(sealer: Sealer) -> None:
    sealed = sealer.seal(SECRET, bound_to=OWNER)
    rewrapped = Sealer(KeyRing("new", {"new": NEW, "old": OLD})).rewrap(sealed, bound_to=OWNER)
    after = Sealer(KeyRing("new", {"new": NEW}))
    assert after.key_id_of(rewrapped) == "new"
    assert after.open(rewrapped, bound_to=OWNER) == SECRET
    with pytest.raises(UnknownKey):
        sealer.open(rewrapped, bound_to=OWNER)


def test_rewrapping_leaves_the_ciphertext_alone_and_is_idempotent(sealer: Sealer) -> None:
    both = Sealer(KeyRing("new", {"old": OLD, "new": NEW}))
    sealed = sealer.seal(SECRET, bound_to=OWNER)
    once = both.rewrap(sealed, bound_to=OWNER)
    assert once.split(".")[3] == sealed.split(".")[3]
    assert once.split(".")[2] != sealed.split(".")[2]
    assert both.rewrap(once, bound_to=OWNER) == once


def test_during_a_rotation_old_and_new_seals_both_open(sealer: Sealer) -> None:
    both = Sealer(KeyRing("new", {"old": OLD, "new": NEW}))
    for sealed in (sealer.seal(SECRET, bound_to=OWNER), both.seal(SECRET, bound_to=OWNER)):
        assert both.open(sealed, bound_to=OWNER) == SECRET


def test_rewrapping_notices_a_damaged_key_even_where_nothing_is_to_do(sealer: Sealer) -> None:
    version, key_id, wrapped, data = sealer.seal(SECRET, bound_to=OWNER).split(".")
    with pytest.raises(SealBroken):
        sealer.rewrap(f"{version}.{key_id}.{'A' * len(wrapped)}.{data}", bound_to=OWNER)


def test_a_missing_master_key_is_named(sealer: Sealer) -> None:
    sealed = sealer.seal(SECRET, bound_to=OWNER)
    with pytest.raises(UnknownKey, match="master key 'old' is not in the ring: add it"):
        Sealer(KeyRing("new", {"new": NEW})).open(sealed, bound_to=OWNER)


def test_another_master_key_under_the_same_id_opens_nothing(sealer: Sealer) -> None:
    sealed = sealer.seal(SECRET, bound_to=OWNER)
    with pytest.raises(SealBroken, match="sealed under another key"):
        Sealer(KeyRing("old", {"old": NEW})).open(sealed, bound_to=OWNER)


# --- nothing leaks ------------------------------------------------------------------------------


def test_neither_plaintext_nor_key_shows_in_any_text(sealer: Sealer) -> None:
    ring = KeyRing("old", {"old": OLD, "new": NEW})
    sealed = sealer.seal(SECRET, bound_to=OWNER)
    texts = [repr(ring), str(ring), repr(sealer), repr(vars(sealer)), sealed]
    for broken in (sealed[:-2] + "AA", sealed.replace("s1.old", "s1.gone"), sealed[:40], SECRET.decode()):
        with pytest.raises(SealingError) as failure:
            sealer.open(broken, bound_to=OWNER)
        texts += [repr(failure.value), *traceback.format_exception(failure.value)]
        assert failure.value.__cause__ is None
        assert sealed not in "".join(texts[5:])
    for text in texts:
        assert SECRET.decode() not in text
        assert repr(OLD)[2:-1] not in text
        assert OLD.hex() not in text
