"""Every known way of having us read something else than was signed is refused (threat 3.12)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from accounts.federation.xml import DS, PROTOCOL
from iamconsole.kernel.errors import IDPRejectedClaim, InvalidIdentityToken
from tests.federation.saml_idp import SamlIdp, find, parts

Element = Any


def _evil(idp: SamlIdp, ident: str = "_evil") -> Element:
    return idp.assertion(name="mallory", ident=ident)


def _object(signature: Element) -> Element:
    return etree.SubElement(signature, f"{{{DS}}}Object")


def xsw1(idp: SamlIdp) -> Element:
    """A forged response around the signature that holds the signed response."""
    good = idp.sign(idp.response(idp.assertion()))
    signature = find(good, "ds:Signature")
    evil = idp.response(_evil(idp), ident="_evil-response")
    good.remove(signature)
    signature.append(good)
    evil.append(signature)
    return evil


def xsw2(idp: SamlIdp) -> Element:
    """The signed response as a sibling of its detached signature."""
    good = idp.sign(idp.response(idp.assertion()))
    signature = find(good, "ds:Signature")
    evil = idp.response(_evil(idp), ident="_evil-response")
    good.remove(signature)
    evil.insert(0, good)
    evil.insert(0, signature)
    return evil


def xsw3(idp: SamlIdp) -> Element:
    """A forged assertion before the signed one."""
    root, assertion, _signature = parts(idp)
    root.insert(root.index(assertion), _evil(idp))
    return root


def xsw4(idp: SamlIdp) -> Element:
    """The signed assertion inside a forged one."""
    root, assertion, _signature = parts(idp)
    evil = _evil(idp)
    root.replace(assertion, evil)
    evil.append(assertion)
    return root


def xsw5(idp: SamlIdp) -> Element:
    """The forged assertion keeps the signature, the signed one stands beside."""
    root, assertion, signature = parts(idp)
    evil = _evil(idp)
    assertion.remove(signature)
    evil.insert(1, signature)
    root.replace(assertion, evil)
    root.append(assertion)
    return root


def xsw6(idp: SamlIdp) -> Element:
    """The forged assertion keeps the signature, and the signature holds the signed one."""
    root, assertion, signature = parts(idp)
    evil = _evil(idp)
    root.replace(assertion, evil)
    assertion.remove(signature)
    evil.insert(1, signature)
    signature.append(assertion)
    return root


def xsw7(idp: SamlIdp) -> Element:
    """A forged assertion in Extensions."""
    root, _assertion, _signature = parts(idp)
    extensions = etree.Element(f"{{{PROTOCOL}}}Extensions")
    extensions.append(_evil(idp))
    root.insert(1, extensions)
    return root


def xsw8(idp: SamlIdp) -> Element:
    """The signed assertion in an Object of the forged one's signature."""
    root, assertion, signature = parts(idp)
    evil = _evil(idp)
    root.replace(assertion, evil)
    assertion.remove(signature)
    evil.insert(1, signature)
    _object(signature).append(assertion)
    return root


def xsw9(idp: SamlIdp) -> Element:
    """Two assertions with one id."""
    root, assertion, _signature = parts(idp)
    root.insert(root.index(assertion), _evil(idp, ident="_a1"))
    return root


def xsw10(idp: SamlIdp) -> Element:
    """The same id in another spelling of the attribute."""
    root, assertion, signature = parts(idp)
    evil = _evil(idp, ident="_a1")
    assertion.remove(signature)
    evil.insert(1, signature)
    hidden = etree.SubElement(root, f"{{{PROTOCOL}}}Extensions")
    hidden.set("Id", "_a1")
    root.replace(assertion, evil)
    return root


def signature_twice(idp: SamlIdp) -> Element:
    root, assertion, signature = parts(idp)
    assertion.append(copy.deepcopy(signature))
    return root


def signature_elsewhere(idp: SamlIdp) -> Element:
    """A second signature deep in the assertion of a signed response."""
    good = idp.response(idp.assertion())
    extra = find(idp.signed(ident="_other"), "saml:Assertion/ds:Signature")
    find(good, "saml:Assertion/saml:Subject").append(extra)
    return idp.sign(good)


def forged_beside_signed_response(idp: SamlIdp) -> Element:
    """A forged assertion put into a signed response afterwards."""
    root = idp.sign(idp.response(idp.assertion()))
    root.append(_evil(idp))
    return root


def signed_status_alone(idp: SamlIdp) -> Element:
    """A signature over the status, no more."""
    root = idp.response(idp.assertion())
    status = find(root, "samlp:Status")
    status.set("ID", "_status")
    root.replace(status, idp.sign(status))
    return root


def error_response_reused(idp: SamlIdp) -> Element:
    """The signature of an error response, moved to a forged success."""
    failed = idp.sign(idp.response(status="urn:oasis:names:tc:SAML:2.0:status:Responder"))
    evil = idp.response(_evil(idp))
    evil.insert(1, find(failed, "ds:Signature"))
    return evil


def error_response_within(idp: SamlIdp) -> Element:
    """A forged success around a signed error response with the same id."""
    evil = idp.response(_evil(idp), ident="_outer")
    evil.append(idp.sign(idp.response(status="urn:oasis:names:tc:SAML:2.0:status:Responder")))
    return evil


def not_signed(idp: SamlIdp) -> Element:
    return idp.response(idp.assertion())


def signature_of_another_assertion(idp: SamlIdp) -> Element:
    evil = _evil(idp)
    evil.insert(1, find(idp.signed(), "saml:Assertion/ds:Signature"))
    return idp.response(evil)


def altered(idp: SamlIdp) -> bytes:
    return etree.tostring(idp.signed()).replace(b">ada<", b">bob<")


def two_signed_assertions(idp: SamlIdp) -> Element:
    return idp.response(idp.sign(idp.assertion()), idp.sign(idp.assertion(ident="_a2")))


def no_assertion(idp: SamlIdp) -> Element:
    return idp.sign(idp.response())


def assertion_alone(idp: SamlIdp) -> Element:
    return idp.sign(idp.assertion())


def empty_reference(idp: SamlIdp) -> Element:
    root, _assertion, signature = parts(idp)
    find(signature, "ds:SignedInfo/ds:Reference").set("URI", "")
    return root


def second_reference(idp: SamlIdp) -> Element:
    root, _assertion, signature = parts(idp)
    info = find(signature, "ds:SignedInfo")
    info.append(copy.deepcopy(find(info, "ds:Reference")))
    return root


def second_signed_info(idp: SamlIdp) -> Element:
    root, _assertion, signature = parts(idp)
    signature.insert(0, copy.deepcopy(find(signature, "ds:SignedInfo")))
    return root


WRAPPED = (
    xsw1,
    xsw2,
    xsw3,
    xsw4,
    xsw5,
    xsw6,
    xsw7,
    xsw8,
    xsw9,
    xsw10,
    signature_twice,
    signature_elsewhere,
    forged_beside_signed_response,
    signed_status_alone,
    error_response_reused,
    error_response_within,
    not_signed,
    signature_of_another_assertion,
    altered,
    two_signed_assertions,
    no_assertion,
    assertion_alone,
    empty_reference,
    second_reference,
    second_signed_info,
)


@pytest.mark.parametrize("attack", WRAPPED, ids=lambda attack: attack.__name__)
def test_a_wrapped_signature_is_refused(idp: SamlIdp, verify: Any, attack: Callable[[SamlIdp], Element]) -> None:
    assert verify(idp.signed()).subject == "ada"
    with pytest.raises((InvalidIdentityToken, IDPRejectedClaim)):
        verify(attack(idp))
