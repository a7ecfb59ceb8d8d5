"""Outbound fetches cannot be aimed at our own network (threat 3.14)."""

from __future__ import annotations

import ast
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from accounts.egress import exchange
from accounts.egress.addresses import network
from accounts.egress.exchange import Guard
from accounts.federation.fetching import FetchRefused, fetch_json
from tests.federation.certificates import Certified, certified
from tests.federation.idp import Idp, serving

CLOSED = Guard()
TEST = Guard(loopback=True)
DOCUMENT = "/.well-known/openid-configuration"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def server() -> Iterator[Idp]:
    with serving() as found:
        yield found


@pytest.fixture
def tls(certificate: Certified, tmp_path: Path) -> Iterator[Idp]:
    with serving(certificate, tmp_path) as found:
        yield found


def resolving(monkeypatch: pytest.MonkeyPatch, **names: list[str]) -> list[str]:
    """Names have these addresses, one list after the other; gives the look-ups that were made."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host.replace(".", "_") not in names:
            return real(host, port, *args, **kwargs)  # an address, which is looked up nowhere
        asked.append(host)
        address = names[host.replace(".", "_")]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in address]

    monkeypatch.setattr(exchange.socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",
        "[::]",
        "169.254.169.254",
        "[fe80::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "[fd00:ec2::254]",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
    ],
)
@pytest.mark.parametrize("port", ["", ":6379"])
def test_an_address_that_is_not_public_is_not_connected_to(
    host: str, port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_connection(*_args: Any, **_kwargs: Any) -> None:
        pytest.fail("connected")

    monkeypatch.setattr(exchange.socket, "create_connection", no_connection)
    with pytest.raises(FetchRefused, match=r"not public|Name or service|No address|not known"):
        fetch_json(f"https://{host}{port}/x", CLOSED)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "gopher://example.com/",
        "file:///etc/passwd",
        "data:application/json,{}",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://example.com/#part",
        "https:///x",
        "https://example.com:99999/",
        "https://example.com/a b",
        "https://example.com/\r\nX-Header: 1",
        "https://ex\u00e4mple.com/",
        "//example.com/",
        "",
    ],
)
@pytest.mark.parametrize("guard", [CLOSED, TEST], ids=["closed", "test"])
def test_a_url_that_is_not_plain_https_is_not_fetched(url: str, guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, example_com=["93.184.216.34"])
    with pytest.raises(FetchRefused):
        fetch_json(url, guard)


@pytest.mark.parametrize("addresses", [["10.0.0.7"], ["93.184.216.34", "10.0.0.7"], ["::ffff:169.254.169.254"]])
def test_a_name_with_a_private_address_is_refused_whole(addresses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, idp_example_com=addresses)
    with pytest.raises(FetchRefused, match="not public"):
        fetch_json("https://idp.example.com/", CLOSED)


def test_the_name_is_looked_up_once_and_the_judged_address_connected_to(
    server: Idp, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolving(monkeypatch, idp_example_com=["127.0.0.1"])
    connected: list[str] = []
    create = socket.create_connection

    def remembered(address: tuple[str, int], **kwargs: Any) -> socket.socket:
        connected.append(address[0])
        return create(address, **kwargs)

    monkeypatch.setattr(exchange.socket, "create_connection", remembered)
    fetch_json(f"{server.url.replace('127.0.0.1', 'idp.example.com')}{DOCUMENT}", TEST)
    assert asked == ["idp.example.com"]
    assert connected == ["127.0.0.1"]


def test_plain_http_is_for_loopback_in_test_mode(server: Idp, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fetch_json(server.url + DOCUMENT, TEST)["issuer"] == server.url
    with pytest.raises(FetchRefused, match="https://"):
        fetch_json(server.url + DOCUMENT, Guard([network("127.0.0.0/8")]))
    resolving(monkeypatch, example_com=["93.184.216.34"])
    with pytest.raises(FetchRefused, match="not on this machine"):
        fetch_json("http://example.com/", TEST)


def test_tls_by_the_providers_own_authority_on_an_allowed_network(tls: Idp, certificate: Certified) -> None:
    guard = Guard([network("127.0.0.0/8")], certificate.certificate_pem)
    assert fetch_json(tls.url + DOCUMENT, guard)["issuer"] == tls.url
    for untrusted in ("", certified("another").certificate_pem):
        with pytest.raises(FetchRefused, match="CERTIFICATE_VERIFY_FAILED"):
            fetch_json(tls.url + DOCUMENT, Guard([network("127.0.0.0/8")], untrusted))
    with pytest.raises(FetchRefused, match="not public"):
        fetch_json(tls.url + DOCUMENT, Guard([network("10.0.0.0/8")], certificate.certificate_pem))


def test_the_certificate_must_be_for_the_name(
    tls: Idp, certificate: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, other_example_com=["127.0.0.1"])
    with pytest.raises(FetchRefused, match="CERTIFICATE_VERIFY_FAILED"):
        fetch_json(
            tls.url.replace("127.0.0.1", "other.example.com"),
            Guard([network("127.0.0.0/8")], certificate.certificate_pem),
        )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("target", ["http://169.254.169.254/latest/meta-data/", "/jwks"])
def test_redirects_are_not_followed(server: Idp, status: int, target: str) -> None:
    server.answers["/x"] = status, {"Location": target}, b""
    with pytest.raises(FetchRefused, match="redirect"):
        fetch_json(f"{server.url}/x", TEST)
    assert server.hits == ["/x"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((404, {}, b"{}"), "status 404"),
        ((500, {}, b"{}"), "status 500"),
        ((204, {}, b""), "status 204"),
        ((200, {}, b"[]"), "not a JSON object"),
        ((200, {}, b"nonsense"), "not a JSON object"),
        ((200, {}, b"[" * 100_000), "not a JSON object"),
        ((200, {"Content-Encoding": "gzip"}, b"{}"), "encoded"),
        ((200, {"Content-Length": str(10**9)}, b"{}"), "larger"),
        ((200, {"Content-Length": "-1"}, b"{" + b" " * 300_000), "larger"),
        ((200, {"X-Padding": "x" * 70_000}, b"{}"), "LineTooLong"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_answer_that_is_no_document_is_refused(server: Idp, answer: Any, reason: str) -> None:
    server.answers["/x"] = answer
    with pytest.raises(FetchRefused, match=reason):
        fetch_json(f"{server.url}/x", TEST)


def _drip_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    _drip(handler, b" ")


def _drip_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Header: ")
    _drip(handler, b"x")


def _drip(handler: BaseHTTPRequestHandler, byte: bytes) -> None:
    try:
        for _ in range(100):
            handler.wfile.write(byte)
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        handler.hung_up = True  # type: ignore[attr-defined]


@pytest.mark.parametrize("drip", [_drip_body, _drip_headers])
def test_a_server_that_drips_is_cut_off_in_time(server: Idp, drip: Callable[[BaseHTTPRequestHandler], None]) -> None:
    server.answers["/x"] = drip
    began = time.monotonic()
    with pytest.raises(FetchRefused, match="in time"):
        fetch_json(f"{server.url}/x", TEST, timeout=0.5)
    assert time.monotonic() - began < 8  # of the ten seconds that it drips
    _until(lambda: exchange._slots._value == exchange.MOST_AT_ONCE)  # type: ignore[attr-defined]


def test_so_many_fetches_at_once_and_no_more(server: Idp) -> None:
    server.answers["/x"] = _drip_body
    with ThreadPoolExecutor(exchange.MOST_AT_ONCE) as pool:
        running = [
            pool.submit(pytest.raises, FetchRefused, fetch_json, f"{server.url}/x", TEST, timeout=2.5)
            for _ in range(exchange.MOST_AT_ONCE)
        ]
        _until(lambda: len(server.hits) == exchange.MOST_AT_ONCE)
        with pytest.raises(FetchRefused, match="too many"):
            fetch_json(f"{server.url}{DOCUMENT}", TEST)
        for each in running:
            each.result()
    _until(lambda: exchange._slots._value == exchange.MOST_AT_ONCE)  # type: ignore[attr-defined]
    assert fetch_json(f"{server.url}{DOCUMENT}", TEST)


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_certificates_are_verified_with_names() -> None:
    context = ssl.create_default_context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


WAYS_OUT = {"http.client", "urllib.request", "requests", "httpx", "urllib3", "aiohttp"}


def imported(path: Path) -> set[str]:
    """The modules that a file imports, by their whole names and those of their packages."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    sources = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    names |= {f"{node.module}.{name.name}" for node in sources for name in node.names}
    return {".".join(name.split(".")[: n + 1]) for name in names for n in range(name.count(".") + 1)}


def test_there_is_one_way_out() -> None:
    """Whoever sends something does it here; the client library and the launcher's probes are no server code."""
    own = ("iamconsole/client/", "iamconsole/interfaces/cli/", "iamconsole/testing/")
    found = [
        str(path.relative_to(ROOT))
        for package in ("accounts", "iamconsole", "policies")
        for path in sorted((ROOT / package).rglob("*.py"))
        if imported(path) & WAYS_OUT
    ]
    assert [name for name in found if not name.startswith(own)] == ["accounts/egress/exchange.py"]


def test_a_document_is_an_object(server: Idp) -> None:
    server.answers["/x"] = 200, {}, json.dumps({"a": [1]}).encode()
    assert fetch_json(f"{server.url}/x", TEST) == {"a": [1]}
