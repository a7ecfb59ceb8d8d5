"""Signing a request with AWS Signature Version 4 (IAM user guide, "Create a signed AWS API request")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from types import MappingProxyType
from urllib.parse import parse_qsl, quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE, REGION = "iamconsole", "us-east-1"


def authorization(
    access_key_id: str,
    secret: str,
    *,
    method: str,
    target: str,
    host: str,
    body: bytes,
    headers: Mapping[str, str] = MappingProxyType({}),
    service: str = SERVICE,
    region: str = REGION,
    now: datetime | None = None,
) -> dict[str, str]:
    """The headers to add to a request and to those `headers` that are signed with it.

    `target` is the path and query as sent, in characters that need no escape.
    """
    timestamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{timestamp[:8]}/{region}/{service}/aws4_request"
    lines = {name.lower(): value for name, value in headers.items()} | {"host": host, "x-amz-date": timestamp}
    signed = ";".join(sorted(lines))
    canonical = "\n".join((_canonical(method, target, lines), signed, sha256(body).hexdigest()))
    to_sign = f"{ALGORITHM}\n{timestamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    key = b"AWS4" + secret.encode()
    for step in scope.split("/"):
        key = digest(key, step.encode(), "sha256")
    signature = digest(key, to_sign.encode(), "sha256").hex()
    credential = f"Credential={access_key_id}/{scope}"
    return {
        "X-Amz-Date": timestamp,
        "Authorization": f"{ALGORITHM} {credential}, SignedHeaders={signed}, Signature={signature}",
    }


def _canonical(method: str, target: str, lines: Mapping[str, str]) -> str:
    """The canonical request up to the names of the signed headers."""
    parts = urlsplit(target)
    query = "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}"
        for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True))
    )
    headers = "".join(f"{name}:{lines[name]}\n" for name in sorted(lines))
    return "\n".join((method, parts.path, query, headers))
