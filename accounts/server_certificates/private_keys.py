"""The private key of a server certificate: read, held against the certificate, sealed; nothing ever returns it."""

from __future__ import annotations

from math import lcm

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from accounts.master_keys.notes import note_master_key
from accounts.master_keys.ring import sealer
from iamconsole.kernel.errors import KeyPairMismatch, MalformedCertificate

UNREADABLE = "Unable to parse key: the private key must be one unencrypted RSA or EC key in PEM format."


def matching(text: str, certificate: x509.Certificate) -> str:
    """The certificate's private key as PKCS #8 PEM; MalformedCertificate where there is none, else KeyPairMismatch."""
    key = _read(text)
    if _public(key) != certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo):
        raise KeyPairMismatch("The public key certificate and the private key do not match.")
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def sealed(private_key: str, *, account_id: str, certificate_id: str) -> str:
    """The key sealed under the master key, for this account's certificate of that id alone."""
    note_master_key()
    return sealer().seal(private_key.encode(), bound_to=owner(account_id, certificate_id))


def owner(account_id: str, certificate_id: str) -> tuple[str, ...]:
    return ("server-certificate", account_id, certificate_id)


def _read(text: str) -> RSAPrivateKey | EllipticCurvePrivateKey:
    try:
        # OpenSSL would test the primes, which takes seconds for the largest key that fits; `_consistent` suffices.
        key = load_pem_private_key(text.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise MalformedCertificate(UNREADABLE) from None
    if (isinstance(key, RSAPrivateKey) and _consistent(key)) or isinstance(key, EllipticCurvePrivateKey):
        return key
    raise MalformedCertificate(UNREADABLE)


def _consistent(key: RSAPrivateKey) -> bool:
    """Whether the parts belong together (RFC 8017, 3.2), so that what claims this modulus has its private half."""
    numbers = key.private_numbers()
    public = numbers.public_numbers
    if numbers.p * numbers.q != public.n or min(numbers.p, numbers.q) < 3:
        return False
    return (numbers.d * public.e - 1) % lcm(numbers.p - 1, numbers.q - 1) == 0


def _public(key: RSAPrivateKey | EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
