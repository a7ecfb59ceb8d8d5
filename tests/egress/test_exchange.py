"""Requests of any kind by the one way out; what is refused, and why, tests/federation/test_fetching.py has."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from accounts.egress.exchange import Answer, EgressError, Guard, NoAnswer, Refused, Request, send
from tests.support.receiving import Received, Reply, receiving

OPEN = Guard(loopback=True)
CANARY = "CANARY-of-nobody"


@contextmanager
def saying(line: bytes) -> Iterator[str]:
    """A server that answers one request with these bytes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(line)

        thread = Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join()


@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_any_status_is_an_answer(status: int) -> None:
    asked: list[Received] = []

    def answer(received: Received) -> Reply:
        asked.append(received)
        return Reply(status, b"said", (("Location", "/elsewhere"),))

    with receiving(answer) as url:
        assert send(Request(f"{url}/a?b=c", "POST", {"X-Own": "v"}, b"body"), OPEN) == Answer(status, b"said")
    (one,) = asked
    assert (one.method, one.target, one.body, one.headers["x-own"]) == ("POST", "/a?b=c", b"body", "v")


@pytest.mark.parametrize("value", [f"{CANARY}\r\nX: 1", f"{CANARY}\n", f"{CANARY}\x00", f"{CANARY}é"])
def test_a_header_that_is_none_is_refused_and_not_shown(value: str) -> None:
    with pytest.raises(Refused, match="X-Own") as refused:
        send(Request("https://example.com/", headers={"X-Own": value}), OPEN)
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize(
    "line",
    [
        f"{CANARY}\r\n\r\n".encode(),
        f"HTTP/1.1 {CANARY} OK\r\n\r\n".encode(),
        f"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{CANARY}".encode(),
        f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{CANARY}\r\n".encode(),
        f"HTTP/1.1 200 OK\r\nContent-Encoding: {CANARY}\r\n\r\n".encode(),
        b"",
    ],
)
def test_what_a_server_says_is_in_no_message(line: bytes) -> None:
    with saying(line) as url, pytest.raises(NoAnswer) as none:
        send(Request(url), OPEN)
    assert CANARY not in str(none.value)


def test_requests_and_answers_show_nothing() -> None:
    shown = repr(Request("https://example.com/", headers={"A": CANARY}, body=CANARY.encode()))
    assert CANARY not in shown + repr(Answer(200, CANARY.encode()))


def test_urls_are_in_no_message() -> None:
    for url in (f"http://example.com/{CANARY}", f"https://example.com/ {CANARY}", f"https://u:{CANARY}@example.com/"):
        with pytest.raises(EgressError) as fault:
            send(Request(url), Guard())
        assert CANARY not in str(fault.value)


UNFINISHED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n"


def test_the_operators_own_address_may_be_anywhere_and_over_plain_http() -> None:
    with saying(UNFINISHED) as url:
        assert send(Request(url, "POST", body=b"{}", status_only=True), Guard(operators=True)).status == 202
    with saying(UNFINISHED) as url, pytest.raises(NoAnswer):
        send(Request(url, "POST", body=b"{}"), Guard(operators=True))
    for url in ("http://192.0.2.1/", "http://127.0.0.1:1/"):
        with pytest.raises(Refused):
            send(Request(url, status_only=True), Guard())


def test_only_what_a_setting_names_is_the_operators_own() -> None:
    root = Path(__file__).parents[2]
    named = [path for path in (root / "accounts").rglob("*.py") if "Guard(operators=True)" in path.read_text()]
    assert [str(path.relative_to(root)) for path in named] == ["accounts/notifications/channels.py"]
