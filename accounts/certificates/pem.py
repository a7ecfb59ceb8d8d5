"""X.509 certificates out of PEM text (RFC 7468)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from iamconsole.kernel.errors import MalformedCertificate

BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
MOST: Final = 20  # certificates in a text: each signature of a chain is verified, within the account's lock
UNREADABLE = "Unable to parse certificate. Please ensure the certificate is in PEM format."
BROKEN_CHAIN = (
    "Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, "
    "followed by any intermediaries in order. The index within the chain of the invalid certificate is: {index}"
)


def certificate(text: str, *, now: datetime) -> x509.Certificate:
    """The one certificate of a text, valid now; MalformedCertificate for anything else or more."""
    found = certificates(text)
    if len(found) > 1:
        raise MalformedCertificate(f"The text holds {len(found)} certificates: give one; a chain has its own member.")
    _demand_valid(found[0], now)
    return found[0]


def certificates(text: str) -> list[x509.Certificate]:
    """Every certificate of a text that holds nothing else, 20 at most, or MalformedCertificate."""
    blocks = BLOCK.findall(text)
    if not blocks or BLOCK.sub("", text).strip():
        raise MalformedCertificate(UNREADABLE)
    if len(blocks) > MOST:
        raise MalformedCertificate(f"The text holds {len(blocks)} certificates: give at most {MOST}.")
    return [_parsed(block) for block in blocks]


def text_of(certificate: x509.Certificate) -> str:
    """A certificate in PEM without a trailing newline: what was in the upload besides it is not kept."""
    return certificate.public_bytes(Encoding.PEM).decode().strip()


def chain(text: str, *, of: x509.Certificate) -> list[x509.Certificate]:
    """The certificates of a chain, each of which signed the one before; the first signed `of`."""
    found, signed = certificates(text), of
    for index, signer in enumerate(found):
        if not _signed_by(signed, signer):
            raise MalformedCertificate(BROKEN_CHAIN.format(index=index))
        signed = signer
    return found


def _parsed(block: str) -> x509.Certificate:
    try:
        found = x509.load_pem_x509_certificate(block.encode())
        found.public_key()  # read here, so that nobody who asks for it later meets a surprise
    except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm):
        raise MalformedCertificate(UNREADABLE) from None
    return found


def _demand_valid(certificate: x509.Certificate, now: datetime) -> None:
    if now > certificate.not_valid_after_utc:
        raise MalformedCertificate(f"The certificate expired at {certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}.")
    if now < certificate.not_valid_before_utc:
        raise MalformedCertificate(
            f"The certificate is not valid before {certificate.not_valid_before_utc:%Y-%m-%dT%H:%M:%SZ}."
        )


def _signed_by(certificate: x509.Certificate, signer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(signer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
