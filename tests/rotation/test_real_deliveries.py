"""Rotations with deliveries to real peers, which fail at first: the new key arrives, is used, the old one goes.

The webhook's receiver verifies signatures, Secrets Manager is moto's, Vault is a stand-in of its HTTP API.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Protocol

import boto3
import pytest
import time_machine
from moto.server import ThreadedMotoServer

from tests.rotation.conftest import keys_of, later, round_, start, state, the_rotation, use, works
from tests.support.receiving import Reply
from tests.support.tenants import Tenant
from tests.support.vault_stand_in import TOKEN, VaultStandIn, vault
from tests.support.webhook_receiver import Receiver, webhook_receiver

Key = Mapping[str, Any]
SIGNER = {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def pair(found: Key) -> dict[str, str]:
    return {name: found[name] for name in ("AccessKeyId", "SecretAccessKey")}


class Peer(Protocol):
    """A target of deliveries, as a workload sees it; it fails until it is mended."""

    settings: dict[str, str]

    def mend(self, old: Key) -> None: ...

    def key(self) -> dict[str, str]:
        """What the workload finds there."""


@dataclass
class Hook:
    receiver: Receiver

    def __post_init__(self) -> None:
        self.settings = {"Url": self.receiver.url, "Secret": WEBHOOK_SECRET}
        self.receiver.answers = [503]

    def mend(self, old: Key) -> None:
        """It fails once."""

    def key(self) -> dict[str, str]:
        last = self.receiver.got[-1]
        assert last.is_signed_with(WEBHOOK_SECRET)
        data = last.said["data"]
        return pair(data["Previous"] if last.said["type"] == "access_key.withdrawn" else data)


@dataclass
class Kv:
    server: VaultStandIn

    def __post_init__(self) -> None:
        self.settings = {"Address": self.server.url, "Path": "iam/{user_name}", "Token": TOKEN}
        self.server.fault = Reply(503, b'{"errors": ["Vault is sealed"]}')

    def mend(self, old: Key) -> None:
        self.server.fault = None

    def key(self) -> dict[str, str]:
        return pair(self.server.current("iam/robot"))


@dataclass
class Manager:
    endpoint: str
    account_id: str

    def __post_init__(self) -> None:
        self.settings = {
            "Endpoint": self.endpoint,
            "Region": "eu-west-1",
            "SecretId": f"{self.account_id}/{{user_name}}",
            **SIGNER,
        }

    @contextmanager
    def client(self) -> Iterator[Any]:
        keys = {"aws_access_key_id": SIGNER["AccessKeyId"], "aws_secret_access_key": SIGNER["SecretAccessKey"]}
        made = boto3.client("secretsmanager", endpoint_url=self.endpoint, region_name="eu-west-1", **keys)
        yield made
        made.close()

    def mend(self, old: Key) -> None:
        """There was no such secret."""
        with self.client() as client:
            client.create_secret(Name=f"{self.account_id}/robot", SecretString=json.dumps(dict(old)))

    def key(self) -> dict[str, str]:
        with self.client() as client:
            found = client.get_secret_value(SecretId=f"{self.account_id}/robot", VersionStage="AWSCURRENT")
        return pair(json.loads(found["SecretString"]))


@dataclass
class Folder:
    root: Path
    account_id: str

    def __post_init__(self) -> None:
        self.settings = {"Path": f"{self.account_id}/{{user_name}}/key.json", "Format": "json"}
        self.place = self.root / self.account_id / "robot" / "key.json"

    def mend(self, old: Key) -> None:
        """There was no such folder."""
        self.place.parent.mkdir(parents=True)

    def key(self) -> dict[str, str]:
        return pair(json.loads(self.place.read_text()))


@pytest.fixture
def peer(request: pytest.FixtureRequest, tenant: Tenant, tmp_path: Path, settings: Any) -> Iterator[Peer]:
    settings.IAM_DELIVERY_NETWORKS = (ip_network("127.0.0.0/8"),)
    settings.IAM_DELIVERY_DIRECTORY = tmp_path
    match request.param:
        case "webhook":
            with webhook_receiver() as receiver:
                yield Hook(receiver)
        case "vault_kv2":
            with vault() as server:
                yield Kv(server)
        case "secrets_manager":
            server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
            server.start()
            host, port = server.get_host_and_port()
            yield Manager(f"http://{host}:{port}", tenant.account_id)
            server.stop()
        case _:
            yield Folder(tmp_path, tenant.account_id)
            shutil.rmtree(tmp_path)


KINDS = ("webhook", "vault_kv2", "secrets_manager", "file")


def arrived(clock: time_machine.Traveller, tenant: Tenant, robot: Key, peer: Peer, kind: str) -> dict[str, str]:
    """The new key as its workload finds it, after a delivery that failed; it was used."""
    members = {"user_name": "robot", "max_age_days": 90, "delivery_kind": kind, "delivery_settings": peer.settings}
    tenant.run("iamconsole:PutRotationSchedule", **members)
    start(tenant)
    round_()
    assert (state(tenant), the_rotation(tenant).attempts) == ("Delivering", 1)
    assert the_rotation(tenant).last_error
    assert works(tenant, dict(robot))
    peer.mend(robot)
    later(clock, hours=1)
    round_()
    assert (state(tenant), the_rotation(tenant).last_error) == ("Delivered", "")
    new = peer.key()
    assert new["AccessKeyId"] == the_rotation(tenant).new_key_id
    use(tenant, new)
    round_()
    assert state(tenant) == "InUse"
    return new


@pytest.mark.parametrize(("peer", "kind"), [(kind, kind) for kind in KINDS], indirect=["peer"], ids=KINDS)
def test_the_new_key_arrives_and_the_old_one_goes(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str], peer: Peer, kind: str
) -> None:
    new = arrived(clock, tenant, robot, peer, kind)
    later(clock, days=2)
    round_()
    assert state(tenant) == "Quiesced"
    assert not works(tenant, robot)
    assert works(tenant, peer.key())
    later(clock, days=7)
    round_()
    assert state(tenant) == "Done"
    assert keys_of(tenant, "robot") == {new["AccessKeyId"]: "Active"}
    assert peer.key() == new


@pytest.mark.parametrize(("peer", "kind"), [(kind, kind) for kind in KINDS], indirect=["peer"], ids=KINDS)
def test_rolled_back_the_old_key_is_put_back(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str], peer: Peer, kind: str
) -> None:
    new = arrived(clock, tenant, robot, peer, kind)
    tenant.run("iamconsole:RollBackKeyRotation", rotation_id=the_rotation(tenant).pk)
    round_()
    assert peer.key() == robot
    assert works(tenant, new)
    later(clock, days=2)
    round_()
    assert state(tenant) == "RolledBack"
    assert keys_of(tenant, "robot") == {robot["AccessKeyId"]: "Active"}
