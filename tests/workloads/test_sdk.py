"""Unchanged boto3 without keys, against the running product: through the agent, and straight from `/credentials/…`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.exceptions import CredentialRetrievalError, NoCredentialsError

from iamconsole.client.agent import proof, service, source
from tests.support.product import PATIENCE, ROOT, Product, free_port
from tests.workloads.asking import EC2, TASKS

pytestmark = pytest.mark.slow
REGION = "us-east-1"


@pytest.fixture(scope="module")
def product(tables: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with a host, a task, and their roles."""
    with Product(tmp_path_factory.mktemp("product"), processes=1) as running:
        key = running.bootstrap()["Admin"]
        running.start()
        secrets = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        iam = boto3.client("iam", endpoint_url=running.url, region_name=REGION, **secrets)
        for name, trust in (("web", EC2), ("cart", TASKS)):
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        iam.create_instance_profile(InstanceProfileName="web")
        iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
        yield running


def registered(product: Product, folder: Path, name: str, *words: str) -> Path:
    """A new workload; gives the file with its key."""
    said = product.manage("iam", "register-workload", "--workload-name", name, *words, "--output", "json")
    file = folder / f"{name}.key"
    file.write_text(json.loads(said)["HostKey"])
    file.chmod(0o600)
    return file


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, profile or file that boto3 could find."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    # A busy machine's first answer may take longer than the second that SDKs wait.
    monkeypatch.setenv("AWS_METADATA_SERVICE_TIMEOUT", "10")
    monkeypatch.setenv("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "3")


def caller(session: Any, product: Product) -> str:
    return str(session.client("sts", endpoint_url=product.url, region_name=REGION).get_caller_identity()["Arn"])


def furnished() -> Any:
    """A session that was given credentials: a product that has just started may need longer than an agent waits."""
    deadline = time.monotonic() + PATIENCE
    while (session := boto3.Session()).get_credentials() is None:
        assert time.monotonic() < deadline, "no credentials are given"
    return session


@contextmanager
def agent(*words: str) -> Iterator[str]:
    """The agent as a process of its own; gives its URL."""
    url = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "iamconsole.client.agent", "--listen", url, *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 20
        while not _listens(url):
            assert process.poll() is None, "the agent did not start"
            assert time.monotonic() < deadline, "the agent did not come up"
            time.sleep(0.05)
        try:
            yield f"http://{url}"
        finally:
            process.terminate()
            process.wait(10)


def _listens(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{url}/", timeout=1):
            return True
    except urllib.error.HTTPError as answer:
        answer.close()
        return True
    except OSError:
        return False


def test_the_agent_serves_hosts_and_tasks(product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    web = registered(product, tmp_path, "web-1", "--instance-profile-name", "web")
    cart = registered(product, tmp_path, "cart", "--role-name", "cart")
    token = tmp_path / "cart.token"
    with agent("--server", product.url, "--host-key", str(web), "--task", f"cart={cart}:{token}") as url:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)
        assert "assumed-role/web/i-" in caller(furnished(), product)
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{url}/credentials/cart")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(token))
        assert "assumed-role/cart/" in caller(boto3.Session(), product)
        monkeypatch.delenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "guess")
        monkeypatch.setattr("botocore.utils.ContainerMetadataFetcher.SLEEP_TIME", 0)
        with pytest.raises(CredentialRetrievalError):
            caller(boto3.Session(), product)


def test_credentials_are_refreshed_and_end_with_the_host(
    product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = registered(product, tmp_path, "web-2", "--instance-profile-name", "web")
    moved = [0.0]
    proves = proof.from_file(key, workload_id="", audience="")
    kept = source.Source(source.product(product.url, "web-2", proves), clock=lambda: time.time() + moved[0])
    with service.Server(("127.0.0.1", 0), service.Service(kept, {})) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}")
        session = furnished()
        credentials = session.get_credentials()
        first = credentials.get_frozen_credentials()
        moved[0] = 3_000.0  # ten minutes before the credentials end
        credentials._expiry_time -= timedelta(seconds=3_000)
        second = credentials.get_frozen_credentials()
        assert second.access_key != first.access_key
        assert "assumed-role/web/i-" in caller(session, product)
        product.manage("iam", "update-workload", "--workload-name", "web-2", "--status", "Inactive")
        moved[0] = 6_000.0
        with pytest.raises(NoCredentialsError):
            caller(boto3.Session(), product)
        server.shutdown()
        thread.join()


def test_straight_from_the_product(product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = registered(product, tmp_path, "cart-2", "--role-name", "cart")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{product.url}/credentials/cart-2")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", key.read_text())
    session = boto3.Session()
    assert "assumed-role/cart/" in caller(session, product)
    credentials = session.get_credentials()
    first = credentials.get_frozen_credentials()
    credentials._expiry_time -= timedelta(minutes=55)
    assert credentials.get_frozen_credentials().access_key != first.access_key
    product.manage("iam", "deregister-workload", "--workload-name", "cart-2")
    monkeypatch.setattr("botocore.utils.ContainerMetadataFetcher.SLEEP_TIME", 0)
    with pytest.raises(CredentialRetrievalError):
        boto3.Session().get_credentials()
