"""Keys and certificates for tests; keys are made once a run, since each takes a tenth of a second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

WEEK = timedelta(days=7)


def key(number: int = 0, *, kind: str = "rsa2048") -> Any:
    """A private key; the same arguments give the same key."""
    return _made(number, kind)


@cache
def _made(_number: int, kind: str) -> Any:
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind.removeprefix("rsa")))
    return ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else ec.generate_private_key(CURVES[kind])


CURVES: dict[str, Any] = {"p256": ec.SECP256R1(), "k256": ec.SECP256K1()}


def ssh(number: int = 0, *, kind: str = "rsa2048", comment: str = "") -> str:
    """The public half as OpenSSH writes it."""
    body = key(number, kind=kind).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return f"{body} {comment}".strip()


def public_pem(
    number: int = 0, *, kind: str = "rsa2048", form: PublicFormat = PublicFormat.SubjectPublicKeyInfo
) -> str:
    text: bytes = key(number, kind=kind).public_key().public_bytes(Encoding.PEM, form)
    return text.decode()


def private_pem(
    number: int = 0, *, kind: str = "rsa2048", form: PrivateFormat = PrivateFormat.PKCS8, password: bytes = b""
) -> str:
    sealing = BestAvailableEncryption(password) if password else NoEncryption()
    text: bytes = key(number, kind=kind).private_bytes(Encoding.PEM, form, sealing)
    return text.decode()


@dataclass(frozen=True)
class Issued:
    """A certificate and the PEM texts that go with it."""

    certificate: x509.Certificate
    private_key: str

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()


def issued(
    number: int = 0,
    *,
    kind: str = "rsa2048",
    name: str = "leaf",
    by: Issued | None = None,
    by_key: int = 0,
    starts: timedelta = -WEEK,
    ends: timedelta = WEEK,
) -> Issued:
    """A certificate for a key, issued by another (whose key is number `by_key`) or by itself."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key(number, kind=kind).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + starts)
        .not_valid_after(now + ends)
        .sign(key(by_key) if by else key(number, kind=kind), None if kind == "ed25519" and not by else SHA256())
    )
    return Issued(made, private_pem(number, kind=kind))


def uploaded(issued: Issued, name: str = "web", **members: Any) -> dict[str, Any]:
    """The members of UploadServerCertificate, under Python's names."""
    return {
        "server_certificate_name": name,
        "certificate_body": issued.pem,
        "private_key": issued.private_key,
        **members,
    }
