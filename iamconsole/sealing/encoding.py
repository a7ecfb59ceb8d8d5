"""Base64url without padding, in its one canonical spelling."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64encode

from .errors import SealBroken

_TO_STANDARD = str.maketrans("-_+/", "+/  ")


def encode(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The bytes of `text`; SealBroken for any text that `encode` would not have written for them."""
    try:
        data = binascii.a2b_base64(text.translate(_TO_STANDARD) + "=" * (-len(text) % 4), strict_mode=True)
    except ValueError:
        raise SealBroken("the text is not base64url") from None
    # The last character has spare bits: without this, several spellings would pass as one text.
    if encode(data) != text:
        raise SealBroken("the text is not canonical base64url")
    return data
