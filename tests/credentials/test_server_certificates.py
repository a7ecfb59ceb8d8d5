"""Server certificates: key and chain must fit, the key is never seen again."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import PrivateFormat

from accounts.access_keys.secrets import sealer
from accounts.models import ServerCertificate
from iamconsole.sealing import SealBroken
from tests.query.aws import allow, document, limit, names, refused, tags
from tests.support.keys import issued, key, private_pem, public_pem
from tests.support.tenants import Tenant, open_account

ROOT = issued(1, name="root")
MIDDLE = issued(2, name="middle", by=ROOT, by_key=1)
LEAF = issued(0, name="leaf", by=MIDDLE, by_key=2)
DAY = timedelta(days=1)


def upload(iam: Any, name: str = "web", **members: Any) -> dict[str, Any]:
    given = {"CertificateBody": LEAF.pem, "PrivateKey": LEAF.private_key} | members
    made: dict[str, Any] = iam.upload_server_certificate(ServerCertificateName=name, **given)
    return made


def forged(**parts: int) -> str:
    """The certificate's private key as PKCS #1 (RFC 8017, A.1.2) with some of its parts exchanged."""
    real = key(0).private_numbers()
    whole = {name: getattr(real, name) for name in ("d", "p", "q", "dmp1", "dmq1", "iqmp")} | parts
    public = real.public_numbers
    numbers = b"".join(map(integer, [0, public.n, public.e, *whole.values()]))
    body = b64encode(tagged(0x30, numbers)).decode()
    return f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n"


def integer(number: int) -> bytes:
    return tagged(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def tagged(tag: int, content: bytes) -> bytes:
    """DER: tag, length, content."""
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    length = bytes([size]) if size < 128 else bytes([0x80 | len(octets)]) + octets
    return bytes([tag]) + length + content


N = key(0).public_key().public_numbers().n
OTHER = key(3).private_numbers()
BEGINNING = "-----BEGIN CERTIFICATE-----AAAA"
UNREADABLE = "Unable to parse key"
BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "another's key": ({"PrivateKey": private_pem(5)}, "KeyPairMismatch", "do not match"),
    "an EC key for an RSA certificate": ({"PrivateKey": private_pem(kind="p256")}, "KeyPairMismatch", "do not match"),
    "another's factors": ({"PrivateKey": forged(p=OTHER.p, q=OTHER.q)}, "MalformedCertificate", UNREADABLE),
    "another's exponent": ({"PrivateKey": forged(d=OTHER.d)}, "MalformedCertificate", UNREADABLE),
    "the modulus as a factor": ({"PrivateKey": forged(p=N, q=1)}, "MalformedCertificate", UNREADABLE),
    "nothing but the modulus": ({"PrivateKey": forged(d=0, p=0, q=0)}, "MalformedCertificate", UNREADABLE),
    "an encrypted key": ({"PrivateKey": private_pem(password=b"x")}, "MalformedCertificate", "unencrypted"),
    "a public key as private key": ({"PrivateKey": public_pem()}, "MalformedCertificate", UNREADABLE),
    "an Ed25519 key": ({"PrivateKey": private_pem(kind="ed25519")}, "MalformedCertificate", UNREADABLE),
    "words as key": ({"PrivateKey": "secret"}, "MalformedCertificate", UNREADABLE),
    "no certificate": ({"CertificateBody": "words"}, "MalformedCertificate", "PEM format"),
    "key in the body": ({"CertificateBody": LEAF.pem + LEAF.private_key}, "MalformedCertificate", "PEM format"),
    "chain in the body": ({"CertificateBody": LEAF.pem + MIDDLE.pem}, "MalformedCertificate", "holds 2"),
    "expired": ({"CertificateBody": issued(ends=-DAY).pem}, "MalformedCertificate", "expired"),
    "not yet valid": ({"CertificateBody": issued(starts=DAY).pem}, "MalformedCertificate", "not valid before"),
    "a weak key": ({"CertificateBody": issued(kind="rsa1024").pem}, "MalformedCertificate", "has 1024"),
    "a chain that is none": ({"CertificateChain": "words"}, "MalformedCertificate", "PEM format"),
    "a chain without the signer": ({"CertificateChain": ROOT.pem}, "MalformedCertificate", "certificate is: 0"),
    "a chain with itself": ({"CertificateChain": LEAF.pem + MIDDLE.pem}, "MalformedCertificate", "certificate is: 0"),
    "a chain in the wrong order": (
        {"CertificateChain": MIDDLE.pem + ROOT.pem + MIDDLE.pem},
        "MalformedCertificate",
        "certificate is: 2",
    ),
    "a signer of that name with another key": (
        {"CertificateChain": issued(4, name="middle").pem},
        "MalformedCertificate",
        "certificate is: 0",
    ),
    "a chain without end": ({"CertificateChain": MIDDLE.pem * 21}, "MalformedCertificate", "give at most 20"),
    "a chain of beginnings": ({"CertificateChain": BEGINNING * 20_000}, "MalformedCertificate", "PEM format"),
    "a chain of one long run": ({"CertificateChain": BEGINNING + "A" * 2**19}, "MalformedCertificate", "PEM format"),
    "a key in the chain": ({"CertificateChain": MIDDLE.pem + private_pem(2)}, "MalformedCertificate", "PEM format"),
    "a name with a space": ({"ServerCertificateName": "a b"}, "ValidationError", ""),
    "a long key": ({"PrivateKey": "x" * 16385}, "ValidationError", ""),
}


