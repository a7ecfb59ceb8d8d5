"""Signatures by algorithms and transforms that are not on the list are refused (threat 3.12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree
from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureMethod

from accounts.federation.xml import DS
from iamconsole.kernel.errors import InvalidIdentityToken
from tests.federation.saml_idp import SamlIdp, find, parts

Element = Any


def _signing(**options: Any) -> Callable[[SamlIdp], Element]:
    return lambda idp: idp.response(idp.sign(idp.assertion(), **options))


def _transform(algorithm: str, content: str = "") -> Callable[[SamlIdp], Element]:
    def changed(idp: SamlIdp) -> Element:
        root, _assertion, signature = parts(idp)
        transforms = find(signature, "ds:SignedInfo/ds:Reference/ds:Transforms")
        transforms.append(
            etree.fromstring(f'<ds:Transform xmlns:ds="{DS}" Algorithm="{algorithm}">{content}</ds:Transform>')
        )
        return root

    return changed


def _hmac(idp: SamlIdp) -> Element:
    root, _assertion, signature = parts(idp)
    find(signature, "ds:SignedInfo/ds:SignatureMethod").set("Algorithm", f"{DS}hmac-sha256")
    return root


ALGORITHMS: dict[str, Callable[[SamlIdp], Element]] = {
    "SHA-1 signature": _signing(signature_algorithm=SignatureMethod.RSA_SHA1),
    "SHA-1 digest": _signing(digest_algorithm=DigestAlgorithm.SHA1),
    "comments in canonical form": _signing(
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0_WITH_COMMENTS
    ),
    "inclusive canonical form": _signing(c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0),
    "XPath": _transform("http://www.w3.org/TR/1999/REC-xpath-19991116", "<ds:XPath>self::text()</ds:XPath>"),
    "XPath filter": _transform("http://www.w3.org/2002/06/xmldsig-filter2"),
    "XSLT": _transform(
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"/>',
    ),
    "base64": _transform(f"{DS}base64"),
    "HMAC": _hmac,
}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_an_algorithm_that_is_not_on_the_list_is_refused(idp: SamlIdp, verify: Any, name: str) -> None:
    with pytest.raises(InvalidIdentityToken, match="signature invalid"):
        verify(ALGORITHMS[name](idp))
