"""A secret in Vault, against a stand-in of its HTTP API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.rotation import deliveries
from accounts.rotation.deliveries import DeliveryFailed
from tests.deliveries.conftest import CANARY, FORGOTTEN, NEW, OLD, new_key
from tests.federation.certificates import Certified
from tests.support.receiving import Reply
from tests.support.vault_stand_in import ROLE_ID, SECRET_ID, TOKEN, VaultStandIn, vault

PATH = "iam/web app"


@pytest.fixture
def server() -> Iterator[VaultStandIn]:
    with vault() as made:
        yield made


def delivery(server: VaultStandIn, **more: str) -> Any:
    return deliveries.read("vault_kv2", {"Address": server.url, "Path": PATH, "Token": TOKEN, **more})


def test_a_first_key_makes_the_secret(server: VaultStandIn) -> None:
    receipt = delivery(server).deliver(NEW)
    assert server.versions == {PATH: [NEW.material()]}
    assert (receipt.version, receipt.target) == ("1", f"{server.url.removeprefix('http://')}/secret/{PATH}")


def test_twice_is_once(server: VaultStandIn) -> None:
    assert delivery(server).deliver(NEW) == delivery(server).deliver(NEW)
    assert len(server.versions[PATH]) == 1


def test_what_else_the_secret_holds_stays(server: VaultStandIn) -> None:
    server.versions[PATH] = [OLD.material() | {"Region": "eu-west-1"}]
    delivery(server).deliver(NEW)
    assert server.current(PATH) == NEW.material() | {"Region": "eu-west-1"}


def test_what_others_write_meanwhile_stays(server: VaultStandIn) -> None:
    server.versions[PATH], server.interloper = [OLD.material()], OLD.material() | {"Region": "eu-west-1"}
    assert delivery(server).deliver(NEW).version == "3"
    assert server.current(PATH) == NEW.material() | {"Region": "eu-west-1"}


def test_a_deleted_version_counts(server: VaultStandIn) -> None:
    server.versions[PATH] = [OLD.material(), None]
    assert delivery(server).deliver(NEW).version == "3"


@pytest.mark.parametrize("previous", [OLD, FORGOTTEN], ids=["known", "forgotten"])
def test_withdrawing_puts_the_previous_key_back(server: VaultStandIn, previous: Any) -> None:
    server.versions[PATH] = [OLD.material(), {"Note": "x"} | OLD.material()]
    delivery(server).deliver(NEW)
    for _ in range(2):
        delivery(server).withdraw(NEW, previous)
        assert server.current(PATH) == {"Note": "x"} | OLD.material()
    assert len(server.versions[PATH]) == 4


def test_withdrawing_a_first_key_leaves_none(server: VaultStandIn) -> None:
    server.versions[PATH] = [{"Region": "eu-west-1"}]
    delivery(server).deliver(NEW)
    delivery(server).withdraw(NEW, None)
    assert server.current(PATH) == {"Region": "eu-west-1"}


def test_withdrawing_leaves_another_key_alone(server: VaultStandIn) -> None:
    server.versions[PATH] = [OLD.material()]
    delivery(server).withdraw(NEW, None)
    assert len(server.versions[PATH]) == 1


def test_a_previous_key_that_nobody_knows_is_told(server: VaultStandIn) -> None:
    delivery(server).deliver(NEW)
    with pytest.raises(DeliveryFailed, match=f"{OLD.access_key_id} is not known") as failed:
        delivery(server).withdraw(NEW, FORGOTTEN)
    assert not failed.value.retryable


def test_app_role_and_namespace(server: VaultStandIn) -> None:
    server.namespace = "teams/web"
    given = {"Token": "", "RoleId": ROLE_ID, "SecretId": SECRET_ID, "Namespace": "teams/web"}
    delivery(server, **given).deliver(NEW)
    assert server.current(PATH) == NEW.material()
    assert all("x-vault-request" in asked.headers for asked in server.requests)
    with pytest.raises(DeliveryFailed, match="cannot log in"):
        delivery(server, **given | {"SecretId": "wrong"}).deliver(NEW)


def test_users_have_places_of_their_own(server: VaultStandIn) -> None:
    for user in ("ada", "bob"):
        made = delivery(server, Path="iam/{user_name}/key").deliver(new_key(user_name=user))
        assert made.target.endswith(f"/secret/iam/{user}/key")
        assert server.current(f"iam/{user}/key")["UserName"] == user
    delivery(server, Path="iam/{user_name}").check()
    for user in ("..", ".hidden"):
        with pytest.raises(DeliveryFailed, match="begins with a dot"):
            delivery(server, Path="iam/{user_name}").deliver(new_key(user_name=user))


def test_anothers_key_is_left_alone(server: VaultStandIn) -> None:
    server.versions[PATH] = [new_key("AKIABOB0000000000000", user_name="bob").material()]
    with pytest.raises(DeliveryFailed, match="holds another key") as failed:
        delivery(server).deliver(NEW)
    assert not failed.value.retryable
    assert len(server.versions[PATH]) == 1


def test_checking_writes_nothing(server: VaultStandIn) -> None:
    delivery(server).check()
    assert not server.versions
    server.capabilities = ["read"]
    with pytest.raises(DeliveryFailed, match="does not grant create, update"):
        delivery(server).check()
    server.capabilities = ["root"]
    with pytest.raises(DeliveryFailed, match="403"):
        delivery(server).check()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"Token": "hvs.wrong"}, "403: the token may not"),
        ({"Mount": "kv"}, "no KV engine, version 2, at kv/"),
        ({"Namespace": "other"}, "no KV engine"),
    ],
    ids=["token", "mount", "namespace"],
)
def test_what_is_amiss_is_told(server: VaultStandIn, changed: dict[str, str], told: str) -> None:
    for act in (lambda made: made.check(), lambda made: made.deliver(NEW)):
        with pytest.raises(DeliveryFailed, match=told) as failed:
            act(delivery(server, **changed))
        assert not failed.value.retryable


def _reply(status: int, document: Any) -> Reply:
    return Reply(status, json.dumps(document).encode())


@pytest.mark.parametrize(
    ("fault", "retryable"),
    [
        (_reply(503, {"errors": ["Vault is sealed"]}), True),
        (_reply(500, {"errors": [CANARY]}), True),
        (_reply(429, {"errors": []}), True),
        (_reply(412, {"errors": []}), True),
        (_reply(400, {"errors": [CANARY]}), False),
        (Reply(307, headers=(("Location", "http://127.0.0.1:1/"),)), False),
        (Reply(204), False),
        (Reply(200, b"<html>" + CANARY.encode()), True),
        (_reply(200, {"data": {"data": [], "metadata": CANARY}}), True),
        (_reply(200, ["data"]), True),
        (_reply(404, {"errors": {"a": 1}}), True),
    ],
    ids=lambda each: str(each.status) if isinstance(each, Reply) else "",
)
def test_what_vault_answers_is_judged_and_not_repeated(server: VaultStandIn, fault: Reply, retryable: bool) -> None:
    server.fault = fault
    for act in (lambda made: made.check(), lambda made: made.deliver(NEW), lambda made: made.withdraw(NEW, OLD)):
        with pytest.raises(DeliveryFailed) as failed:
            act(delivery(server))
        assert failed.value.retryable is retryable
        assert CANARY not in str(failed.value)


def test_endless_contention_ends(server: VaultStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = server._write

    def raced(name: str, given: dict[str, Any]) -> Reply:
        server.interloper = {"Other": str(len(server.requests))}
        return answer(name, given)

    monkeypatch.setattr(server, "_write", raced)
    with pytest.raises(DeliveryFailed, match="changed by others") as failed:
        delivery(server).deliver(NEW)
    assert failed.value.retryable


def test_a_private_authority_over_tls(certificate: Certified, certificate_files: tuple[Path, Path]) -> None:
    with vault(certificate_files) as server:
        delivery(server, CaCertificate=certificate.certificate_pem).deliver(NEW)
        assert server.current(PATH) == NEW.material()
        with pytest.raises(DeliveryFailed, match="CERTIFICATE_VERIFY_FAILED"):
            delivery(server).check()
