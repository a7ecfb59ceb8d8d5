"""Signing certificates: what is taken, whose they are, how many there may be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.query.aws import allow, document, limit, names, refused, root_client
from tests.support.keys import issued, private_pem, public_pem
from tests.support.tenants import Tenant, open_account

DAY = timedelta(days=1)
BAD = {
    "expired": (lambda: issued(ends=-DAY).pem, "MalformedCertificate", "The certificate expired at 20"),
    "not yet valid": (lambda: issued(starts=DAY).pem, "MalformedCertificate", "not valid before 20"),
    "two": (lambda: issued().pem + issued(1).pem, "MalformedCertificate", "holds 2 certificates"),
    "with its private key": (lambda: issued().pem + private_pem(), "MalformedCertificate", "Unable to parse"),
    "a private key": (private_pem, "MalformedCertificate", "Unable to parse certificate"),
    "a public key": (public_pem, "MalformedCertificate", "Unable to parse certificate"),
    "words": (lambda: "certificate", "MalformedCertificate", "PEM format"),
    "cut": (lambda: issued().pem[:400] + "\n-----END CERTIFICATE-----", "MalformedCertificate", ""),
    "headers alone": (lambda: "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", "MalformedCertificate", ""),
    "Latin-1": (lambda: "ÄÖÜ", "MalformedCertificate", ""),
    "1024 bits": (lambda: issued(kind="rsa1024").pem, "InvalidCertificate", "2048 to 16384 bits, this one has 1024"),
    "Ed25519": (lambda: issued(kind="ed25519").pem, "InvalidCertificate", "P-256"),
    "a curve that is none of NIST's": (lambda: issued(kind="k256").pem, "InvalidCertificate", "P-256"),
    "too long": (lambda: "x" * 16385, "ValidationError", ""),
}


@pytest.fixture(autouse=True)
def ada(tenant: Tenant) -> None:
    tenant.run("iam:CreateUser", user_name="ada")


def upload(iam: Any, body: str = "", **members: Any) -> dict[str, Any]:
    made: dict[str, Any] = iam.upload_signing_certificate(CertificateBody=body or issued().pem, **members)
    return made["Certificate"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", ["rsa2048", "p256"])
def test_a_certificate_is_kept_listed_switched_and_deleted(iam: Any, kind: str) -> None:
    body = issued(kind=kind).pem
    made = upload(iam, f"\r\n{body}\r\n", UserName="ADA")
    assert (made["UserName"], made["Status"], made["CertificateBody"]) == ("ada", "Active", body.strip())
    assert len(made["CertificateId"]) >= 24
    assert iam.list_signing_certificates(UserName="ada")["Certificates"] == [made]
    named = {"UserName": "ada", "CertificateId": made["CertificateId"]}
    for status in ("Inactive", "Active"):
        iam.update_signing_certificate(**named, Status=status)
        assert names(iam.list_signing_certificates(UserName="ada")["Certificates"], "Status") == [status]
    with refused("InvalidInput"):
        iam.update_signing_certificate(**named, Status="Expired")
    iam.delete_signing_certificate(**named)
    with refused("NoSuchEntity", f"The Certificate with id {made['CertificateId']} cannot be found."):
        iam.delete_signing_certificate(**named)


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_good_certificate_is_refused(iam: Any, what: str) -> None:
    body, code, text = BAD[what]
    with refused(code, text):
        upload(iam, body(), UserName="ada")
    assert iam.list_signing_certificates(UserName="ada")["Certificates"] == []


def test_a_certificate_is_in_an_account_once(iam: Any, app: Any) -> None:
    body = issued().pem
    upload(iam, body, UserName="ada")
    for user in ("ada", "admin"):
        with refused("DuplicateCertificate"):
            upload(iam, body, UserName=user)
    upload(open_account(app).client(), body)


def test_a_user_has_two(iam: Any, tenant: Tenant) -> None:
    for _ in range(2):
        upload(iam, UserName="ada")
    with refused("LimitExceeded", "Cannot exceed quota for SigningCertificatesPerUser: 2"):
        upload(iam, UserName="ada")
    limit(tenant, "SigningCertificatesPerUser", 3)
    upload(iam, UserName="ada")
    assert iam.get_account_summary()["SummaryMap"]["SigningCertificatesPerUserQuota"] == 3


def test_without_a_name_the_caller_is_meant_root_included(tenant: Tenant) -> None:
    own = f"arn:aws:iam::{tenant.account_id}:user/${{aws:username}}"
    linus = tenant.client("iam", tenant.user("linus", document(allow("iam:*SigningCertificate*", own))))
    assert upload(linus)["UserName"] == "linus"
    with refused("AccessDenied"):
        upload(linus, UserName="ada")
    root = root_client(tenant)
    made = upload(root)
    assert "UserName" not in made
    root.update_signing_certificate(CertificateId=made["CertificateId"], Status="Inactive")
    assert names(root.list_signing_certificates()["Certificates"], "Status") == ["Inactive"]
    assert names(linus.list_signing_certificates()["Certificates"], "UserName") == ["linus"]
    root.delete_signing_certificate(CertificateId=made["CertificateId"])


def test_another_users_certificate_and_another_accounts_are_unknown(iam: Any, app: Any) -> None:
    ident = upload(iam, UserName="ada")["CertificateId"]
    for client in (iam, open_account(app).client()):
        with refused("NoSuchEntity"):
            client.update_signing_certificate(CertificateId=ident, Status="Inactive")
        with refused("NoSuchEntity"):
            client.delete_signing_certificate(CertificateId=ident)
        assert client.list_signing_certificates()["Certificates"] == []
    assert names(iam.list_signing_certificates(UserName="ada")["Certificates"], "Status") == ["Active"]
