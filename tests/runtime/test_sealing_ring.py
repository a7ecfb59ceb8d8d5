"""The ring of master keys: how it is written, and how a wrong key is noticed before it does harm."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode

import pytest

from iamconsole.sealing import BadMasterKey, KeyRing, Sealer, UnknownKey

ONE, TWO = bytes(range(32)), b"\xfb\xff" * 16
ONE_TEXT, TWO_TEXT = b64encode(ONE).decode(), b64encode(TWO).decode()
OWNER = ("owner",)


def opens(sealing: KeyRing, opening: KeyRing) -> bool:
    return Sealer(opening).open(Sealer(sealing).seal(b"x", bound_to=OWNER), bound_to=OWNER) == b"x"


@pytest.mark.parametrize(
    "text",
    [
        f"a:{TWO_TEXT}",
        f"a:{TWO_TEXT.rstrip('=')}",
        f"a:{urlsafe_b64encode(TWO).decode()}",
        f"a:{TWO.hex()}",
        f"a:{TWO.hex().upper()}",
        f"  a:{TWO_TEXT}\n",
        f"a:{TWO_TEXT},",
    ],
)
def test_a_key_is_base64_or_hex(text: str) -> None:
    ring = KeyRing.from_text(text)
    assert ring.current_id == "a"
    assert opens(ring, KeyRing("a", {"a": TWO}))


@pytest.mark.parametrize("separator", [",", ", ", "\n", ",\n"])
def test_the_first_key_is_the_current_one(separator: str) -> None:
    ring = KeyRing.from_text(f"new:{TWO_TEXT}{separator}old:{ONE_TEXT}")
    assert ring.current_id == "new"
    assert list(ring) == ["new", "old"]
    assert "old" in ring
    assert "none" not in ring
    assert opens(KeyRing("old", {"old": ONE}), ring)


def test_a_single_key_needs_no_id_and_keeps_the_one_it_gets() -> None:
    alone = KeyRing.from_text(ONE_TEXT)
    assert alone.current_id == KeyRing.from_text(ONE.hex()).current_id != KeyRing.from_text(TWO_TEXT).current_id
    rotated = KeyRing.from_text(f"{TWO_TEXT},{ONE_TEXT}")
    assert list(rotated) == [KeyRing.from_text(TWO_TEXT).current_id, alone.current_id]
    assert opens(alone, rotated)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("", "there is no master key"),
        (" , ", "there is no master key"),
        ("correct horse battery staple", "instead of 32|neither base64 nor hex"),
        (f"a:{ONE.hex()[:-2]}", "bytes instead of 32"),
        (f"a:{b64encode(ONE[:16]).decode()}", "16 bytes instead of 32"),
        ("a:$$$$", "neither base64 nor hex"),
        ("a:é", "neither base64 nor hex"),
        (f":{ONE_TEXT}", "1 to 32 letters"),
        (f"a.b:{ONE_TEXT}", "1 to 32 letters"),
        (f"{'a' * 33}:{ONE_TEXT}", "1 to 32 letters"),
        (f"a:{ONE_TEXT},a:{TWO_TEXT}", "the same id"),
        (f"{ONE_TEXT},{ONE_TEXT}", "the same id"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_without_being_shown(text: str, phrase: str) -> None:
    with pytest.raises(BadMasterKey, match=phrase) as refusal:
        KeyRing.from_text(text)
    assert not any(part.strip() and part in str(refusal.value) for part in text.replace("a:", "").split(","))


def test_a_ring_made_of_bytes_is_held_to_the_same() -> None:
    with pytest.raises(BadMasterKey, match="`a` has 16 bytes instead of 32"):
        KeyRing("a", {"a": ONE[:16]})
    with pytest.raises(BadMasterKey, match="current master key is not among"):
        KeyRing("b", {"a": ONE})


def test_a_ring_does_not_follow_the_mapping_it_was_made_of() -> None:
    keys = {"a": ONE}
    ring = KeyRing("a", keys)
    keys["a"] = TWO
    assert opens(ring, KeyRing("a", {"a": ONE}))


def test_a_check_value_tells_keys_apart_and_betrays_none() -> None:
    ring = KeyRing("a", {"a": ONE, "b": TWO})
    assert ring.check_value("a") == KeyRing("x", {"x": ONE}).check_value("x") != ring.check_value("b")
    assert len(ring.check_value("a")) == 16
    assert ring.check_value("a") not in ONE.hex()


def test_the_right_keys_are_confirmed() -> None:
    ring = KeyRing("a", {"a": ONE, "b": TWO})
    ring.confirm({key_id: ring.check_value(key_id) for key_id in ring})
    ring.confirm({"a": ring.check_value("a")})


def test_a_wrong_key_under_a_known_id_is_noticed_at_start() -> None:
    recorded = {"a": KeyRing("a", {"a": ONE}).check_value("a")}
    with pytest.raises(BadMasterKey, match="`a` is not the one that sealed the data: restore the original"):
        KeyRing("a", {"a": TWO}).confirm(recorded)


def test_a_missing_key_is_noticed_at_start() -> None:
    before = KeyRing.from_text(ONE_TEXT)
    with pytest.raises(UnknownKey, match=f"`{before.current_id}` is not in the ring: add it"):
        KeyRing.from_text(TWO_TEXT).confirm({before.current_id: before.check_value(before.current_id)})


def test_derived_keys_differ_by_purpose_and_by_master_key() -> None:
    ring = KeyRing("a", {"a": ONE, "b": TWO})
    derived = {ring.derive("p"), ring.derive("q"), ring.derive("p", key_id="b"), ring.derive("sealing"), ONE, TWO}
    assert len(derived) == 6
    assert {len(key) for key in derived} == {32}
    assert ring.derive("p") == ring.derive("p", key_id="a") == KeyRing("z", {"z": ONE}).derive("p")


def test_the_format_of_keys_and_check_values_is_kept() -> None:
    """Stored data depends on these: a change here needs a new version of the envelope."""
    ring = KeyRing("a", {"a": ONE})
    assert ring.check_value("a") == "44551b6240652608"
    assert ring.derive("sealing").hex() == "a38f679379e832b12f6b45b94e2b29538ccf59beda957a4ecaf0629caa464829"
    assert KeyRing.from_text(ONE_TEXT).current_id == "k44551b62"
    stored = (
        "s1.a.mjVNtN5dn4Z5Pk5sHqRx1WD20K5vwLZV0YrBg1VJWc_CXT_nEjQZLIbq5tuZsyQunnccP1rYW18RkaaG"
        ".2IuTVd9pAli_Pxld9_DwETbWLo7bN9Ejdu5cSQCI6hreGV_vhLLGGKmAEJT4MD5CMw"
    )
    assert Sealer(ring).open(stored, bound_to=("account", "AKIA")) == b"a secret of version 1"