def test_a_certificate_is_kept_shown_and_listed(iam: Any, tenant: Tenant) -> None:
    made = upload(iam, Path="/tls/", CertificateChain=f"{MIDDLE.pem}\r\n{ROOT.pem}", Tags=tags(team="red", app="web"))
    metadata = made["ServerCertificateMetadata"]
    assert metadata["Arn"] == f"arn:aws:iam::{tenant.account_id}:server-certificate/tls/web"
    assert metadata["ServerCertificateId"].startswith("ASCA")
    assert metadata["Expiration"] == LEAF.certificate.not_valid_after_utc
    assert made["Tags"] == tags(app="web", team="red")
    shown = iam.get_server_certificate(ServerCertificateName="WEB")["ServerCertificate"]
    assert shown == {
        "ServerCertificateMetadata": metadata,
        "CertificateBody": LEAF.pem.strip(),
        "CertificateChain": f"{MIDDLE.pem}{ROOT.pem}".strip(),
        "Tags": tags(app="web", team="red"),
    }
    assert iam.list_server_certificates(PathPrefix="/tls/")["ServerCertificateMetadataList"] == [metadata]
    assert iam.list_server_certificates(PathPrefix="/TLS/")["ServerCertificateMetadataList"] == []


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("rsa2048", PrivateFormat.PKCS8),
        ("rsa2048", PrivateFormat.TraditionalOpenSSL),
        ("p256", PrivateFormat.PKCS8),
        ("p256", PrivateFormat.TraditionalOpenSSL),
    ],
)
def test_the_private_key_is_sealed_for_its_row_alone(iam: Any, tenant: Tenant, kind: str, form: PrivateFormat) -> None:
    text = private_pem(kind=kind, form=form)
    upload(iam, CertificateBody=issued(kind=kind).pem, PrivateKey=text)
    row = ServerCertificate.objects.get(account_id=tenant.account_id)
    assert not any("PRIVATE KEY" in str(value) for value in vars(row).values())
    binding = ("server-certificate", tenant.account_id, row.unique_id)
    assert sealer().open(row.sealed_private_key, bound_to=binding).decode() == private_pem(kind=kind)
    with pytest.raises(SealBroken):
        sealer().open(row.sealed_private_key, bound_to=(*binding[:2], "ASCAANOTHER"))


@pytest.mark.parametrize("what", BAD)
def test_what_does_not_fit_together_is_refused(iam: Any, what: str) -> None:
    members, code, text = BAD[what]
    with refused(code, text):
        iam.upload_server_certificate(
            **{"ServerCertificateName": "web", "CertificateBody": LEAF.pem, "PrivateKey": LEAF.private_key} | members
        )
    assert iam.list_server_certificates()["ServerCertificateMetadataList"] == []


def test_a_key_spelled_by_hand_is_taken(iam: Any) -> None:
    upload(iam, PrivateKey=forged())


