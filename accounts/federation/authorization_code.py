"""The authorization code flow with PKCE (OpenID Connect Core 3.1, RFC 7636): from a browser to a verified ID token.

Every provider has a redirect URI of its own: a code that came for one is never shown to another (RFC 9700, 4.4).
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote_plus, urlencode

import structlog
from django.utils.crypto import constant_time_compare

from accounts.federation.discovery import endpoints, guard_of
from accounts.federation.fetching import FetchRefused, Form, fetch_json
from accounts.federation.web_identity import WebIdentity, verify_web_identity
from accounts.oidc_providers.models import OpenIDConnectSignIn
from accounts.oidc_providers.sign_ins import client_secret, redirect_uri
from iamconsole.kernel.errors import IDPCommunicationError, InvalidIdentityToken

NOT_EXCHANGED = "Your identity provider did not exchange the authorization code for an ID token."
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Flow:
    """What a browser's session keeps of a flow that it began; `began` is seconds since the epoch."""

    provider_id: str
    began: float
    wanted: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    def kept(self) -> dict[str, Any]:
        return asdict(self)


def authorization_url(sign_in: OpenIDConnectSignIn, flow: Flow) -> str:
    """Where the browser goes; IDPCommunicationError where the provider does not say."""
    address = endpoints(sign_in.provider).authorization
    asked = {
        "response_type": "code",
        "client_id": sign_in.client_id,
        "redirect_uri": redirect_uri(sign_in.provider),
        "scope": sign_in.scopes,
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": _challenge(flow.verifier),
        "code_challenge_method": "S256",
    }
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def id_token(sign_in: OpenIDConnectSignIn, flow: Flow, code: str) -> str:
    """What the provider gives for a code; IDPCommunicationError, whose reason is logged, where it gives nothing."""
    secret = client_secret(sign_in)
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(sign_in.provider),
        "code_verifier": flow.verifier,
        **({} if secret else {"client_id": sign_in.client_id}),
    }
    form = Form(fields, _basic(sign_in.client_id, secret) if secret else "")
    try:
        answer = fetch_json(endpoints(sign_in.provider).token, guard_of(sign_in.provider), form=form)
    except FetchRefused as refused:
        logger.warning("code not exchanged", provider=sign_in.provider.arn, reason=str(refused))
        raise IDPCommunicationError(NOT_EXCHANGED) from None
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise IDPCommunicationError(NOT_EXCHANGED)
    return token


def verified(sign_in: OpenIDConnectSignIn, flow: Flow, token: str, *, now: datetime) -> WebIdentity:
    """Whom an ID token speaks of, if it was issued to this client, for this flow; faults of `verify_web_identity`."""
    found = verify_web_identity(token, account_id=sign_in.account_id, provider=sign_in.provider, now=now)
    if found.claims.get("aud") not in (sign_in.client_id, [sign_in.client_id]):
        raise InvalidIdentityToken("The ID token is not for this client alone: its audience (aud) is another")
    if found.azp not in ("", sign_in.client_id):
        raise InvalidIdentityToken("The ID token was issued to another client: its authorized party (azp) is another")
    nonce = found.claims.get("nonce")
    if not isinstance(nonce, str) or not constant_time_compare(nonce, flow.nonce):
        raise InvalidIdentityToken("The ID token was issued for another sign-in: its nonce is another")
    return found


def session_name(claims: Mapping[str, Any]) -> str:
    """The name of the session: a verified e-mail address, the preferred user name, or the subject made to fit."""
    email = claims.get("email") if claims.get("email_verified") is True else None
    for each in (email, claims.get("preferred_username")):
        if isinstance(each, str) and SESSION_NAME.fullmatch(each):
            return each
    fitting = re.sub(r"[^\w+=,.@-]", "-", str(claims["sub"]), flags=re.ASCII)[:64]
    return fitting if len(fitting) > 1 else f"{fitting}-console"


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _basic(client_id: str, secret: str) -> str:
    # RFC 6749, 2.3.1: both are form-encoded before they are joined.
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
