"""SAML responses: good ones, and every way of having us read something else than was signed (threat 3.12)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree
from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureMethod

from accounts.federation.saml import SamlAssertion, verify_assertion
from accounts.federation.saml_decryption import CONTENT
from accounts.federation.xml import DS, PROTOCOL, SAML, XENC
from accounts.models import SAMLProvider
from accounts.saml_providers import replay
from iamconsole.kernel import clock
from iamconsole.kernel.errors import ExpiredIdentityToken, Fault, IDPRejectedClaim, InvalidIdentityToken
from tests.federation.certificates import Certified, certified
from tests.federation.saml_idp import SIGN_IN, SamlIdp, at, encrypt, find, metadata, sent
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

Element = Any
ASSERTION, SIGNATURE = f"{{{SAML}}}Assertion", f"{{{DS}}}Signature"


@pytest.fixture(scope="module")
def stranger() -> Certified:
    return certified("stranger.example.com")


@pytest.fixture
def idp(tenant: Tenant, certificate: Certified) -> SamlIdp:
    tenant.run("iam:CreateSAMLProvider", name="Corp", saml_metadata_document=metadata(certificate))
    return SamlIdp(certificate, tenant.account_id)


@pytest.fixture
def provider(tenant: Tenant, idp: SamlIdp) -> SAMLProvider:
    return SAMLProvider.objects.get(account_id=tenant.account_id, name="Corp")


@pytest.fixture
def verify(provider: SAMLProvider) -> Callable[..., SamlAssertion]:
    def verified(root: Any, **members: Any) -> SamlAssertion:
        provider.refresh_from_db()
        return verify_assertion(sent(root), provider=provider, now=clock.now(), **members)

    return verified


# --- what is accepted -----------------------------------------------------------------------------------------------

GOOD: dict[str, Callable[[SamlIdp], Element]] = {
    "the assertion is signed": lambda idp: idp.signed(),
    "the response is signed": lambda idp: idp.sign(idp.response(idp.assertion())),
    "both are signed": lambda idp: idp.sign(idp.signed()),
    "the response names no issuer": lambda idp: idp.response(idp.sign(idp.assertion()), issuer=None),
    "SHA-512": lambda idp: idp.response(
        idp.sign(
            idp.assertion(),
            signature_algorithm=SignatureMethod.RSA_SHA512,
            digest_algorithm=DigestAlgorithm.SHA512,
        )
    ),
    "line breaks": lambda idp: etree.tostring(idp.signed(), xml_declaration=True, encoding="UTF-8"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_response_is_accepted(idp: SamlIdp, verify: Any, name: str) -> None:
    found = verify(GOOD[name](idp))
    assert (found.subject, found.assertion_id) == ("ada", "_a1")


def test_everything_an_assertion_says(idp: SamlIdp, verify: Any, tenant: Tenant) -> None:
    account = tenant.account_id
    found = verify(
        idp.signed(
            statement=f'SessionNotOnOrAfter="{at(3600)}"',
            **{
                "Role": [
                    f"arn:aws:iam::{account}:role/Dev,arn:aws:iam::{account}:saml-provider/Corp",
                    f"arn:aws:iam::{account}:saml-provider/Corp, arn:aws:iam::{account}:role/team/Ops",
                ],
                "SessionDuration": ["7200"],
                "SourceIdentity": ["ada"],
                "PrincipalTag:Team": ["red"],
                "PrincipalTag:Cost": ["1"],
                "TransitiveTagKeys": ["Team"],
            },
        )
    )
    provider_arn = f"arn:aws:iam::{account}:saml-provider/Corp"
    assert found.roles == (
        (f"arn:aws:iam::{account}:role/Dev", provider_arn),
        (f"arn:aws:iam::{account}:role/team/Ops", provider_arn),
    )
    assert (found.role_session_name, found.session_duration, found.source_identity) == ("ada@example.com", 7200, "ada")
    assert (found.principal_tags, found.transitive_tag_keys) == ({"Team": "red", "Cost": "1"}, ("Team",))
    assert found.session_not_on_or_after
    assert found.condition_keys == {
        "saml:aud": SIGN_IN,
        "saml:doc": f"{account}/Corp",
        "saml:iss": "https://idp.example.com/saml",
        "saml:namequalifier": found.name_qualifier,
        "saml:sub": "ada",
        "saml:sub_type": "persistent",
        "aws:FederatedProvider": provider_arn,
    }
    assert len(found.name_qualifier) == 28


def test_any_certificate_of_the_metadata_counts(
    idp: SamlIdp, verify: Any, tenant: Tenant, provider: SAMLProvider, stranger: Certified
) -> None:
    with pytest.raises(InvalidIdentityToken, match="does not match the certificates"):
        verify(idp.response(idp.sign(idp.assertion(), stranger)))
    tenant.run(
        "iam:UpdateSAMLProvider",
        saml_provider_arn=provider.arn,
        saml_metadata_document=metadata(idp.certified, stranger),
    )
    assert verify(idp.response(idp.sign(idp.assertion(), stranger))).subject == "ada"


# --- wrapping -------------------------------------------------------------------------------------------------------


def _evil(idp: SamlIdp, ident: str = "_evil") -> Element:
    return idp.assertion(name="mallory", ident=ident)


def _parts(idp: SamlIdp) -> tuple[Element, Element, Element]:
    """A good response, its assertion and the assertion's signature."""
    root = idp.signed()
    assertion = find(root, "saml:Assertion")
    return root, assertion, find(assertion, "ds:Signature")


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
    root, assertion, _signature = _parts(idp)
    root.insert(root.index(assertion), _evil(idp))
    return root


