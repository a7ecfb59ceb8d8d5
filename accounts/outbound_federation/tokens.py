"""The tokens that an account issues: who asked, for whom, until when."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.outbound_federation.keys import sign
from accounts.outbound_federation.models import IssuerKey
from accounts.outbound_federation.urls import issuer_url
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import JWTPayloadSizeExceeded

STS = "https://sts.amazonaws.com/"
"""The claim under which AWS puts what it knows of the caller."""
MAX_PAYLOAD = 12_000
"""Bytes; a token of this size still fits into what verifiers accept (20,000 characters)."""


def issued(call: Call, key: IssuerKey, *, audience: list[str], expires: datetime, tags: Mapping[str, str]) -> str:
    """A signed token for the caller; JWTPayloadSizeExceeded where the tags are too much."""
    header = {"alg": key.algorithm, "kid": key.pk, "typ": "JWT"}
    claims = {
        "iss": issuer_url(key.issuer_id),
        "sub": call.principal.arn,
        "aud": audience[0] if len(audience) == 1 else audience,
        "iat": int(call.time.timestamp()),
        "exp": int(expires.timestamp()),
        "jti": str(uuid.uuid4()),
        STS: _about(call, tags),
    }
    payload = json.dumps(claims, separators=(",", ":")).encode()
    if len(payload) > MAX_PAYLOAD:
        raise JWTPayloadSizeExceeded
    signed = f"{_encoded(json.dumps(header, separators=(',', ':')).encode())}.{_encoded(payload)}"
    return f"{signed}.{_encoded(sign(key, signed.encode()))}"


def _about(call: Call, tags: Mapping[str, str]) -> dict[str, Any]:
    principal = call.principal
    about: dict[str, Any] = {"aws_account": principal.account_id, "principal_id": principal.arn}
    if principal.tags:
        about["principal_tags"] = dict(principal.tags)
    if tags:
        about["request_tags"] = dict(tags)
    return about


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()
