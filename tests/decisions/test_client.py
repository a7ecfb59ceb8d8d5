"""The client for services: against the doors over a real socket, and against servers that misbehave."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from iamconsole.client import (
    AccessKey,
    Client,
    Denied,
    Identity,
    Question,
    ReceivedRequest,
    Refused,
    Unauthenticated,
    Unavailable,
    requires,
)
from iamconsole.client.connection import Connection
from iamconsole.client.signing import authorization
from tests.decisions.asking import Doors, arn
from tests.decisions.wire import signed
from tests.support import inprocess
from tests.support.tenants import Tenant

X, OTHER = "arn:aws:s3:::reports/x", "arn:aws:s3:::other/x"


@pytest.fixture
def client(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The administrator's client, whose requests end in the application of this process."""
    made = Client(inprocess.ENDPOINT, key=AccessKey(*tenant.admin_key.values()))
    made._connection = InProcess(tenant.app, key=AccessKey(*tenant.admin_key.values()))
    return made


class InProcess(Connection):
    """A connection without a socket."""

    def __init__(self, app: Any, *, key: AccessKey | None = None, token: Any = None) -> None:
        super().__init__(inprocess.ENDPOINT, key=key, token=token, timeout=1)
        self.app = app

    def _send(self, target: str, content: bytes) -> tuple[int, bytes]:
        headers = {"Host": self._host, "Content-Type": "application/json", **self._credentials(target, content)}
        answer = inprocess.request(self.app, "POST", inprocess.ENDPOINT + target, headers, content)
        return answer.status_code, answer.content


def test_one_decision_and_many(tenant: Tenant, client: Client, ada: dict[str, str]) -> None:
    principal = arn(tenant, "user/ada")
    allowed, denied = (client.authorize(principal, "s3:GetObject", each, {"app:n": 1}) for each in (X, OTHER))
    assert allowed
    assert allowed.checks[0]["type"] == "PRINCIPAL"
    assert not denied
    assert denied.authorization_id
    assert "no identity-based policy" in denied.reason
    asked = [Question(principal, "s3:GetObject", X if number % 2 else OTHER) for number in range(2001)]
    assert [bool(each) for each in client.authorize_many(asked)] == [bool(number % 2) for number in range(2001)]
    assert client.authorize_many(asked[:1], detail=True)[0].reason


def test_a_token_instead_of_a_key(tenant: Tenant, client: Client, ada: dict[str, str]) -> None:
    token = Doors.of(tenant).bearing().token
    for given in (token, lambda: token):
        client._connection = InProcess(tenant.app, token=given)
        assert client.authorize(arn(tenant, "user/ada"), "s3:GetObject", X)
    client._connection = InProcess(tenant.app, token="iamt_x")
    with pytest.raises(Refused, match="InvalidClientTokenId") as refused:
        client.authorize(arn(tenant, "user/ada"), "s3:GetObject", X)
    assert not isinstance(refused.value, Unauthenticated)


def test_who_sent_a_request(tenant: Tenant, client: Client, ada: dict[str, str]) -> None:
    url, body = "https://orders.example.com/7", b"order"
    headers = signed(ada, "POST", url, body, {}, service="orders")
    request = ReceivedRequest("POST", url, list(headers.items()), body)
    identity = client.authenticate(request, action="s3:GetObject", resource=X, service="orders")
    assert (identity.name, identity.arn, bool(identity.decision)) == ("ada", arn(tenant, "user/ada"), True)
    assert client.authenticate(request).decision is None
    with pytest.raises(Unauthenticated, match="SignatureDoesNotMatch"):
        client.authenticate(ReceivedRequest("POST", url, list(headers.items()), b"other"))