def xsw4(idp: SamlIdp) -> Element:
    """The signed assertion inside a forged one."""
    root, assertion, _signature = _parts(idp)
    evil = _evil(idp)
    root.replace(assertion, evil)
    evil.append(assertion)
    return root


def xsw5(idp: SamlIdp) -> Element:
    """The forged assertion keeps the signature, the signed one stands beside."""
    root, assertion, signature = _parts(idp)
    evil = _evil(idp)
    assertion.remove(signature)
    evil.insert(1, signature)
    root.replace(assertion, evil)
    root.append(assertion)
    return root


def xsw6(idp: SamlIdp) -> Element:
    """The forged assertion keeps the signature, and the signature holds the signed one."""
    root, assertion, signature = _parts(idp)
    evil = _evil(idp)
    root.replace(assertion, evil)
    assertion.remove(signature)
    evil.insert(1, signature)
    signature.append(assertion)
    return root


def xsw7(idp: SamlIdp) -> Element:
    """A forged assertion in Extensions."""
    root, _assertion, _signature = _parts(idp)
    extensions = etree.Element(f"{{{PROTOCOL}}}Extensions")
    extensions.append(_evil(idp))
    root.insert(1, extensions)
    return root


def xsw8(idp: SamlIdp) -> Element:
    """The signed assertion in an Object of the forged one's signature."""
    root, assertion, signature = _parts(idp)
    evil = _evil(idp)
    root.replace(assertion, evil)
    assertion.remove(signature)
    evil.insert(1, signature)
    _object(signature).append(assertion)
    return root


def xsw9(idp: SamlIdp) -> Element:
    """Two assertions with one id."""
    root, assertion, _signature = _parts(idp)
    root.insert(root.index(assertion), _evil(idp, ident="_a1"))
    return root


def xsw10(idp: SamlIdp) -> Element:
    """The same id in another spelling of the attribute."""
    root, assertion, signature = _parts(idp)
    evil = _evil(idp, ident="_a1")
    assertion.remove(signature)
    evil.insert(1, signature)
    hidden = etree.SubElement(root, f"{{{PROTOCOL}}}Extensions")
    hidden.set("Id", "_a1")
    root.replace(assertion, evil)
    return root


def signature_twice(idp: SamlIdp) -> Element:
    root, assertion, signature = _parts(idp)
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
    root, _assertion, signature = _parts(idp)
    find(signature, "ds:SignedInfo/ds:Reference").set("URI", "")
    return root


def second_reference(idp: SamlIdp) -> Element:
    root, _assertion, signature = _parts(idp)
    info = find(signature, "ds:SignedInfo")
    info.append(copy.deepcopy(find(info, "ds:Reference")))
    return root


def second_signed_info(idp: SamlIdp) -> Element:
    root, _assertion, signature = _parts(idp)
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


# --- algorithms and transforms --------------------------------------------------------------------------------------


