"""The secrets of service-specific credentials, and what is stored of them.

A secret has 256 random bits, so a fast hash keeps it. The hash is keyed by the master key and bound to its credential:
whoever can write to the database still cannot make a secret of their own count.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from hmac import compare_digest
from hmac import digest as hmac_digest

from accounts.master_keys import inheritance, ring
from accounts.master_keys.notes import note_master_key

API_KEY_PREFIX = "ABSK"  # by which secret scanners know an API key


def new_password() -> str:
    """44 characters of base64: 256 bits."""
    return b64encode(secrets.token_bytes(32)).decode()


def new_api_key(alias: str) -> str:
    """An API key that says by itself whose it is: a prefix and base64 of `alias:password`."""
    return API_KEY_PREFIX + b64encode(f"{alias}:{new_password()}".encode()).decode()


def keyed_hash(secret: str, *, account_id: str, credential_id: str) -> str:
    """`<master key id>.<HMAC-SHA256 in hex>`."""
    note_master_key()
    key_id = ring.current().current_id
    return f"{key_id}.{_hash(secret, account_id, credential_id, key_id)}"


def matches(stored: str, secret: str, *, account_id: str, credential_id: str) -> bool:
    """Whether this is the secret, in constant time; UnknownKey where nothing is left of its master key."""
    key_id, _, expected = stored.partition(".")
    return compare_digest(_hash(secret, account_id, credential_id, key_id), expected)


def _hash(secret: str, account_id: str, credential_id: str, key_id: str) -> str:
    key = inheritance.derived(inheritance.SERVICE_CREDENTIALS, key_id)
    return hmac_digest(key, f"{account_id}/{credential_id}/{secret}".encode(), "sha256").hex()
