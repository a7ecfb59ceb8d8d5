"""SAML providers through boto3."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from accounts.models import SAMLPrivateKey
from iamconsole.audit.models import AuditEvent
from tests.federation.certificates import Certified, certified
from tests.federation.saml_idp import metadata
from tests.query.aws import limit, refused, tags
from tests.support.tenants import Tenant, open_account


@pytest.fixture
def document(certificate: Certified) -> str:
    return metadata(certificate, valid_until="2039-01-02T03:04:05Z")


@pytest.fixture
def arn(iam: Any, document: str) -> str:
    made = iam.create_saml_provider(Name="Corp", SAMLMetadataDocument=document, Tags=tags(team="red"))
    assert made["Tags"] == tags(team="red")
    return str(made["SAMLProviderArn"])


def test_a_provider_is_created_shown_listed_and_deleted(iam: Any, arn: str, document: str, tenant: Tenant) -> None:
    assert arn == f"arn:aws:iam::{tenant.account_id}:saml-provider/Corp"
    found = iam.get_saml_provider(SAMLProviderArn=arn)
    assert found["SAMLMetadataDocument"] == document
    assert found["ValidUntil"] == datetime(2039, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert len(found["SAMLProviderUUID"]) >= 22
    assert [each["Arn"] for each in iam.list_saml_providers()["SAMLProviderList"]] == [arn]
    assert iam.get_account_summary()["SummaryMap"]["Providers"] == 1
    iam.delete_saml_provider(SAMLProviderArn=arn)
    with refused("NoSuchEntity"):
        iam.delete_saml_provider(SAMLProviderArn=arn)
    with refused("NoSuchEntity"):
        iam.get_saml_provider(SAMLProviderArn=arn)


def test_metadata_is_replaced_and_tags_are_set(iam: Any, arn: str) -> None:
    newer = metadata(certified("newer.example.com"))
    assert iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=newer)["SAMLProviderArn"] == arn
    found = iam.get_saml_provider(SAMLProviderArn=arn)
    assert found["SAMLMetadataDocument"] == newer
    assert "ValidUntil" not in found
    iam.tag_saml_provider(SAMLProviderArn=arn, Tags=tags(Team="blue"))
    iam.untag_saml_provider(SAMLProviderArn=arn, TagKeys=["team"])
    assert iam.list_saml_provider_tags(SAMLProviderArn=arn)["Tags"] == tags(Team="blue")


BAD = {
    "nonsense": lambda good: "x" * 1000,
    "a DTD": lambda good: "<!DOCTYPE x>" + good,
    "a comment": lambda good: good.replace("<md:IDP", "<!-- --><md:IDP", 1),
    "no entity": lambda good: good.replace(' entityID="https://idp.example.com/saml"', " " * 10),
    "another root": lambda good: good.replace("EntityDescriptor", "EntitiesDescriptor"),
    "a service provider": lambda good: good.replace("IDPSSODescriptor", "SPSSODescriptor"),
    "no certificate": lambda good: good.replace('use="signing"', 'use="encryption"'),
    "a certificate that is none": lambda good: good.replace("<ds:X509Certificate>", "<ds:X509Certificate>AAAA"),
    "a time that is none": lambda good: good.replace("2039-01-02T03:04:05Z", "tomorrow" + " " * 12),
}


@pytest.mark.parametrize("name", BAD)
def test_metadata_that_is_not_accepted(iam: Any, document: str, name: str) -> None:
    with refused("InvalidInput", "Could not parse metadata"):
        iam.create_saml_provider(Name="Corp", SAMLMetadataDocument=BAD[name](document))


def test_names_quotas_and_other_accounts(iam: Any, arn: str, document: str, tenant: Tenant) -> None:
    with refused("EntityAlreadyExists", "SAMLProvider with name CORP already exists."):
        iam.create_saml_provider(Name="CORP", SAMLMetadataDocument=document)
    limit(tenant, "SAMLProvidersPerAccount", 1)
    with refused("LimitExceeded", "SAMLProvidersPerAccount: 1"):
        iam.create_saml_provider(Name="Other", SAMLMetadataDocument=document)
    with refused("NoSuchEntity"):
        open_account(tenant.app).client().get_saml_provider(SAMLProviderArn=arn)
    with refused("InvalidInput", "is not valid"):
        iam.get_saml_provider(SAMLProviderArn=arn.replace("saml", "oidc"))


def test_private_keys_are_rotated_sealed_and_never_shown(iam: Any, arn: str, tenant: Tenant) -> None:
    first, second = (certified(name).key_pem.decode() for name in ("a", "b"))
    with refused("InvalidInput", "needs a private key"):
        iam.update_saml_provider(SAMLProviderArn=arn, AssertionEncryptionMode="Required")
    iam.update_saml_provider(SAMLProviderArn=arn, AssertionEncryptionMode="Required", AddPrivateKey=first)
    iam.update_saml_provider(SAMLProviderArn=arn, AddPrivateKey=second)
    with refused("LimitExceeded", "PrivateKeysPerSAMLProvider: 2"):
        iam.update_saml_provider(SAMLProviderArn=arn, AddPrivateKey=first)
    found = iam.get_saml_provider(SAMLProviderArn=arn)
    assert found["AssertionEncryptionMode"] == "Required"
    newest, oldest = (key["KeyId"] for key in found["PrivateKeyList"])
    with refused("InvalidInput", "in a later one"):
        iam.update_saml_provider(SAMLProviderArn=arn, AddPrivateKey=first, RemovePrivateKey=oldest)
    iam.update_saml_provider(SAMLProviderArn=arn, RemovePrivateKey=oldest)
    with refused("NoSuchEntity"):
        iam.update_saml_provider(SAMLProviderArn=arn, RemovePrivateKey=oldest)
    with refused("InvalidInput", "needs a private key"):
        iam.update_saml_provider(SAMLProviderArn=arn, RemovePrivateKey=newest)
    (row,) = SAMLPrivateKey.objects.filter(account_id=tenant.account_id)
    assert row.pk == newest
    kept = row.sealed_key + "".join(
        AuditEvent.objects.filter(account_id=tenant.account_id).values_list("body", flat=True)
    )
    assert "PRIVATE KEY" not in kept
    assert first.splitlines()[3] not in kept


def test_keys_of_another_kind_are_refused(iam: Any, arn: str) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    pem = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for text in (pem, "nonsense", certified("a").certificate_pem):
        with refused("InvalidInput", "RSA key of at least 2048 bits"):
            iam.update_saml_provider(SAMLProviderArn=arn, AddPrivateKey=text)
