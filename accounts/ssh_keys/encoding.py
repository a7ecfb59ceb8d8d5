"""SSH public keys as text: `ssh-rsa AAAA…` (OpenSSH) or PEM, and their fingerprint."""

from __future__ import annotations

from base64 import b64decode
from hashlib import md5

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
    load_ssh_public_key,
)

from accounts.certificates import strength
from iamconsole.kernel.errors import InvalidPublicKey, UnrecognizedPublicKeyEncoding

SSH = "ssh-rsa "
PEM = ("-----BEGIN PUBLIC KEY-----", "-----BEGIN RSA PUBLIC KEY-----")


def canonical(text: str) -> str:
    """An RSA public key of at least 2048 bits in OpenSSH's form, without its comment.

    UnrecognizedPublicKeyEncoding where the text has neither form, InvalidPublicKey where the key is none of that kind.
    """
    key = _read(text.strip())
    if not isinstance(key, RSAPublicKey):
        raise InvalidPublicKey("The public key is invalid: it must be an RSA key.")
    if complaint := strength.complaint(key):
        raise InvalidPublicKey(f"The public key is invalid: {complaint}.")
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def _read(text: str) -> object:
    try:
        if text.startswith(SSH) and len(text.splitlines()) == 1:
            return load_ssh_public_key(text.encode())
        if text.startswith(PEM) and text.count("-----BEGIN") == 1:
            return load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidPublicKey("The public key is malformed: its encoding holds no key.") from None
    raise UnrecognizedPublicKeyEncoding(
        "The public key encoding is not recognized: give one RSA public key as ssh-rsa or PEM."
    )


def pem(body: str) -> str:
    """A canonical key in PEM (RFC 7468, `PUBLIC KEY`)."""
    key = load_ssh_public_key(body.encode())
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def fingerprint(body: str) -> str:
    """The MD5 of a canonical key's wire form, `7a:1d:…`; it names a key and proves nothing."""
    return md5(b64decode(body.split()[1]), usedforsecurity=False).digest().hex(":")