def _signing(**options: Any) -> Callable[[SamlIdp], Element]:
    return lambda idp: idp.response(idp.sign(idp.assertion(), **options))


def _transform(algorithm: str, content: str = "") -> Callable[[SamlIdp], Element]:
    def changed(idp: SamlIdp) -> Element:
        root, _assertion, signature = _parts(idp)
        transforms = find(signature, "ds:SignedInfo/ds:Reference/ds:Transforms")
        transforms.append(
            etree.fromstring(f'<ds:Transform xmlns:ds="{DS}" Algorithm="{algorithm}">{content}</ds:Transform>')
        )
        return root

    return changed


def _hmac(idp: SamlIdp) -> Element:
    root, _assertion, signature = _parts(idp)
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


# --- XML ------------------------------------------------------------------------------------------------------------


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


# --- conditions -----------------------------------------------------------------------------------------------------

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


# --- once -----------------------------------------------------------------------------------------------------------


def test_an_assertion_is_used_once(idp: SamlIdp, verify: Any, tenant: Tenant) -> None:
    found = verify(idp.signed())
    members = {
        "account_id": tenant.account_id,
        "issuer": found.issuer,
        "assertion_id": found.assertion_id,
        "not_on_or_after": found.not_on_or_after,
    }
    with setting_up():
        replay.spend(tenant.operator(), **members)
        with pytest.raises(InvalidIdentityToken, match="used before"):
            replay.spend(tenant.operator(), **members)
        replay.spend(tenant.operator(), **members | {"assertion_id": "_other"})


# --- encryption -----------------------------------------------------------------------------------------------------


@pytest.fixture
def own(tenant: Tenant, provider: SAMLProvider) -> Certified:
    """The key that opens what the provider encrypts for us."""
    made = certified("ours.example.com")
    tenant.run("iam:UpdateSAMLProvider", saml_provider_arn=provider.arn, add_private_key=made.key_pem.decode())
    return made


@pytest.mark.parametrize("algorithm", CONTENT)
def test_an_encrypted_assertion_is_opened(idp: SamlIdp, verify: Any, own: Certified, algorithm: str) -> None:
    assert verify(idp.response(encrypt(idp.sign(idp.assertion()), own, algorithm))).subject == "ada"
    assert verify(idp.sign(idp.response(encrypt(idp.assertion(), own, algorithm)))).subject == "ada"


def test_encryption_is_no_signature_and_faults_are_alike(idp: SamlIdp, verify: Any, own: Certified) -> None:
    with pytest.raises(InvalidIdentityToken, match="neither"):
        verify(idp.response(encrypt(idp.assertion(), own)))
    refusals = set()
    for encrypted in (
        encrypt(idp.sign(idp.assertion()), certified("stranger")),
        encrypt(idp.response(), own),
        _flipped(encrypt(idp.sign(idp.assertion()), own, f"{XENC}aes256-cbc")),
        _renamed(encrypt(idp.sign(idp.assertion()), own), f"{XENC}tripledes-cbc"),
        _renamed(encrypt(idp.sign(idp.assertion()), own), f"{XENC}aes256-cbc"),
    ):
        with pytest.raises(InvalidIdentityToken) as caught:
            verify(idp.response(encrypted))
        refusals.add(caught.value.message)
    assert len(refusals) == 1


def _flipped(encrypted: Element) -> Element:
    value = encrypted.findall(f".//{{{XENC}}}CipherValue")[-1]
    value.text = value.text[:-8] + ("AAAA" if value.text[-8:-4] != "AAAA" else "BBBB") + value.text[-4:]
    return encrypted


def _renamed(encrypted: Element, algorithm: str) -> Element:
    find(encrypted, "xenc:EncryptedData/xenc:EncryptionMethod").set("Algorithm", algorithm)
    return encrypted


def test_where_encryption_is_required_plain_assertions_are_refused(
    idp: SamlIdp, verify: Any, own: Certified, tenant: Tenant, provider: SAMLProvider
) -> None:
    assert verify(idp.signed()).subject == "ada"
    tenant.run("iam:UpdateSAMLProvider", saml_provider_arn=provider.arn, assertion_encryption_mode="Required")
    with pytest.raises(InvalidIdentityToken, match="must be encrypted"):
        verify(idp.signed())
    assert verify(idp.response(encrypt(idp.sign(idp.assertion()), own))).subject == "ada"
