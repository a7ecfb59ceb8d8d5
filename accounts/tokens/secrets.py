"""The text of a bearer token, and what is stored of it."""

from __future__ import annotations

import secrets
from hashlib import sha256

PREFIX = "iamt_"  # lets secret scanners recognise a token that strayed into a repository


def new_token() -> str:
    """A prefix and 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """SHA-256 in hex: a plain hash is enough for what nobody can guess."""
    return sha256(token.encode()).hexdigest()
