"""SAML responses that are accepted, what they say, and that each opens one session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree
from signxml import DigestAlgorithm, SignatureMethod

from accounts.models import SAMLProvider
from accounts.saml_providers import replay
from iamconsole.kernel.errors import InvalidIdentityToken
from tests.federation.certificates import Certified
from tests.federation.saml_idp import SIGN_IN, SamlIdp, at, metadata
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

Element = Any

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
