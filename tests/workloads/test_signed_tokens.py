"""Hosts with a key pair: a token signed with the private key (RFC 7523), good once and for minutes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from iamconsole.client.agent import proof
from iamconsole.kernel import clock
from iamconsole.kernel.errors import MalformedCertificate
from tests.federation.certificates import certified
from tests.federation.idp import encoded
from tests.support.tenants import Tenant
from tests.workloads.asking import fetch, host, new_key, private_pem, public_pem


def claims(ident: str, **changed: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    said = {"iss": ident, "sub": ident, "aud": settings.IAM_PUBLIC_URL, "iat": now, "exp": now + 60, "jti": "one"}
    return {name: value for name, value in (said | changed).items() if value is not None}


def token(key: Any, said: dict[str, Any], **header: Any) -> str:
    """A token of an Ed25519 key."""
    text = f"{encoded({'alg': 'EdDSA', 'typ': 'JWT'} | header)}.{encoded(said)}"
    return f"{text}.{encoded(key.sign(text.encode()))}"


@pytest.fixture
def key() -> Any:
    return new_key("Ed25519")


@pytest.fixture
def ident(tenant: Tenant, key: Any) -> str:
    made: str = host(tenant, public_key=public_pem(key)).workload.workload_id
    return made


@pytest.mark.parametrize("kind", ["Ed25519", "RSA", "EC"])
def test_the_agents_token_is_believed(tenant: Tenant, kind: str, tmp_path: Path) -> None:
    key, file = new_key(kind), tmp_path / "host.pem"
    ident = host(tenant, public_key=public_pem(key)).workload.workload_id
    file.write_text(private_pem(key))
    file.chmod(0o600)
    proves = proof.from_file(file, workload_id=ident, audience=settings.IAM_PUBLIC_URL)
    assert fetch(tenant, proves()).status == 200
    assert fetch(tenant, f"Bearer {proves()}", ident).status == 200


def test_a_token_is_good_once(tenant: Tenant, key: Any, ident: str) -> None:
    made = token(key, claims(ident))
    assert fetch(tenant, made).status == 200
    again = fetch(tenant, made)
    assert (again.status, again.json["code"]) == (403, "InvalidClientTokenId")
    assert "used before" in again.json["message"]
    assert fetch(tenant, token(key, claims(ident, jti="two"))).status == 200


def at(seconds: int) -> int:
    return int(clock.now().timestamp()) + seconds


BAD = {
    "other audience": lambda: {"aud": "https://other.example.com"},
    "no audience": lambda: {"aud": None},
    "other issuer": lambda: {"iss": "i-0"},
    "no issue": lambda: {"iat": None},
    "no expiry": lambda: {"exp": None},
    "a text for a time": lambda: {"iat": "now"},
    "a flag for a time": lambda: {"iat": True},
    "too long": lambda: {"exp": at(301)},
    "ends before it begins": lambda: {"exp": at(-1)},
    "old": lambda: {"iat": at(-302), "exp": at(-2)},
    "of the future": lambda: {"iat": at(310), "exp": at(320)},
    "over": lambda: {"iat": at(-60), "exp": at(-1)},
    "no nonce": lambda: {"jti": None},
    "an empty nonce": lambda: {"jti": ""},
    "a long nonce": lambda: {"jti": "x" * 129},
    "a number for a nonce": lambda: {"jti": 7},
}


@pytest.mark.parametrize("what", BAD)
def test_tokens_that_say_something_else(tenant: Tenant, key: Any, ident: str, what: str) -> None:
    answer = fetch(tenant, token(key, claims(ident, **BAD[what]())))
    assert (answer.status, answer.json["code"]) == (403, "InvalidClientTokenId")
    assert "token must" in answer.json["message"] or "clock" in answer.json["message"]


def test_signatures_that_prove_nothing(tenant: Tenant, key: Any, ident: str) -> None:
    good = token(key, claims(ident))
    said, _, signature = good.rpartition(".")
    forged = [
        token(new_key("Ed25519"), claims(ident)),
        token(key, claims("i-0123456789abcdef0")),
        token(key, claims(ident, sub=None)),
        token(key, claims(ident), alg="none"),
        token(key, claims(ident), alg="HS256"),
        token(key, claims(ident), alg="ES256"),
        token(key, claims(ident), jwk={"kty": "OKP"}),
        f"{said}.{signature[::-1]}",
        f"{said}.",
        encoded({"alg": "EdDSA"}) + good[good.index(".") :],
    ]
    answers = [fetch(tenant, each) for each in forged]
    assert {(each.status, each.json["message"]) for each in answers} == {
        (403, "The security token included in the request is invalid.")
    }
    assert fetch(tenant, good).status == 200


def test_a_host_with_a_host_key_takes_no_token(tenant: Tenant, key: Any, ident: str) -> None:
    host_key = tenant.run("iamconsole:RotateWorkloadKey", workload_name="web-1").host_key
    assert fetch(tenant, token(key, claims(ident))).status == 403
    assert fetch(tenant, host_key).status == 200
    tenant.run("iamconsole:RotateWorkloadKey", workload_name="web-1", public_key=public_pem(key))
    assert fetch(tenant, host_key).status == 403
    assert fetch(tenant, token(key, claims(ident))).status == 200


def test_a_certificate_is_good_until_it_expires(
    tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = clock.now().replace(microsecond=0) + timedelta(hours=1)
    made = certified("web-1", until=ends)
    shown = host(tenant, public_key=made.certificate_pem).workload
    assert shown.key_expiration == ends
    file = tmp_path / "host.pem"
    file.write_bytes(made.key_pem)
    file.chmod(0o600)
    proves = proof.from_file(file, workload_id=shown.workload_id, audience=settings.IAM_PUBLIC_URL)
    assert fetch(tenant, proves()).status == 200
    monkeypatch.setattr(clock, "now", lambda: ends)
    answer = fetch(tenant, proves())
    assert answer.status == 403
    assert "certificate has expired" in answer.json["message"]


def test_a_certificate_that_is_over(tenant: Tenant) -> None:
    with pytest.raises(MalformedCertificate, match="expired"):
        host(tenant, public_key=certified("web-1", until=clock.now() - timedelta(days=1)).certificate_pem)
