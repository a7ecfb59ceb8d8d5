"""Ids of what federation keeps: providers, and private keys of SAML providers."""

from __future__ import annotations

import secrets

from iamconsole.storage.identifiers import BASE32

LENGTH = 26


def federation_id() -> str:
    """26 random base32 characters (130 bits), within AWS's pattern for such ids."""
    return "".join(secrets.choice(BASE32) for _ in range(LENGTH))
