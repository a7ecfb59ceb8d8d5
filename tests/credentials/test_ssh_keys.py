"""SSH public keys: forms, refusals, quota, and whose they are."""

from __future__ import annotations

from base64 import b64decode
from hashlib import md5
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from tests.query.aws import allow, document, limit, names, refused
from tests.support.keys import issued, key, private_pem, public_pem, ssh
from tests.support.tenants import Tenant, open_account

FORMS = {
    "ssh-rsa": ssh(),
    "ssh-rsa with a comment": ssh(comment="ada@laptop key 1"),
    "ssh-rsa with white space around": f"\n {ssh()} \n",
    "PEM": public_pem(),
    "PKCS #1 PEM": public_pem(form=PublicFormat.PKCS1),
    "PEM with CRLF": public_pem().replace("\n", "\r\n"),
}
DSA = dsa.generate_private_key(1024).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
BAD = {
    "1024 bits": (ssh(kind="rsa1024"), "InvalidPublicKey", "2048 to 16384 bits, this one has 1024"),
    "1024 bits as PEM": (public_pem(kind="rsa1024"), "InvalidPublicKey", "has 1024"),
    "cut": (ssh()[:200], "InvalidPublicKey", "malformed"),
    "no base64": ("ssh-rsa !!!!", "InvalidPublicKey", "malformed"),
    "another kind within": (f"ssh-rsa {ssh(kind='ed25519').split()[1]}", "InvalidPublicKey", ""),
    "PEM that holds nothing": ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "InvalidPublicKey", ""),
    "PEM of a DSA key": (DSA, "InvalidPublicKey", "RSA"),
    "PEM of an EC key": (public_pem(kind="p256"), "InvalidPublicKey", "RSA"),
    "Latin-1": ("ssh-rsa ÄÖÜ", "InvalidPublicKey", "malformed"),
    "ed25519": (ssh(kind="ed25519"), "UnrecognizedPublicKeyEncoding", "ssh-rsa or PEM"),
    "two keys": (f"{ssh()}\n{ssh(1)}", "UnrecognizedPublicKeyEncoding", "one RSA public key"),
    "two PEM keys": (public_pem() + public_pem(1), "UnrecognizedPublicKeyEncoding", ""),
    "a private key": (private_pem(), "UnrecognizedPublicKeyEncoding", ""),
    "a certificate": (issued().pem, "UnrecognizedPublicKeyEncoding", ""),
    "words": ("my key", "UnrecognizedPublicKeyEncoding", ""),
    "beyond Latin-1": ("ssh-rsa \u0100", "ValidationError", ""),
    "too long": ("ssh-rsa " + "A" * 16384, "ValidationError", ""),
}


@pytest.fixture(autouse=True)
def ada(tenant: Tenant) -> None:
    tenant.run("iam:CreateUser", user_name="Ada")


def upload(iam: Any, body: str = "", user: str = "ada") -> dict[str, Any]:
    made: dict[str, Any] = iam.upload_ssh_public_key(UserName=user, SSHPublicKeyBody=body or ssh())["SSHPublicKey"]
    return made


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_key_in_both_encodings(iam: Any, form: str) -> None:
    made = upload(iam, FORMS[form])
    assert made["SSHPublicKeyId"].startswith("APKA")
    assert (made["UserName"], made["Status"], made["SSHPublicKeyBody"]) == ("Ada", "Active", ssh())
    assert len(made["Fingerprint"]) == 47
    named = {"UserName": "ada", "SSHPublicKeyId": made["SSHPublicKeyId"]}
    assert iam.get_ssh_public_key(**named, Encoding="SSH")["SSHPublicKey"] == made
    pem = iam.get_ssh_public_key(**named, Encoding="PEM")["SSHPublicKey"]
    assert load_pem_public_key(pem.pop("SSHPublicKeyBody").encode()) == key().public_key()
    assert pem.items() < made.items()


def test_the_fingerprint_is_the_one_of_rfc_4716(iam: Any) -> None:
    wire = b64decode(ssh().split()[1])
    assert upload(iam)["Fingerprint"].replace(":", "") == md5(wire, usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_rsa_public_key_is_refused(iam: Any, what: str) -> None:
    body, code, text = BAD[what]
    with refused(code, text):
        upload(iam, body)
    assert iam.list_ssh_public_keys(UserName="ada")["SSHPublicKeys"] == []


def test_a_key_is_a_users_once_whatever_its_form_and_may_be_anothers_too(iam: Any) -> None:
    upload(iam)
    for body in (ssh(comment="again"), public_pem()):
        with refused("DuplicateSSHPublicKey", "already associated with user Ada"):
            upload(iam, body)
    iam.create_user(UserName="grace")
    upload(iam, user="grace")


def test_a_user_has_five(iam: Any, tenant: Tenant) -> None:
    for number in range(5):
        upload(iam, ssh(number))
    with refused("LimitExceeded", "Cannot exceed quota for SSHPublicKeysPerUser: 5"):
        upload(iam, ssh(5))
    limit(tenant, "SSHPublicKeysPerUser", 6)
    upload(iam, ssh(5))


def test_status_and_deletion(iam: Any) -> None:
    named = {"UserName": "ADA", "SSHPublicKeyId": upload(iam)["SSHPublicKeyId"]}
    for status in ("Inactive", "Inactive", "Active"):
        iam.update_ssh_public_key(**named, Status=status)
        assert names(iam.list_ssh_public_keys(UserName="ada")["SSHPublicKeys"], "Status") == [status]
    with refused("InvalidInput", "does not expire"):
        iam.update_ssh_public_key(**named, Status="Expired")
    with refused("ValidationError"):
        iam.update_ssh_public_key(**named, Status="Off")
    iam.delete_ssh_public_key(**named)
    with refused("NoSuchEntity", f"The Public Key with id {named['SSHPublicKeyId']} cannot be found."):
        iam.delete_ssh_public_key(**named)


def test_another_users_key_and_another_accounts_are_unknown(iam: Any, app: Any) -> None:
    ident = upload(iam)["SSHPublicKeyId"]
    iam.create_user(UserName="grace")
    stranger = open_account(app)
    stranger.run("iam:CreateUser", user_name="ada")
    for client, user in ((iam, "grace"), (stranger.client(), "ada"), (stranger.client(), "admin")):
        named = {"UserName": user, "SSHPublicKeyId": ident}
        with refused("NoSuchEntity"):
            client.get_ssh_public_key(**named, Encoding="SSH")
        with refused("NoSuchEntity"):
            client.update_ssh_public_key(**named, Status="Inactive")
        with refused("NoSuchEntity"):
            client.delete_ssh_public_key(**named)
        assert client.list_ssh_public_keys(UserName=user)["SSHPublicKeys"] == []
    assert names(iam.list_ssh_public_keys(UserName="ada")["SSHPublicKeys"], "Status") == ["Active"]
    with refused("NoSuchEntity", "The user with name nobody cannot be found."):
        upload(iam, user="nobody")


def test_a_user_may_be_allowed_to_manage_its_own(tenant: Tenant) -> None:
    own = f"arn:aws:iam::{tenant.account_id}:user/${{aws:username}}"
    client = tenant.client("iam", tenant.user("linus", document(allow("iam:*SSHPublicKey*", own))))
    upload(client, user="linus")
    assert names(client.list_ssh_public_keys()["SSHPublicKeys"], "UserName") == ["linus"]
    with refused("AccessDenied"):
        upload(client, user="ada")
