"""XML signatures on SAML responses: what they must look like before they are verified, and the bytes they vouch for.

Every known wrapping attack has the verifier look at one element and the application at another. So the shape of the
document is demanded first, a signature may only stand where it signs its own parent, and only what the verifier gives
back is ever read.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree
from signxml import DigestAlgorithm, SignatureConfiguration, SignatureMethod, XMLVerifier
from signxml.exceptions import SignXMLException

from accounts.federation.xml import DS, SAML, BadXml, Element, children, descendants, parsed, text_of

METHODS = frozenset(
    SignatureMethod[f"{family}_SHA{size}"] for family in ("RSA", "ECDSA") for size in (256, 384, 512)
) | {SignatureMethod.SHA256_RSA_MGF1}
DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
TRANSFORMS = ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", EXCLUSIVE]
PARTS = [f"{{{DS}}}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo")]
IDS = ("ID", "Id", "id", "AssertionID", "{http://www.w3.org/XML/1998/namespace}id")


class BadSignature(ValueError):
    """No signature vouches for the element; the message says why."""


def demand_plain(root: Element) -> None:
    """Ids once each; signatures only as children of the root or of an assertion right below it."""
    ids = [value for element in root.iter() for name in IDS if (value := element.get(name)) is not None]
    if len(ids) != len(set(ids)):
        raise BadSignature("an id stands in the document twice")
    allowed = {*children(root, "ds:Signature"), *children(root, "saml:Assertion/ds:Signature")}
    if set(descendants(root, DS, "Signature")) - allowed:
        raise BadSignature("a signature stands where none may be")


def is_signed(element: Element) -> bool:
    """Whether an element has a signature of its own, which may be anything yet."""
    return bool(children(element, "ds:Signature"))


def verified(root: Element, element: Element, certificates: Sequence[bytes], now: datetime) -> Element:
    """What the signature of `element`, the root or its child, vouches for: a new tree of exactly the signed bytes.

    Only the given certificates (DER) count, whatever the signature brings along.
    """
    _demand_form(element)
    location = "./" if element is root else f"./{{{SAML}}}Assertion/"
    document = etree.tostring(root)
    for certificate in certificates:
        signed = _verified_by(document, certificate, location, now)
        if signed is not None:
            break
    else:
        raise BadSignature("the signature does not match the certificates of the provider's metadata")
    found = parsed(signed)
    if found.tag != element.tag or found.get("ID") != element.get("ID"):
        raise BadSignature("the signature vouches for another element")
    return found


def _verified_by(document: bytes, certificate: bytes, location: str, now: datetime) -> bytes | None:
    configuration = SignatureConfiguration(
        location=location,
        expect_references=1,
        signature_methods=METHODS,
        digest_algorithms=DIGESTS,
        verification_time=now,
        ignore_ambiguous_key_info=True,
    )
    try:
        result = XMLVerifier().verify(
            document,
            x509_cert=x509.load_der_x509_certificate(certificate),
            expect_config=configuration,
            id_attribute="ID",
        )
    except (SignXMLException, UnsupportedAlgorithm, etree.LxmlError, ValueError, TypeError, KeyError):
        return None
    if isinstance(result, list):
        return None
    return result.signed_data


def _demand_form(element: Element) -> None:
    """One signature over the whole of its parent, with nothing but the usual transforms."""
    signatures = children(element, "ds:Signature")
    ident = element.get("ID")
    if len(signatures) != 1 or not ident:
        raise BadSignature("there is not exactly one signature over the element")
    (signature,) = signatures
    if [part.tag for part in signature] not in (PARTS, PARTS[:2]):
        raise BadSignature("the signature has other parts than its information, value and key")
    references = children(signature, "ds:SignedInfo/ds:Reference")
    if len(references) != 1 or references[0].get("URI") != f"#{ident}":
        raise BadSignature("the signature does not refer to its own element")
    _demand_algorithms(signature, references[0])


def _demand_algorithms(signature: Element, reference: Element) -> None:
    method = [each.get("Algorithm") for each in children(signature, "ds:SignedInfo/ds:CanonicalizationMethod")]
    transforms = [each.get("Algorithm") for each in children(reference, "ds:Transforms/ds:Transform")]
    if method != [EXCLUSIVE] or transforms != TRANSFORMS:
        raise BadSignature("the signature uses transforms that are not accepted")
    for transform in children(reference, "ds:Transforms/ds:Transform"):
        if any(part.tag != f"{{{EXCLUSIVE}}}InclusiveNamespaces" for part in transform):
            raise BadSignature("a transform has parts that it may not have")
    _demand_base64(children(reference, "ds:DigestValue"))
    _demand_base64(children(signature, "ds:SignatureValue"))


def _demand_base64(elements: list[Element]) -> None:
    try:
        (element,) = elements
        base64.b64decode("".join(text_of(element).split()), validate=True)
    except (binascii.Error, ValueError, BadXml):
        raise BadSignature("the signature's values cannot be read") from None
