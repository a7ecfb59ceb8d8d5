"""An OpenID Connect provider that people sign in at: codes at once for whoever comes, exchanged under PKCE."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from tests.federation.idp import Idp

CLIENT = "console client"
SECRET = "s3cret:of/the client"
EMAIL = "ada@example.com"


@dataclass
class CodeIdp:
    """`claims` change the ID token, `error` is answered instead of a code; a client without `secret` is public."""

    idp: Idp
    secret: str = SECRET
    claims: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.idp.answers["/authorize"] = self._authorize
        self.idp.answers["/token"] = self._token

    def visited(self, url: str) -> str:
        """Where the authorization endpoint sends a browser, as path and query."""
        parts = urlsplit(url)
        line = HTTPConnection(parts.netloc)
        line.request("GET", f"{parts.path}?{parts.query}")
        back = line.getresponse().headers["Location"]
        line.close()
        return back.removeprefix("http://localhost:8000")

    def _authorize(self, handler: Any) -> None:
        asked = dict(parse_qsl(urlsplit(handler.path).query))
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        said = {"error": self.error} if self.error else {"code": code, "iss": self.idp.issuer}
        handler.send_response(302)
        handler.send_header("Location", f"{asked['redirect_uri']}?{urlencode(said | {'state': asked['state']})}")
        handler.end_headers()

    def _token(self, handler: Any) -> None:
        given = dict(parse_qsl(handler.body.decode()))
        asked = self.codes.pop(given.get("code", ""), None)
        reason = self._amiss(asked, given, handler.headers.get("Authorization", ""))
        if reason:
            self.refusals.append(reason)
        body = {"error": "invalid_grant"} if reason or asked is None else self._answer(asked)
        text = json.dumps(body).encode()
        handler.send_response(400 if reason else 200)
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    def _amiss(self, asked: dict[str, str] | None, given: dict[str, str], authorization: str) -> str:
        if asked is None or given.get("grant_type") != "authorization_code":
            return "code"
        challenge = base64.urlsafe_b64encode(sha256(given["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if challenge != asked["code_challenge"] or given["redirect_uri"] != asked["redirect_uri"]:
            return "verifier"
        if not self.secret:
            return "" if given.get("client_id") == CLIENT and not authorization else "client"
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")
        return "" if [unquote_plus(each) for each in pair] == [CLIENT, self.secret] else "client"

    def _answer(self, asked: dict[str, str]) -> dict[str, str]:
        usual = {"aud": CLIENT, "nonce": asked["nonce"], "email": EMAIL, "email_verified": True}
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.idp.token(**(usual | self.claims))}
