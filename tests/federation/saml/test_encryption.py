"""Encrypted assertions."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.federation.saml_decryption import CONTENT
from accounts.federation.xml import XENC
from accounts.models import SAMLProvider
from iamconsole.kernel.errors import InvalidIdentityToken
from tests.federation.certificates import Certified, certified
from tests.federation.saml_idp import SamlIdp, encrypt, find
from tests.support.tenants import Tenant

Element = Any


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
