"""Signed webhooks, against a receiver that verifies as Standard Webhooks says, and sometimes fails."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from accounts.rotation import deliveries
from accounts.rotation.deliveries import DeliveryFailed, targets
from tests.deliveries.conftest import CANARY, FORGOTTEN, NEW, OLD
from tests.federation.certificates import Certified
from tests.support.receiving import Received, Reply, receiving


def signing_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class Receiver:
    """Takes events whose signature is good; `fault` is what it answers instead of 204."""

    def __init__(self, secret: str) -> None:
        self.secret, self.fault, self.delay = secret, None, 0.0
        self.over = Event()
        self.events: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.url = ""
        self.fault: Reply | None

    def answer(self, asked: Received) -> Reply:
        self.over.wait(self.delay)
        if not self._verified(asked):
            return Reply(401)
        self.ids.append(asked.headers["webhook-id"])
        self.events.append(json.loads(asked.body))
        return self.fault or Reply(204)

    def _verified(self, asked: Received) -> bool:
        ident, moment = asked.headers["webhook-id"], asked.headers["webhook-timestamp"]
        if abs(time.time() - int(moment)) > 300:
            return False
        said = f"{ident}.{moment}.".encode() + asked.body
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        expected = "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
        return any(hmac.compare_digest(expected, given) for given in asked.headers["webhook-signature"].split(" "))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver(signing_secret())
    with receiving(made.answer) as made.url:
        yield made
        made.over.set()


def webhook(receiver: Receiver, **more: str) -> Any:
    return deliveries.read("webhook", {"Url": f"{receiver.url}/keys?t=x", "Secret": receiver.secret, **more})


def test_the_key_arrives_signed(receiver: Receiver) -> None:
    receipt = webhook(receiver).deliver(NEW)
    (event,) = receiver.events
    assert event == {
        "type": "access_key.created",
        "timestamp": "2026-01-02T03:04:05Z",
        "data": {
            "RotationId": "rotation-1",
            "AccountId": "111122223333",
            "UserName": "web",
            "UserArn": "arn:aws:iam::111122223333:user/web",
            "AccessKeyId": NEW.access_key_id,
            "SecretAccessKey": CANARY,
            "CreateDate": "2026-01-02T03:04:05Z",
            "Replaces": OLD.access_key_id,
        },
    }
    assert receipt.version == receiver.ids[0]
    assert receipt.target == receiver.url.removeprefix("http://")


def test_an_event_keeps_its_id_and_body(receiver: Receiver) -> None:
    for _ in range(2):
        webhook(receiver).deliver(NEW)
    assert receiver.ids[0] == receiver.ids[1]
    assert receiver.events[0] == receiver.events[1]
    webhook(receiver).deliver(OLD)
    assert receiver.ids[2] != receiver.ids[0]
    assert not any("." in ident for ident in receiver.ids)


def test_two_secrets_sign_while_the_receiver_learns_the_new_one(receiver: Receiver) -> None:
    known, other = receiver.secret, signing_secret()
    webhook(receiver, Secret=other, PreviousSecret=known).deliver(NEW)
    webhook(receiver, Secret=known, PreviousSecret=other).deliver(NEW)
    with pytest.raises(DeliveryFailed, match="401"):
        webhook(receiver, Secret=other).deliver(NEW)


@pytest.mark.parametrize(("previous", "known"), [(OLD, True), (FORGOTTEN, False), (None, False)])
def test_withdrawing_says_which_key_is_good_again(receiver: Receiver, previous: Any, known: bool) -> None:
    webhook(receiver).withdraw(NEW, previous)
    (event,) = receiver.events
    assert event["type"] == "access_key.withdrawn"
    assert event["data"]["AccessKeyId"] == NEW.access_key_id
    assert CANARY not in json.dumps(event)
    assert event["data"].get("Previous", {}).get("AccessKeyId") == (previous.access_key_id if previous else None)
    assert ("SecretAccessKey" in event["data"].get("Previous", {})) is known


def test_checking_sends_no_key(receiver: Receiver) -> None:
    webhook(receiver).check()
    assert [(event["type"], event["data"]) for event in receiver.events] == [("access_key.check", {})]
    receiver.secret = signing_secret()
    with pytest.raises(DeliveryFailed, match="401"):
        deliveries.read("webhook", {"Url": receiver.url, "Secret": signing_secret()}).check()


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(500, True), (503, True), (429, True), (408, True), (400, False), (401, False), (404, False), (410, False)],
)
def test_failures_say_whether_to_try_again(receiver: Receiver, status: int, retryable: bool) -> None:
    receiver.fault = Reply(status, f"you sent {CANARY}".encode())
    with pytest.raises(DeliveryFailed, match=str(status)) as failed:
        webhook(receiver).deliver(NEW)
    assert failed.value.retryable is retryable
    assert CANARY not in str(failed.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(receiver: Receiver, status: int) -> None:
    receiver.fault = Reply(status, headers=(("Location", f"{receiver.url}/elsewhere"),))
    with pytest.raises(DeliveryFailed, match="redirect") as failed:
        webhook(receiver).deliver(NEW)
    assert not failed.value.retryable
    assert len(receiver.events) == 1


def test_a_receiver_that_hangs_is_left(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "TIMEOUT", 0.3)
    receiver.delay = 30.0
    began = time.monotonic()
    with pytest.raises(DeliveryFailed, match="does not answer") as failed:
        webhook(receiver).deliver(NEW)
    assert failed.value.retryable
    assert time.monotonic() - began < receiver.delay


def test_nobody_listens() -> None:
    with receiving(lambda _asked: Reply(204)) as url:
        pass
    with pytest.raises(DeliveryFailed, match="does not answer") as failed:
        deliveries.read("webhook", {"Url": url, "Secret": signing_secret()}).deliver(NEW)
    assert failed.value.retryable


@pytest.mark.parametrize("host", ["169.254.169.254", "10.0.0.1", "[::1]", "[::ffff:10.0.0.1]", "2130706433"])
def test_nobody_aims_it_at_our_own_network(host: str, settings: Any) -> None:
    settings.IAM_DELIVERY_NETWORKS = ()
    made = deliveries.read("webhook", {"Url": f"https://{host}/", "Secret": signing_secret()})
    with pytest.raises(DeliveryFailed, match="not public and not allowed") as failed:
        made.deliver(NEW)
    assert not failed.value.retryable


def test_a_private_authority_over_tls(certificate: Certified, certificate_files: tuple[Path, Path]) -> None:
    made = Receiver(signing_secret())
    with receiving(made.answer, certificate_files) as made.url:
        webhook(made, CaCertificate=certificate.certificate_pem).deliver(NEW)
        with pytest.raises(DeliveryFailed, match="CERTIFICATE_VERIFY_FAILED"):
            webhook(made).deliver(NEW)
    assert len(made.events) == 1