def test_names_are_taken_whatever_their_case(iam: Any) -> None:
    upload(iam)
    with refused("EntityAlreadyExists", "The Server Certificate with name WEB already exists."):
        upload(iam, "WEB")
    upload(iam, "api")
    with refused("EntityAlreadyExists", "The Server Certificate with name Api already exists."):
        iam.update_server_certificate(ServerCertificateName="web", NewServerCertificateName="Api")
    iam.update_server_certificate(ServerCertificateName="web", NewServerCertificateName="Web")
    listed = iam.list_server_certificates()["ServerCertificateMetadataList"]
    assert names(listed, "ServerCertificateName") == ["api", "Web"]


def test_a_certificate_moves_and_keeps_its_id(iam: Any, tenant: Tenant) -> None:
    before = upload(iam)["ServerCertificateMetadata"]
    iam.update_server_certificate(ServerCertificateName="web", NewPath="/new/", NewServerCertificateName="site")
    after = iam.get_server_certificate(ServerCertificateName="site")["ServerCertificate"]["ServerCertificateMetadata"]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"Path", "ServerCertificateName", "Arn"}
    with refused("NoSuchEntity", "The Server Certificate with name web cannot be found."):
        iam.get_server_certificate(ServerCertificateName="web")
    iam.delete_server_certificate(ServerCertificateName="site")
    with refused("NoSuchEntity"):
        iam.delete_server_certificate(ServerCertificateName="site")


def test_a_rename_needs_the_permission_on_both_names(iam: Any, tenant: Tenant) -> None:
    upload(iam)
    arn = f"arn:aws:iam::{tenant.account_id}:server-certificate/"
    half = tenant.client("iam", tenant.user("half", document(allow("iam:UpdateServerCertificate", f"{arn}web"))))
    with refused("AccessDenied", f"on resource: {arn}site"):
        half.update_server_certificate(ServerCertificateName="web", NewServerCertificateName="site")


def test_an_account_has_twenty(iam: Any, tenant: Tenant) -> None:
    limit(tenant, "ServerCertificatesPerAccount", 2)
    upload(iam, "a")
    upload(iam, "b")
    with refused("LimitExceeded", "Cannot exceed quota for ServerCertificatesPerAccount: 2"):
        upload(iam, "c")
    summary = iam.get_account_summary()["SummaryMap"]
    assert (summary["ServerCertificates"], summary["ServerCertificatesQuota"]) == (2, 2)


def test_tags(iam: Any) -> None:
    upload(iam, Tags=tags(team="red"))
    iam.tag_server_certificate(ServerCertificateName="web", Tags=tags(Team="blue", app="web"))
    listed = iam.list_server_certificate_tags(ServerCertificateName="web")["Tags"]
    assert listed == tags(Team="blue", app="web", team="red")
    iam.untag_server_certificate(ServerCertificateName="web", TagKeys=["Team", "none"])
    assert names(iam.list_server_certificate_tags(ServerCertificateName="web")["Tags"], "Key") == ["app", "team"]
    with refused("InvalidInput"):
        iam.tag_server_certificate(ServerCertificateName="web", Tags=tags(**{"aws:x": "y"}))
    with refused("NoSuchEntity"):
        iam.tag_server_certificate(ServerCertificateName="none", Tags=tags(a="b"))


def test_a_policy_can_ask_for_tags(iam: Any, tenant: Tenant) -> None:
    upload(iam, "red", Tags=tags(team="red"))
    upload(iam, "blue", Tags=tags(team="blue"))
    only = document(
        allow("iam:DeleteServerCertificate", StringEquals={"aws:ResourceTag/team": "red"}),
        allow("iam:UploadServerCertificate"),
    )
    client = tenant.client("iam", tenant.user("linus", only))
    client.delete_server_certificate(ServerCertificateName="red")
    with refused("AccessDenied"):
        client.delete_server_certificate(ServerCertificateName="blue")
    with refused("AccessDenied", "iam:TagServerCertificate"):
        upload(client, "new", Tags=tags(team="red"))
    upload(client, "new")


def test_another_accounts_certificate_is_unknown(iam: Any, app: Any) -> None:
    upload(iam)
    other = open_account(app).client()
    with refused("NoSuchEntity"):
        other.get_server_certificate(ServerCertificateName="web")
    with refused("NoSuchEntity"):
        other.delete_server_certificate(ServerCertificateName="web")
    with refused("NoSuchEntity"):
        other.update_server_certificate(ServerCertificateName="web", NewPath="/a/")
    upload(other)
    assert len(iam.list_server_certificates()["ServerCertificateMetadataList"]) == 1