def test_the_signature_is_botocores(tenant: Tenant) -> None:
    """Same moment, same request: the server takes both, so they are the same text."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    target, body = "/api/v1/authorize?detail=none&a=b%20c", b"{}"
    request = AWSRequest(method="POST", url=inprocess.ENDPOINT + target, data=body)
    SigV4Auth(Credentials("AKIA", "secret"), "iamconsole", "us-east-1").add_auth(request)
    moment = datetime.strptime(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    ours = authorization("AKIA", "secret", method="POST", target=target, host="localhost:8000", body=body, now=moment)
    assert ours["Authorization"] == request.headers["Authorization"]


Handler = Callable[[http.server.BaseHTTPRequestHandler], None]


@pytest.fixture
def server() -> Iterator[Any]:
    """Starts servers that answer as a function says, and tells how often each was connected to."""
    started: list[http.server.ThreadingHTTPServer] = []

    def start(answer: Handler) -> str:
        class Server(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                answer(self)

            def log_message(self, *_args: Any) -> None:
                pass

        made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        made.daemon_threads = True
        threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        started.append(made)
        return f"http://127.0.0.1:{made.server_address[1]}"

    yield start
    for made in started:
        made.shutdown()
        made.server_close()


def answering(status: int, content: bytes) -> Handler:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (200, b""),
        (200, b"allow"),
        (200, b"{}"),
        (200, b"[]"),
        (200, b"true"),
        (200, b'{"decision": true}'),
        (200, b'{"decision": "ALLOW"}'),
        (302, b"{}"),
        (500, b'{"decision": "allow"}'),
        (503, b"<html>"),
    ],
)
def test_what_is_no_decision_is_no_permission(server: Any, status: int, content: bytes) -> None:
    client = Client(server(answering(status, content)), token="t")
    with client, pytest.raises((Unavailable, Refused)):
        client.authorize("arn", "a:b")
    with client, pytest.raises((Unavailable, Refused)):
        client.authorize_many([Question("arn", "a:b")])


def test_a_server_that_is_slow_gone_or_verbose(server: Any) -> None:
    stop = threading.Event()
    slow = Client(server(lambda _handler: stop.wait(5) and None), token="t", timeout=0.1)
    with slow, pytest.raises(Unavailable):
        slow.authorize("arn", "a:b")
    stop.set()
    with pytest.raises(Unavailable):
        Client("http://127.0.0.1:9", token="t").authorize("arn", "a:b")
    verbose = Client(server(answering(200, b" " * (16 * 1024 * 1024 + 1))), token="t")
    with verbose, pytest.raises(Unavailable):
        verbose.authorize("arn", "a:b")


def test_connections_are_kept_and_replaced(server: Any) -> None:
    peers: list[Any] = []

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        peers.append(handler.client_address)
        answering(200, b'{"decision": "allow"}')(handler)
        if len(peers) == 2:
            handler.close_connection = True  # without a word, as an idle time-out does

    with Client(server(answer), token="t") as client:
        assert all(client.authorize("arn", "a:b") for _ in range(4))
    assert peers[0] == peers[1] != peers[2] == peers[3]


@pytest.mark.parametrize("url", ["iam.example.com", "ftp://x", "http://", "http://x/path"])
def test_a_client_is_made_with_a_url_and_one_credential(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        Client(url, token="t")
    for credentials in ({}, {"token": "t", "key": AccessKey("a", "b")}):
        with pytest.raises(ValueError, match="either"):
            Client("http://x", **credentials)
    assert "secret" not in repr(AccessKey("AKIA", "secret")).replace("secret=", "")


def test_a_function_that_requires_an_action(tenant: Tenant, client: Client, ada: dict[str, str]) -> None:
    @requires(client, "s3:GetObject", resource="arn:aws:s3:::{bucket}/x")
    def read(bucket: str, *, principal: str) -> str:
        """Read."""
        return f"{bucket} for {principal}"

    assert read("reports", principal=arn(tenant, "user/ada")).startswith("reports")
    with pytest.raises(Denied) as denied:
        read("other", principal=arn(tenant, "user/ada"))
    assert denied.value.decision.authorization_id
    with pytest.raises(TypeError):
        read("reports")
    assert read.__doc__ == "Read."


def of(tenant: Tenant, key: dict[str, str], path: str, body: bytes = b"") -> dict[str, Any]:
    url = f"https://orders.example.com{path}"
    return inprocess.environ_of("POST", url, signed(key, "POST", url, body, {}, service="orders"), body)


def test_a_wsgi_application_that_requires_an_action(tenant: Tenant, client: Client, ada: dict[str, str]) -> None:
    seen: list[tuple[Identity, bytes]] = []
    answered: list[str] = []

    @requires(client, "s3:GetObject", resource="arn:aws:s3:::reports{path}", service="orders")
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append((environ["iam.identity"], environ["wsgi.input"].read()))
        start_response("200 OK", [])
        return [b"here"]

    def run(environ: dict[str, Any]) -> tuple[str, dict[str, str], Any]:
        def start(status: str, headers: list[tuple[str, str]]) -> None:
            answered.append(status)
            told.update(headers)

        told: dict[str, str] = {}
        content = b"".join(app(environ, start))
        return answered[-1], told, content if content == b"here" else json.loads(content)

    assert run(of(tenant, ada, "/x", b"body"))[0] == "200 OK"
    assert (seen[0][0].name, seen[0][1]) == ("ada", b"body")
    status, _, problem = run(of(tenant, tenant.user("bob"), "/x"))
    assert (status, problem["code"]) == ("403 Forbidden", "AccessDenied")
    assert problem["authorizationId"]
    stolen = of(tenant, ada, "/x")
    stolen["PATH_INFO"] = "/y"
    status, headers, problem = run(stolen)
    assert (status[:3], problem["code"]) == ("401", "SignatureDoesNotMatch")
    assert headers["WWW-Authenticate"]
    assert run(of(tenant, ada, "/x") | {"CONTENT_LENGTH": str(11 * 1024 * 1024)})[0].startswith("413")
    client._connection = InProcess(tenant.app, token="iamt_x")
    assert run(of(tenant, ada, "/x"))[0].startswith("503")
    client._connection = Connection("http://127.0.0.1:9", token="t", key=None, timeout=1)
    assert run(of(tenant, ada, "/x"))[0].startswith("503")
    assert len(seen) == 1


def test_a_django_view_that_requires_an_action(tenant: Tenant, client: Client, ada: dict[str, str]) -> None:
    from django.core.handlers.wsgi import WSGIRequest
    from django.http import HttpResponse

    @requires(client, "s3:GetObject", resource="arn:aws:s3:::reports/{order}", service="orders")
    def view(request: Any, order: str) -> Any:
        return HttpResponse(request.META["iam.identity"].name)

    assert view(WSGIRequest(of(tenant, ada, "/x")), order="x").content == b"ada"
    assert view(WSGIRequest(of(tenant, tenant.user("bob"), "/x")), order="x").status_code == 403
