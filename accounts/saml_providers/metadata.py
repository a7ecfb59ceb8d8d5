"""The metadata document of a SAML 2.0 identity provider: who it is, and with which certificates it signs."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from accounts.federation.xml import METADATA, BadXml, Element, children, parsed, text_of
from iamconsole.kernel.errors import InvalidInput

MAX_LENGTH = 1_000_000
"""Characters; AWS's model says ten times as many, but no request body is that long here."""
MOST_CERTIFICATES = 10
ROLE = "md:IDPSSODescriptor"


@dataclass(frozen=True, slots=True)
class Metadata:
    """`certificates` are the signing ones, DER; `valid_until` is the document's own word."""

    entity_id: str
    certificates: tuple[bytes, ...]
    valid_until: datetime | None


def read(text: str) -> Metadata:
    """The metadata of one identity provider; InvalidInput says what is missing or not accepted."""
    if len(text) > MAX_LENGTH:
        raise InvalidInput(f"The SAML metadata document is longer than {MAX_LENGTH} characters.")
    try:
        root = parsed(text.encode())
        return _metadata(root)
    except BadXml as fault:
        raise InvalidInput(f"Could not parse metadata: {fault}.") from None


def _metadata(root: Element) -> Metadata:
    if root.tag != f"{{{METADATA}}}EntityDescriptor":
        raise BadXml("its root is not EntityDescriptor")
    entity_id = root.get("entityID", "")
    if not 1 <= len(entity_id) <= 1024:
        raise BadXml("EntityDescriptor has no entityID of 1 to 1024 characters")
    roles = children(root, ROLE)
    if len(roles) != 1:
        raise BadXml("it does not describe exactly one identity provider (IDPSSODescriptor)")
    found = tuple(dict.fromkeys(_certificates(roles[0])))
    if not found:
        raise BadXml("it has no signing certificate")
    if len(found) > MOST_CERTIFICATES:
        raise BadXml(f"it has more than {MOST_CERTIFICATES} signing certificates")
    return Metadata(entity_id, found, _valid_until(root))


def _certificates(role: Element) -> list[bytes]:
    return [
        _certificate(text_of(each))
        for key in children(role, "md:KeyDescriptor")
        if key.get("use", "signing") == "signing"
        for each in children(key, "ds:KeyInfo/ds:X509Data/ds:X509Certificate")
    ]


def _certificate(text: str) -> bytes:
    try:
        der = base64.b64decode("".join(text.split()), validate=True)
        x509.load_der_x509_certificate(der)
    except (binascii.Error, ValueError):
        raise BadXml("a signing certificate cannot be read") from None
    return der


def _valid_until(root: Element) -> datetime | None:
    text = root.get("validUntil")
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadXml("validUntil is no time") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC)
