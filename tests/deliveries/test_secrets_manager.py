"""A secret in Secrets Manager: moto's server is the peer, boto3 reads back, botocore verifies signatures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.server import ThreadedMotoServer

from accounts.rotation import deliveries
from accounts.rotation.deliveries import DeliveryFailed, secrets_manager
from tests.deliveries.conftest import CANARY, FORGOTTEN, NEW, OLD, new_key
from tests.support.receiving import Received, Reply, receiving

REGION = "eu-west-1"
SIGNER, SIGNERS_SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def client(moto: str) -> Iterator[Any]:
    keys = {"aws_access_key_id": SIGNER, "aws_secret_access_key": SIGNERS_SECRET}
    made = boto3.client("secretsmanager", endpoint_url=moto, region_name=REGION, **keys)
    yield made
    made.close()


@pytest.fixture
def name() -> str:
    return f"prod/web-{uuid4()}"


def delivery(endpoint: str, name: str, **more: Any) -> Any:
    given = {"AccessKeyId": SIGNER, "SecretAccessKey": SIGNERS_SECRET, "Region": REGION}
    return deliveries.read("secrets_manager", given | {"SecretId": name, "Endpoint": endpoint, **more})


def current(client: Any, name: str) -> Any:
    # moto forgets, without a stage, that AWSCURRENT was moved.
    return json.loads(client.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")["SecretString"])


def stages(client: Any, name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = client.describe_secret(SecretId=name)["VersionIdsToStages"]
    return found


def test_a_new_version_becomes_the_current_one(moto: str, client: Any, name: str) -> None:
    first = client.create_secret(Name=name, SecretString=json.dumps(OLD.material() | {"Engine": "x"}))["VersionId"]
    receipt = delivery(moto, name).deliver(NEW)
    assert current(client, name) == NEW.material() | {"Engine": "x"}
    assert stages(client, name) == {first: ["AWSPREVIOUS"], receipt.version: ["AWSCURRENT"]}


def test_twice_is_once(moto: str, client: Any, name: str) -> None:
    client.create_secret(Name=name, SecretString="{}")
    assert delivery(moto, name).deliver(NEW) == delivery(moto, name).deliver(NEW)
    assert len(stages(client, name)) == 2


def test_a_delivery_that_was_cut_off_is_finished(moto: str, client: Any, name: str) -> None:
    client.create_secret(Name=name, SecretString=json.dumps(OLD.material()))
    token = secrets_manager._token(NEW.access_key_id)
    pending = {"ClientRequestToken": token, "VersionStages": ["AWSPENDING"]}
    client.put_secret_value(SecretId=name, SecretString=json.dumps(NEW.material()), **pending)
    delivery(moto, name).deliver(NEW)
    assert current(client, name) == NEW.material()
    assert stages(client, name)[token] == ["AWSCURRENT"]


def test_an_absent_secret_is_made_where_that_is_allowed(moto: str, client: Any, name: str) -> None:
    for act in (lambda made: made.check(), lambda made: made.deliver(NEW)):
        with pytest.raises(DeliveryFailed, match="set Create") as failed:
            act(delivery(moto, name))
        assert not failed.value.retryable
    delivery(moto, name, Create=True).check()
    for _ in range(2):
        delivery(moto, name, Create=True).deliver(NEW)
    assert current(client, name) == NEW.material()
    assert len(stages(client, name)) == 1


def test_a_secret_without_a_value_gets_one(moto: str, client: Any, name: str) -> None:
    client.create_secret(Name=name)
    delivery(moto, name).deliver(NEW)
    assert current(client, name) == NEW.material()


@pytest.mark.parametrize("previous", [OLD, FORGOTTEN], ids=["known", "forgotten"])
@pytest.mark.parametrize("by_us", [True, False])
def test_withdrawing_brings_the_previous_version_back(
    moto: str, client: Any, name: str, previous: Any, by_us: bool
) -> None:
    client.create_secret(Name=name, SecretString="{}" if by_us else json.dumps(OLD.material()))
    if by_us:
        delivery(moto, name).deliver(OLD)
    delivery(moto, name).deliver(NEW)
    for _ in range(2):
        delivery(moto, name).withdraw(NEW, previous)
        assert current(client, name) == OLD.material()


def test_withdrawing_writes_a_known_key_that_no_version_holds(moto: str, client: Any, name: str) -> None:
    client.create_secret(Name=name, SecretString='{"Engine": "x"}')
    delivery(moto, name).deliver(NEW)
    with pytest.raises(DeliveryFailed, match="is not known"):
        delivery(moto, name).withdraw(NEW, FORGOTTEN)
    delivery(moto, name).withdraw(NEW, OLD)
    assert current(client, name) == OLD.material() | {"Engine": "x"}


def test_withdrawing_a_first_key_leaves_none(moto: str, client: Any, name: str) -> None:
    client.create_secret(Name=name, SecretString='{"Engine": "x"}')
    delivery(moto, name).deliver(NEW)
    for _ in range(2):
        delivery(moto, name).withdraw(NEW, None)
        assert current(client, name) == {"Engine": "x"}
    delivery(moto, f"{name}-absent").withdraw(NEW, None)


def test_withdrawing_leaves_another_key_alone(moto: str, client: Any, name: str) -> None:
    client.create_secret(Name=name, SecretString=json.dumps(OLD.material()))
    delivery(moto, name).withdraw(NEW, None)
    assert current(client, name) == OLD.material()


def test_users_have_secrets_of_their_own(moto: str, client: Any, name: str) -> None:
    template = f"{name}/{{user_name}}"
    delivery(moto, template).check()
    for user in ("ada", "bob"):
        delivery(moto, template, Create=True).deliver(new_key(user_name=user))
        assert current(client, f"{name}/{user}")["UserName"] == user


def test_anothers_key_is_left_alone(moto: str, client: Any, name: str) -> None:
    other = new_key("AKIABOB0000000000000", user_name="bob").material()
    client.create_secret(Name=name, SecretString=json.dumps(other))
    with pytest.raises(DeliveryFailed, match="holds another key") as failed:
        delivery(moto, name).deliver(NEW)
    assert not failed.value.retryable
    assert current(client, name) == other


def test_a_secret_that_is_no_object_is_left_alone(moto: str, client: Any, name: str) -> None:
    client.create_secret(Name=name, SecretString=CANARY)
    for act in (lambda made: made.check(), lambda made: made.deliver(NEW)):
        with pytest.raises(DeliveryFailed, match="something else than a JSON object") as failed:
            act(delivery(moto, name))
        assert CANARY not in str(failed.value)


def test_a_secret_that_is_being_deleted(moto: str, client: Any, name: str) -> None:
    client.create_secret(Name=name, SecretString="{}")
    client.delete_secret(SecretId=name)
    with pytest.raises(DeliveryFailed, match="restore it") as failed:
        delivery(moto, name).deliver(NEW)
    assert not failed.value.retryable


@pytest.mark.parametrize("token", ["", "session+token/of=nobody"])
def test_requests_are_signed_as_botocore_signs_them(token: str) -> None:
    asked: list[Received] = []

    def answer(received: Received) -> Reply:
        asked.append(received)
        return Reply(200, b'{"SecretString": "{}"}')

    with receiving(answer) as url:
        delivery(url, "web", SessionToken=token).check()
    for each in asked:
        signer = SigV4Auth(Credentials(SIGNER, SIGNERS_SECRET), "secretsmanager", REGION)
        request = AWSRequest(each.method, f"{url}/", data=each.body)
        stays = ("content-type", "x-amz-target", "x-amz-date", *(["x-amz-security-token"] if token else []))
        for header in stays:
            request.headers[header] = each.headers[header]
        request.context["timestamp"] = each.headers["x-amz-date"]
        signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
        assert (
            f"SignedHeaders={signer.signed_headers(signer.headers_to_sign(request))}," in each.headers["authorization"]
        )
        assert each.headers["authorization"].endswith(f"Signature={signature}")
        assert each.headers.get("x-amz-security-token", "") == token


def _error(status: int, code: str) -> Reply:
    return Reply(status, json.dumps({"__type": f"com.example#{code}", "message": CANARY}).encode())


@pytest.mark.parametrize(
    ("fault", "retryable", "told"),
    [
        (_error(400, "AccessDeniedException"), False, "AccessDeniedException to DescribeSecret"),
        (_error(400, "ThrottlingException"), True, "ThrottlingException"),
        (_error(500, "InternalServiceError"), True, "InternalServiceError"),
        (_error(400, CANARY), False, "an error to DescribeSecret"),
        (Reply(502, CANARY.encode()), True, "502"),
        (Reply(307, headers=(("Location", "http://127.0.0.1:1/"),)), False, "307"),
        (Reply(200, b'{"VersionIdsToStages": 7}'), True, "no such answer"),
        (Reply(200, CANARY.encode()), True, "no such answer"),
    ],
)
def test_errors_are_judged_and_not_repeated(fault: Reply, retryable: bool, told: str) -> None:
    with receiving(lambda _asked: fault) as url:
        for act in (lambda made: made.check(), lambda made: made.deliver(NEW), lambda made: made.withdraw(NEW, OLD)):
            with pytest.raises(DeliveryFailed, match=told) as failed:
                act(delivery(url, "web"))
            assert failed.value.retryable is retryable
            assert CANARY not in str(failed.value)


@pytest.mark.parametrize(
    ("region", "url"),
    [
        ("eu-west-1", "https://secretsmanager.eu-west-1.amazonaws.com"),
        ("cn-north-1", "https://secretsmanager.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_amazons_own_endpoint(region: str, url: str) -> None:
    assert delivery("", "web", Region=region).settings.url == url


def test_a_key_has_one_request_token() -> None:
    assert secrets_manager._token(NEW.access_key_id) == secrets_manager._token(new_key().access_key_id)
    assert 32 <= len(secrets_manager._token(NEW.access_key_id)) <= 64
