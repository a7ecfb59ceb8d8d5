"""Short words for the tests of workloads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.query.aws import document, trusting
from tests.sts.sessions import role
from tests.support import inprocess
from tests.support.tenants import Tenant

EC2 = trusting({"Service": "ec2.amazonaws.com"})
TASKS = trusting({"Service": "ecs-tasks.amazonaws.com"})
TOKEN, TTL = "X-aws-ec2-metadata-token", "X-aws-ec2-metadata-token-ttl-seconds"
ROLES = "/latest/meta-data/iam/security-credentials/"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def send(tenant: Tenant, path: str, *, method: str = "GET", **headers: str) -> Answer:
    """One request to the product; `headers` with underscores for hyphens."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = inprocess.request(tenant.app, method, inprocess.ENDPOINT + path, given, b"")
    return Answer(answer.status_code, dict(answer.headers), answer.content.decode())


def fetch(tenant: Tenant, proof: str, name: str = "web-1") -> Answer:
    """What `/credentials/…` says to whoever holds this proof."""
    return send(tenant, f"/credentials/{name}", Authorization=proof)


def host(tenant: Tenant, *documents: str, trust: str = EC2, name: str = "web-1", **members: Any) -> Any:
    """A registered host of role `web` in profile `web`; gives the result of RegisterWorkload."""
    profile(tenant, *documents, trust=trust)
    return tenant.run("iamconsole:RegisterWorkload", workload_name=name, instance_profile_name="web", **members)


def profile(tenant: Tenant, *documents: str, trust: str = EC2) -> None:
    role(tenant, "web", trust, *documents)
    tenant.run("iam:CreateInstanceProfile", instance_profile_name="web")
    tenant.run("iam:AddRoleToInstanceProfile", instance_profile_name="web", role_name="web")


def task(tenant: Tenant, *documents: str, trust: str = TASKS, name: str = "cart") -> Any:
    """A registered task of role `cart`."""
    role(tenant, "cart", trust, *documents)
    return tenant.run("iamconsole:RegisterWorkload", workload_name=name, role_name="cart")


def key_of(answer: Answer) -> dict[str, str]:
    """The credentials of an answer, as tests sign with them."""
    given = answer.json
    return {
        "AccessKeyId": given["AccessKeyId"],
        "SecretAccessKey": given["SecretAccessKey"],
        "SessionToken": given["Token"],
    }


def new_key(kind: str) -> Any:
    if kind == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, 2048) if kind == "RSA" else ec.generate_private_key(ec.SECP256R1())


def public_pem(key: Any) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def private_pem(key: Any) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def anything_if(**condition: Any) -> str:
    """A policy that allows everything under a condition."""
    return document({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition})
