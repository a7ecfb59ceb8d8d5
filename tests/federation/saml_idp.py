"""A SAML identity provider for tests: metadata, responses signed by signxml, and encryption."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureMethod, XMLSigner

from accounts.federation.saml_decryption import XENC11
from accounts.federation.xml import DS, METADATA, NAMESPACES, PROTOCOL, SAML, XENC
from iamconsole.kernel import clock
from tests.federation.certificates import Certified

ENTITY = "https://idp.example.com/saml"
SIGN_IN = "http://localhost:8000/saml"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
AWS = "https://aws.amazon.com/SAML/Attributes/"
Element = Any


def at(seconds: int = 0) -> str:
    return f"{clock.now() + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def metadata(*certificates: Certified, entity: str = ENTITY, valid_until: str = "", use: str = ' use="signing"') -> str:
    """The metadata document of a provider that signs with these certificates."""
    keys = "".join(
        f"<md:KeyDescriptor{use}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>"
        f"{base64.b64encode(each.certificate.public_bytes(Encoding.DER)).decode()}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for each in certificates
    )
    until = f' validUntil="{valid_until}"' if valid_until else ""
    text = (
        f'<md:EntityDescriptor xmlns:md="{METADATA}" xmlns:ds="{DS}" entityID="{entity}"{until}>'
        f'<md:IDPSSODescriptor protocolSupportEnumeration="{PROTOCOL}">{keys}'
        '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" '
        'Location="https://idp.example.com/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>'
    )
    return text + " " * max(0, 1000 - len(text))


@dataclass
class SamlIdp:
    """`response()` makes a good response of account `account`'s provider `Corp`; members change what it says."""

    certified: Certified
    account: str
    provider: str = "Corp"
    attributes: dict[str, list[str]] = field(default_factory=dict)

    def assertion(
        self,
        *,
        ident: str = "_a1",
        name: str = "ada",
        issuer: str = ENTITY,
        audience: str = SIGN_IN,
        recipient: str = SIGN_IN,
        not_before: str | None = None,
        not_on_or_after: str | None = None,
        subject_ends: str | None = None,
        confirmation: str = "",
        method: str = "urn:oasis:names:tc:SAML:2.0:cm:bearer",
        conditions: str | None = None,
        statement: str = "",
        version: str = "2.0",
        **attributes: list[str],
    ) -> Element:
        begins, ends = not_before or at(-5), not_on_or_after or at(300)
        roles = f"arn:aws:iam::{self.account}:role/Dev,arn:aws:iam::{self.account}:saml-provider/{self.provider}"
        given = {f"{AWS}Role": [roles], f"{AWS}RoleSessionName": ["ada@example.com"]} | self.attributes
        given |= {f"{AWS}{key}": values for key, values in attributes.items()}
        values = "".join(
            f'<saml:Attribute Name="{key}">'
            + "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in found)
            + "</saml:Attribute>"
            for key, found in given.items()
            if found
        )
        limits = (
            f'<saml:Conditions NotBefore="{begins}" NotOnOrAfter="{ends}"><saml:AudienceRestriction><saml:Audience>'
        )
        limits += f"{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
        return etree.fromstring(
            f'<saml:Assertion xmlns:saml="{SAML}" ID="{ident}" Version="{version}" IssueInstant="{at()}">'
            f"<saml:Issuer>{issuer}</saml:Issuer><saml:Subject>"
            f'<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{name}</saml:NameID>'
            f'<saml:SubjectConfirmation Method="{method}"><saml:SubjectConfirmationData {confirmation} '
            f'NotOnOrAfter="{subject_ends or ends}" Recipient="{recipient}"/></saml:SubjectConfirmation></saml:Subject>'
            f"{limits if conditions is None else conditions}"
            f'<saml:AuthnStatement AuthnInstant="{at()}" {statement}/>'
            f"<saml:AttributeStatement>{values}</saml:AttributeStatement></saml:Assertion>"
        )

    def response(
        self, *assertions: Element, ident: str = "_r1", status: str = SUCCESS, issuer: str | None = ENTITY
    ) -> Element:
        root = etree.fromstring(
            f'<samlp:Response xmlns:samlp="{PROTOCOL}" xmlns:saml="{SAML}" ID="{ident}" Version="2.0" '
            f'IssueInstant="{at()}">'
            + (f"<saml:Issuer>{issuer}</saml:Issuer>" if issuer else "")
            + f'<samlp:Status><samlp:StatusCode Value="{status}"/></samlp:Status></samlp:Response>'
        )
        root.extend(assertions)
        return root

    def sign(self, element: Element, certified: Certified | None = None, **options: Any) -> Element:
        """The element with a signature of its own, in the place the schema wants."""
        by = certified or self.certified
        signer = _Signer(
            **(
                {
                    "signature_algorithm": SignatureMethod.RSA_SHA256,
                    "digest_algorithm": DigestAlgorithm.SHA256,
                    "c14n_algorithm": CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
                }
                | options
            )
        )
        return signer.sign(
            element, key=by.key_pem, cert=by.certificate_pem, reference_uri=f"#{element.get('ID')}", id_attribute="ID"
        )

    def signed(self, **members: Any) -> Element:
        """A response around one signed assertion."""
        return self.response(self.sign(self.assertion(**members)))


