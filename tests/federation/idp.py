"""An OpenID Connect provider on loopback: real sockets, keys made here, tokens of every kind, bad ones included."""

from __future__ import annotations

import base64
import hmac
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from iamconsole.kernel import clock
from tests.federation.certificates import Certified

AUDIENCE = "sts.amazonaws.com"
Answer = tuple[int, dict[str, str], bytes]


def encoded(value: Any) -> str:
    """base64url of bytes, or of an object as JSON."""
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def new_key(algorithm: str) -> Any:
    """A private key for an algorithm."""
    if algorithm[:2] in ("RS", "PS"):
        return RSAKey.generate_key(2048)
    if algorithm == "EdDSA":
        return OKPKey.generate_key("Ed25519")
    return ECKey.generate_key({"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}[algorithm])


def jwk(key: Any, kid: str, **more: str) -> dict[str, Any]:
    return {**key.as_dict(private=False), "kid": kid, **more}


def signed(header: dict[str, Any], claims: Any, key: Any, *, by: str = "") -> str:
    """A token with exactly this header; `by` is the algorithm that signs where the header says another."""
    start = f"{encoded(header)}.{encoded(claims)}"
    algorithm = JWSRegistry.algorithms[by or header["alg"]]
    return f"{start}.{encoded(algorithm.sign(start.encode(), key))}"


def forged(header: dict[str, Any], claims: Any, secret: bytes) -> str:
    """A token whose signature is an HMAC-SHA256 under bytes that everybody knows."""
    start = f"{encoded(header)}.{encoded(claims)}"
    return f"{start}.{encoded(hmac.digest(secret, start.encode(), 'sha256'))}"


@cache
def usual_key() -> Any:
    """The key that most tests sign with: making one takes longer than most tests."""
    return new_key("RS256")


@dataclass
class Idp:
    """A provider that serves discovery and keys; `answers` replaces the answer of a path, `hits` counts requests."""

    url: str
    keys: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None] | Answer] = field(default_factory=dict)
    hits: list[str] = field(default_factory=list)
    issuer: str = ""

    def __post_init__(self) -> None:
        self.issuer = self.issuer or self.url
        self.private = usual_key()
        self.publish("k1", self.private)

    def publish(self, kid: str, key: Any, **more: str) -> None:
        self.keys[kid] = jwk(key, kid, **more)

    def claims(self, **more: Any) -> dict[str, Any]:
        """The claims of a good token; a claim that is None is left out."""
        now = int(clock.now().timestamp())
        given = {"iss": self.issuer, "sub": "ada", "aud": AUDIENCE, "iat": now, "exp": now + 300} | more
        return {name: value for name, value in given.items() if value is not None}

    def token(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token of key `k1`, good unless something is changed."""
        return signed({"alg": "RS256", "kid": "k1", "typ": "JWT"} | (header or {}), self.claims(**claims), self.private)

    def count(self, path: str) -> int:
        return self.hits.count(path)

    def answer(self, path: str) -> Callable[[BaseHTTPRequestHandler], None] | Answer:
        """What a path is answered with."""
        documents: dict[str, Any] = {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "jwks_uri": f"{self.url}/jwks",
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
            },
            "/jwks": {"keys": list(self.keys.values())},
        }
        if path in self.answers:
            return self.answers[path]
        if path in documents:
            return 200, {"Content-Type": "application/json"}, json.dumps(documents[path]).encode()
        return 404, {}, b""


class _Handler(BaseHTTPRequestHandler):
    idp: Idp

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def do_GET(self) -> None:
        self.idp.hits.append(self.path)
        answer = self.idp.answer(self.path.partition("?")[0])
        if callable(answer):
            answer(self)
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Nothing: the tests read `hits`."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args: Any) -> None:
        """A client that hangs up is what many tests are about."""


@contextmanager
def serving(certified: Certified | None = None, folder: Path | None = None) -> Iterator[Idp]:
    """A provider on a free port of 127.0.0.1; with a certificate it speaks TLS."""
    handler = type("Handler", (_Handler,), {})
    server = _Server(("127.0.0.1", 0), handler)
    scheme = "http"
    if certified and folder:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certified.written_to(folder))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    handler.idp = Idp(f"{scheme}://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield handler.idp  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
