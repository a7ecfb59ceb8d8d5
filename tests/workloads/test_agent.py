"""The agent of a host, on a product that says what a test wants: whom it answers, and when it asks for more."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from iamconsole.client.agent import __main__ as command
from iamconsole.client.agent import proof, service, source
from tests.workloads.asking import ROLES, TOKEN, TTL, Answer, new_key, private_pem

HOUR = 3_600.0
START = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
LOCAL_TOKEN = "local-token-of-the-task"


class Product:
    """Gives credentials for an hour, or fails as it is told."""

    def __init__(self) -> None:
        self.now, self.asked = START, 0
        self.fault: Exception | None = None

    def fetch(self) -> dict[str, Any]:
        self.asked += 1
        if self.fault:
            raise self.fault
        return {
            "AccountId": "123456789012",
            "WorkloadId": "i-0123456789abcdef0",
            "Region": "us-east-1",
            "RoleName": "web",
            "RoleArn": "arn:aws:iam::123456789012:role/web",
            "InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/web",
            "InstanceProfileId": "AIPAEXAMPLE",
            "AccessKeyId": f"ASIA{self.asked}",
            "SecretAccessKey": "secret",
            "Token": "token",
            "Expiration": datetime.fromtimestamp(self.now + HOUR, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def source(self) -> source.Source:
        return source.Source(self.fetch, clock=lambda: self.now)


@pytest.fixture
def product() -> Product:
    return Product()


@contextmanager
def serving(answers: service.Service) -> Iterator[int]:
    """A real server on loopback; gives its port."""
    with service.Server(("127.0.0.1", 0), answers) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def port(product: Product) -> Iterator[int]:
    answers = service.Service(product.source(), {"cart": (LOCAL_TOKEN, product.source())})
    with serving(answers) as port:
        yield port


def ask(port: int, path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.headers), answer.read().decode())
    finally:
        connection.close()


def session(port: int) -> dict[str, str]:
    return {TOKEN: ask(port, "/latest/api/token", "PUT", {TTL: "60"}).text}


def test_version_two(port: int) -> None:
    within = session(port)
    assert ask(port, ROLES, headers=within).text == "web"
    given = json.loads(ask(port, ROLES + "web", headers=within).text)
    assert (given["Code"], given["AccessKeyId"]) == ("Success", "ASIA1")
    assert ask(port, ROLES + "db", headers=within).status == 404


def test_version_one_is_refused(port: int, product: Product) -> None:
    for headers in ({}, {TOKEN: ""}, {TOKEN: "guess"}, {"Authorization": "guess"}):
        assert ask(port, ROLES + "web", headers=headers).status == 401
    assert product.asked == 0


FOREIGN = {
    "a proxy": {"X-Forwarded-For": "10.0.0.1"},
    "a proxy of today": {"Forwarded": "for=10.0.0.1"},
    "a cache": {"Via": "1.1 cache"},
    "a page": {"Origin": "https://evil.example.com"},
    "a browser": {"Sec-Fetch-Site": "same-origin"},
    "a rebound name": {"Host": "evil.example.com"},
    "a rebound name with a port": {"Host": "evil.example.com:9911"},
    "an address of others": {"Host": "10.0.0.1"},
    "no address": {"Host": "[::"},
}


@pytest.mark.parametrize("who", FOREIGN)
def test_what_no_process_of_this_host_sends(port: int, who: str) -> None:
    within = session(port)
    assert ask(port, "/latest/api/token", "PUT", {TTL: "60"} | FOREIGN[who]).status == 403
    assert ask(port, ROLES, headers=within | FOREIGN[who]).status == 403
    assert ask(port, "/credentials/cart", headers={"Authorization": LOCAL_TOKEN} | FOREIGN[who]).status == 403


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1:80", "[::1]", "169.254.169.254", "[fd00:ec2::254]:80"])
def test_addresses_of_this_host(port: int, name: str) -> None:
    assert ask(port, "/latest/api/token", "PUT", {TTL: "60", "Host": name}).status == 200


@pytest.mark.parametrize("ttl", ["", "0", "21601", "x"])
def test_lifetimes_of_sessions(port: int, ttl: str) -> None:
    assert ask(port, "/latest/api/token", "PUT", {TTL: ttl}).status == 400
    assert ask(port, "/latest/api/token", "GET", {TTL: "60"}).status == 405
    assert ask(port, "/latest/api/token", "POST", {TTL: "60"}).status == 501


def test_sessions_end_and_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    sessions = service.Sessions(clock=lambda: now[0])
    monkeypatch.setattr(service, "MOST_SESSIONS", 3)
    first = sessions.open(60)
    assert sessions.has(first)
    now[0] = 60.0
    assert not sessions.has(first)
    kept = [sessions.open(60) for _ in range(4)]
    assert [sessions.has(token) for token in kept] == [False, True, True, True]


def test_a_task_wants_its_token(port: int, product: Product) -> None:
    for headers in ({}, {"Authorization": "guess"}, {"Authorization": ""}):
        assert ask(port, "/credentials/cart", headers=headers).status == 401
    for path in ("/credentials/other", "/credentials/", "/cart", "/"):
        assert ask(port, path, headers={"Authorization": LOCAL_TOKEN}).status == 401
    assert product.asked == 0
    given = json.loads(ask(port, "/credentials/cart", headers={"Authorization": LOCAL_TOKEN}).text)
    assert sorted(given) == ["AccessKeyId", "AccountId", "Expiration", "RoleArn", "SecretAccessKey", "Token"]


def test_an_agent_without_a_host(product: Product) -> None:
    with serving(service.Service(None, {"cart": (LOCAL_TOKEN, product.source())})) as port:
        assert ask(port, "/latest/api/token", "PUT", {TTL: "60"}).status == 404
        assert ask(port, ROLES).status == 404


# --- when it asks -----------------------------------------------------------------------------------------------------


def key_id(of: source.Source) -> str:
    return str(of.credentials()["AccessKeyId"])


def test_credentials_are_kept_and_renewed_before_they_end(product: Product) -> None:
    kept = product.source()
    assert [key_id(kept), key_id(kept)] == ["ASIA1", "ASIA1"]
    product.now += HOUR / 2 - 1
    assert key_id(kept) == "ASIA1"
    product.now += 1
    assert key_id(kept) == "ASIA2"


def test_while_the_product_is_away(product: Product) -> None:
    kept = product.source()
    key_id(kept)
    product.fault, product.now = source.Unavailable("away"), START + HOUR - 60
    assert [key_id(kept), key_id(kept)] == ["ASIA1", "ASIA1"]
    assert product.asked == 2  # the second asks for nothing: it was tried a moment ago
    product.now += 60
    with pytest.raises(source.Unavailable):
        kept.credentials()
    product.fault, product.now = None, product.now + source.PATIENCE
    assert key_id(kept).startswith("ASIA")


def test_nobody_waits_for_a_product_that_is_slow(product: Product) -> None:
    kept = product.source()
    key_id(kept)
    product.now += HOUR / 2
    asked, answered = Event(), Event()
    fetch = product.fetch

    def slowly() -> dict[str, Any]:
        asked.set()
        answered.wait(10)
        return fetch()

    kept._fetch = slowly
    renewing = Thread(target=kept.credentials)
    renewing.start()
    assert asked.wait(10)
    assert key_id(kept) == "ASIA1"
    answered.set()
    renewing.join()
    assert key_id(kept) == "ASIA2"


def test_a_refusal_forgets_what_was_kept(product: Product) -> None:
    kept = product.source()
    key_id(kept)
    product.fault, product.now = source.Refused("no more"), START + HOUR / 2
    for _ in range(2):
        with pytest.raises(source.Refused, match="no more"):
            kept.credentials()
    assert product.asked == 2
    product.fault, product.now = None, product.now + source.PATIENCE
    assert key_id(kept) == "ASIA3"


def test_faults_at_the_door(port: int, product: Product) -> None:
    within = session(port)
    product.fault = source.Unavailable("away")
    assert ask(port, ROLES + "web", headers=within).status == 503
    product.fault, product.now = source.Refused("AccessDenied: no"), START + source.PATIENCE
    answer = ask(port, ROLES + "web", headers=within)
    assert (answer.status, answer.json["message"]) == (403, "AccessDenied: no")


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (403, b'{"code": "AccessDenied", "message": "no"}', source.Refused),
        (404, b"<html>", source.Refused),
        (429, b"{}", source.Unavailable),
        (500, b"{}", source.Unavailable),
        (200, b"[]", source.Unavailable),
        (200, b"no JSON", source.Unavailable),
        (302, b"", source.Unavailable),
    ],
)
def test_answers_of_the_product(status: int, answer: bytes, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        source._read(status, answer)


# --- how it is started ------------------------------------------------------------------------------------------------


def key_file(folder: Path, text: str = "iamw_i-0123456789abcdef0.secret", mode: int = 0o600) -> Path:
    file = folder / "host.key"
    file.write_text(text + "\n")
    file.chmod(mode)
    return file


def started(folder: Path, *words: str, **key: Any) -> str:
    """What the command says when it cannot begin."""
    given = command.parser().parse_args(
        ["--server", "https://iam.example.com", "--host-key", str(key_file(folder, **key)), *words]
    )
    with pytest.raises((ValueError, OSError)) as refused:
        command.build(given)
    return str(refused.value)


def test_why_it_does_not_begin(tmp_path: Path) -> None:
    assert "chmod 600" in started(tmp_path, mode=0o640)
    assert "say whose" in started(tmp_path, text=private_pem(new_key("Ed25519")))
    assert "neither a host key" in started(tmp_path, text="nonsense")
    assert "no private key" in started(tmp_path, "--workload-id", "i-0", text="-----BEGIN x")
    assert "loopback" in started(tmp_path, "--listen", "0.0.0.0:0")
    assert "in the clear" in started(tmp_path, "--server", "http://iam.example.com")
    assert "must be like" in started(tmp_path, "--server", "iam.example.com")
    assert "NAME=KEYFILE:TOKENFILE" in started(tmp_path, "--task", "cart")
    with pytest.raises(ValueError, match="give --host-key"):
        command.build(command.parser().parse_args(["--server", "https://iam.example.com"]))
    with pytest.raises(proof.UnusableKey, match="cannot be read"):
        proof.from_file(tmp_path / "none", workload_id="", audience="")


def test_the_command_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--server", "https://iam.example.com", "--host-key", str(tmp_path / "none")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_tasks_token_is_made_once_and_is_its_owners(tmp_path: Path) -> None:
    file, token = key_file(tmp_path), tmp_path / "cart.token"
    words = ["--server", "https://iam.example.com", "--listen", "127.0.0.1:0", "--task", f"cart={file}:{token}"]
    for _ in range(2):
        command.build(command.parser().parse_args(words)).server_close()
    made = token.read_text()
    assert len(made) == 43
    assert token.stat().st_mode & 0o777 == 0o600
    token.write_text("short")
    with pytest.raises(ValueError, match="22 characters"):
        command.build(command.parser().parse_args(words))