class _Signer(XMLSigner):
    """Also signs as nobody should, so that refusing it is tested."""

    def check_deprecated_methods(self) -> None:
        """SHA-1 is wanted here."""


def sent(root: Element | bytes | str) -> str:
    """The response as a browser posts it."""
    text = root if isinstance(root, bytes) else root.encode() if isinstance(root, str) else etree.tostring(root)
    return base64.b64encode(text).decode()


def find(root: Element, path: str) -> Element:
    found = root.find(path, NAMESPACES)
    assert found is not None, path
    return found


def parts(idp: SamlIdp) -> tuple[Element, Element, Element]:
    """A good response, its assertion and the assertion's signature, to be put together otherwise."""
    root = idp.signed()
    assertion = find(root, "saml:Assertion")
    return root, assertion, find(assertion, "ds:Signature")


def encrypt(assertion: Element, certified: Certified, algorithm: str = f"{XENC11}aes256-gcm") -> Element:
    """An EncryptedAssertion that the holder of the private key opens."""
    key = os.urandom(32 if "256" in algorithm else 16)
    plain = etree.tostring(assertion)
    wrapped = certified.key.public_key().encrypt(key, OAEP(MGF1(hashes.SHA1()), hashes.SHA1(), None))
    sealed = _gcm(key, plain) if algorithm.endswith("gcm") else _cbc(key, plain)
    value = "<xenc:CipherData><xenc:CipherValue>{}</xenc:CipherValue></xenc:CipherData>"
    return etree.fromstring(
        f'<saml:EncryptedAssertion xmlns:saml="{SAML}" xmlns:xenc="{XENC}" xmlns:ds="{DS}"><xenc:EncryptedData>'
        f'<xenc:EncryptionMethod Algorithm="{algorithm}"/><ds:KeyInfo><xenc:EncryptedKey>'
        f'<xenc:EncryptionMethod Algorithm="{XENC}rsa-oaep-mgf1p"/>'
        f"{value.format(base64.b64encode(wrapped).decode())}</xenc:EncryptedKey></ds:KeyInfo>"
        f"{value.format(base64.b64encode(sealed).decode())}</xenc:EncryptedData></saml:EncryptedAssertion>"
    )


def _gcm(key: bytes, plain: bytes) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def _cbc(key: bytes, plain: bytes) -> bytes:
    vector, missing = os.urandom(16), 16 - len(plain) % 16
    encryptor = Cipher(AES(key), CBC(vector)).encryptor()
    return vector + encryptor.update(plain + bytes(missing - 1) + bytes([missing])) + encryptor.finalize()
