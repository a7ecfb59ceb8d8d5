"""The master keys (KEK): one seals, the others still open what they sealed. Nothing uses them directly."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from hmac import compare_digest
from hmac import digest as hmac_digest

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .errors import BadMasterKey, UnknownKey

KEY_BYTES = 32

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_HEX_KEY = re.compile(r"[0-9A-Fa-f]{64}")
_TO_STANDARD = str.maketrans("-_", "+/")
_HINT = "give 32 random bytes as base64 or hex, as `openssl rand -base64 32` makes them"


class KeyRing:
    """32-byte master keys by id; `current_id` names the one that new seals use. Ids are 1-32 of `[A-Za-z0-9_-]`."""

    def __init__(self, current_id: str, keys: Mapping[str, bytes]) -> None:
        for key_id, key in keys.items():
            if not _KEY_ID.fullmatch(key_id):
                raise BadMasterKey("the id of a master key must be 1 to 32 letters, digits, `_` or `-`")
            if len(key) != KEY_BYTES:
                raise BadMasterKey(f"master key `{key_id}` has {len(key)} bytes instead of {KEY_BYTES}: {_HINT}")
        if current_id not in keys:
            raise BadMasterKey("the current master key is not among the keys of the ring")
        self.current_id = current_id
        self._keys = dict(keys)

    @classmethod
    def from_text(cls, text: str) -> KeyRing:
        """Read `id:key,id:key` (commas or white space between), the current key first; a key is base64 or hex.

        A key without an id gets one made from its check value: a single key needs none, and keeps its id when
        another is put before it.
        """
        return cls.of(parse(text))

    @classmethod
    def of(cls, keys: Mapping[str, bytes]) -> KeyRing:
        """The ring of these keys by id, the current one first."""
        return cls(next(iter(keys)), keys)

    def __repr__(self) -> str:
        return f"KeyRing(current_id={self.current_id!r}, ids={list(self)})"

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key_id: object) -> bool:
        return key_id in self._keys

    def derive(self, purpose: str, *, key_id: str | None = None) -> bytes:
        """A 32-byte key for one purpose, from the current master key or the one named; UnknownKey if absent."""
        try:
            key = self._keys[self.current_id if key_id is None else key_id]
        except KeyError:
            raise UnknownKey(f"master key `{key_id}` is not in the ring: add it until nothing needs it") from None
        return derive(key, purpose)

    def check_value(self, key_id: str) -> str:
        """16 hex digits that tell one master key from another and betray neither; store them beside the data."""
        return _check_value(self.derive("check value", key_id=key_id))

    def confirm(self, recorded: Mapping[str, str]) -> None:
        """Hold the ring against the check values of every key still in use, by id; call it at start.

        Raises UnknownKey where a key is missing, BadMasterKey where another key goes by its id.
        """
        for key_id, expected in recorded.items():
            if not compare_digest(self.check_value(key_id).encode(), expected.encode()):
                raise BadMasterKey(f"master key `{key_id}` is not the one that sealed the data: restore the original")


def parse(text: str) -> dict[str, bytes]:
    """The keys of a ring's text by id, the current one first; BadMasterKey where there are none or two are alike."""
    entries = [_entry(entry) for entry in re.split(r"[,\s]+", text.strip()) if entry]
    if not entries:
        raise BadMasterKey(f"there is no master key: {_HINT}")
    keys = dict(entries)
    if len(keys) != len(entries):
        raise BadMasterKey("two master keys have the same id")
    return keys


def own_id(key: bytes) -> str:
    """The id of a key that was given none: made from its check value, it betrays nothing."""
    return f"k{_check_value(derive(key, 'check value'))[:8]}"


def derive(key: bytes, purpose: str) -> bytes:
    """HKDF-SHA256 (RFC 5869) of `key` for one purpose, 32 bytes."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=b"iamconsole", info=purpose.encode()).derive(key)


def _check_value(derived: bytes) -> str:
    return hmac_digest(derived, b"iamconsole master key check value", "sha256")[:8].hex()


def _entry(text: str) -> tuple[str, bytes]:
    named, colon, encoded = text.rpartition(":")
    key = _key_bytes(encoded)
    if not colon:
        return own_id(key), key
    return named, key


def _key_bytes(text: str) -> bytes:
    if _HEX_KEY.fullmatch(text):
        return bytes.fromhex(text)
    bare = text.rstrip("=").translate(_TO_STANDARD)
    try:
        key = b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except ValueError:
        raise BadMasterKey(f"a master key is neither base64 nor hex: {_HINT}") from None
    if len(key) != KEY_BYTES:
        raise BadMasterKey(f"a master key has {len(key)} bytes instead of {KEY_BYTES}: {_HINT}")
    return key
