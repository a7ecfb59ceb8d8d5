"""Responses that are not plain XML, or not for us, or not for now, are refused (threat 3.12)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from accounts.federation.saml import verify_assertion
from accounts.models import SAMLProvider
from iamconsole.kernel import clock
from iamconsole.kernel.errors import ExpiredIdentityToken, Fault, IDPRejectedClaim, InvalidIdentityToken
from tests.federation.certificates import certified
from tests.federation.saml_idp import SamlIdp, at, find, metadata
from tests.support.tenants import Tenant

Element = Any


def _text(change: Callable[[str], str]) -> Callable[[SamlIdp], str]:
    return lambda idp: change(etree.tostring(idp.signed()).decode())


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
XML: dict[str, Callable[[SamlIdp], Any]] = {
    "a comment in the NameID": _text(lambda text: text.replace(">ada<", ">ad<!-- -->a<")),
    "a comment anywhere": _text(lambda text: text.replace("<saml:Subject>", "<!-- --><saml:Subject>")),
    "a comment before the root": _text(lambda text: f"<!-- -->{text}"),
    "an instruction": _text(lambda text: text.replace(">ada<", ">ad<?x y?>a<")),
    "an instruction behind the root": _text(lambda text: f"{text}<?x y?>"),
    "a DTD": _text(lambda text: f"<!DOCTYPE x>{text}"),
    "an entity": _text(lambda text: BOMB + text.replace(">ada<", ">&b;<")),
    "an external entity": _text(
        lambda text: '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + text.replace(">ada<", ">&a;<")
    ),
    "an entity that nobody defines": _text(lambda text: text.replace(">ada<", ">&evil;<")),
    "UTF-16": lambda idp: etree.tostring(idp.signed()).decode().encode("utf-16"),
    "UTF-7": lambda idp: b'<?xml version="1.0" encoding="UTF-7"?>' + b"+ADw-x/+AD4-",
    "not XML": lambda idp: b"nonsense",
    "nothing": lambda idp: b"",
    "half": lambda idp: etree.tostring(idp.signed())[:500],
    "deep": lambda idp: b"<a>" * 5000 + b"</a>" * 5000,
    "wide": lambda idp: etree.tostring(idp.signed()).replace(b">ada<", b">" + b"a" * 80_000 + b"<"),
    "an element in the NameID": _text(lambda text: text.replace(">ada<", "><b>ada</b><")),
}


@pytest.mark.parametrize("name", XML)
def test_xml_that_is_not_plain_is_refused(idp: SamlIdp, verify: Any, name: str) -> None:
    with pytest.raises(InvalidIdentityToken):
        verify(XML[name](idp))


def test_what_is_not_base64_is_refused(provider: SAMLProvider) -> None:
    for text in ("!!!!", "A" * 100_001, "\u00e4\u00e4\u00e4\u00e4"):
        with pytest.raises(InvalidIdentityToken):
            verify_assertion(text, provider=provider, now=clock.now())


CONDITIONS: dict[str, tuple[Callable[[SamlIdp], Element], type[Fault]]] = {
    "expired": (lambda idp: idp.signed(not_on_or_after=at(-61)), ExpiredIdentityToken),
    "the subject's confirmation expired": (lambda idp: idp.signed(subject_ends=at(-61)), ExpiredIdentityToken),
    "the session is over": (
        lambda idp: idp.signed(statement=f'SessionNotOnOrAfter="{at(-1)}"'),
        ExpiredIdentityToken,
    ),
    "not valid yet": (lambda idp: idp.signed(not_before=at(90)), InvalidIdentityToken),
    "no conditions": (lambda idp: idp.signed(conditions=""), InvalidIdentityToken),
    "conditions without end": (
        lambda idp: idp.signed(conditions=f'<saml:Conditions NotBefore="{at()}"/>'),
        InvalidIdentityToken,
    ),
    "no audience": (
        lambda idp: idp.signed(conditions=f'<saml:Conditions NotOnOrAfter="{at(60)}"/>'),
        InvalidIdentityToken,
    ),
    "a time without zone": (lambda idp: idp.signed(not_on_or_after=at(60)[:-1]), InvalidIdentityToken),
    "another audience": (lambda idp: idp.signed(audience="https://other.example/"), InvalidIdentityToken),
    "another recipient": (lambda idp: idp.signed(recipient="https://other.example/"), InvalidIdentityToken),
    "AWS's own audience": (lambda idp: idp.signed(audience="urn:amazon:webservices"), InvalidIdentityToken),
    "an answer to a request": (lambda idp: idp.signed(confirmation='InResponseTo="_x"'), InvalidIdentityToken),
    "holder of key": (
        lambda idp: idp.signed(method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
        InvalidIdentityToken,
    ),
    "another issuer": (lambda idp: idp.signed(issuer="https://evil.example"), InvalidIdentityToken),
    "another issuer of the response": (
        lambda idp: idp.response(idp.sign(idp.assertion()), issuer="https://evil.example"),
        InvalidIdentityToken,
    ),
    "SAML 1": (lambda idp: idp.signed(version="1.1"), InvalidIdentityToken),
    "no status": (lambda idp: _without(idp.signed(), "samlp:Status"), IDPRejectedClaim),
    "failed": (
        lambda idp: idp.response(idp.sign(idp.assertion()), status="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"),
        IDPRejectedClaim,
    ),
    "no name": (lambda idp: idp.signed(name=""), InvalidIdentityToken),
    "no roles": (lambda idp: idp.signed(Role=[]), InvalidIdentityToken),
    "half a role": (lambda idp: idp.signed(Role=["arn:aws:iam::123456789012:role/Dev"]), InvalidIdentityToken),
    "no session name": (lambda idp: idp.signed(RoleSessionName=[]), InvalidIdentityToken),
    "two session names": (lambda idp: idp.signed(RoleSessionName=["ada", "bob"]), InvalidIdentityToken),
    "a session name with a slash": (lambda idp: idp.signed(RoleSessionName=["a/b"]), InvalidIdentityToken),
    "a long session": (lambda idp: idp.signed(SessionDuration=["43201"]), InvalidIdentityToken),
    "a session of words": (lambda idp: idp.signed(SessionDuration=["one hour"]), InvalidIdentityToken),
    "a tag with two values": (lambda idp: idp.signed(**{"PrincipalTag:Team": ["a", "b"]}), IDPRejectedClaim),
    "a transitive key without tag": (lambda idp: idp.signed(TransitiveTagKeys=["Team"]), IDPRejectedClaim),
    "an attribute twice": (lambda idp: _attribute_twice(idp), InvalidIdentityToken),
}


def _without(root: Element, path: str) -> Element:
    root.remove(find(root, path))
    return root


def _attribute_twice(idp: SamlIdp) -> Element:
    assertion = idp.assertion()
    statement = find(assertion, "saml:AttributeStatement")
    statement.append(copy.deepcopy(statement[0]))
    return idp.response(idp.sign(assertion))


@pytest.mark.parametrize("name", CONDITIONS)
def test_an_assertion_that_is_not_for_us_now_is_refused(idp: SamlIdp, verify: Any, name: str) -> None:
    make, fault = CONDITIONS[name]
    with pytest.raises(fault):
        verify(make(idp))


def test_an_answer_to_our_request_must_name_it(idp: SamlIdp, verify: Any) -> None:
    answer = idp.signed(confirmation='InResponseTo="_x"')
    assert verify(answer, in_response_to="_x").subject == "ada"
    for other in ("_y", ""):
        with pytest.raises(InvalidIdentityToken, match="another request"):
            verify(answer, in_response_to=other)
    with pytest.raises(InvalidIdentityToken, match="another request"):
        verify(idp.signed(), in_response_to="_x")


def test_other_audiences_and_recipients_on_request(idp: SamlIdp, verify: Any) -> None:
    url = "https://signin.aws.amazon.com/saml"
    answer = idp.signed(audience="urn:amazon:webservices", recipient=url)
    assert verify(answer, audiences=["urn:amazon:webservices"], recipients=[url]).recipient == url


def test_certificates_and_metadata_expire(tenant: Tenant, verify: Any, idp: SamlIdp, provider: SAMLProvider) -> None:
    old = certified("old.example.com", until=datetime(2021, 1, 1, tzinfo=UTC))
    tenant.run("iam:UpdateSAMLProvider", saml_provider_arn=provider.arn, saml_metadata_document=metadata(old))
    with pytest.raises(InvalidIdentityToken, match="does not match"):
        verify(idp.response(idp.sign(idp.assertion(), old)))
    ended = metadata(idp.certified, valid_until="2021-01-01T00:00:00Z")
    tenant.run("iam:UpdateSAMLProvider", saml_provider_arn=provider.arn, saml_metadata_document=ended)
    with pytest.raises(InvalidIdentityToken, match="metadata has expired"):
        verify(idp.signed())
