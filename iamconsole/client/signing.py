"""Signing a request with AWS Signature Version 4 (IAM user guide, "Create a signed AWS API request")."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from urllib.parse import parse_qsl, quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE, REGION = "iamconsole", "us-east-1"


def authorization(
    access_key_id: str, secret: str, *, method: str, target: str, host: str, body: bytes, now: datetime | None = None
) -> dict[str, str]:
    """The headers that sign a request; `target` is the path and query as sent, in characters that need no escape."""
    timestamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{timestamp[:8]}/{REGION}/{SERVICE}/aws4_request"
    parts = urlsplit(target)
    query = "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}"
        for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True))
    )
    canonical = "\n".join(
        (
            method,
            parts.path,
            query,
            f"host:{host}\nx-amz-date:{timestamp}\n",
            "host;x-amz-date",
            sha256(body).hexdigest(),
        )
    )
    to_sign = f"{ALGORITHM}\n{timestamp}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    key = b"AWS4" + secret.encode()
    for step in scope.split("/"):
        key = digest(key, step.encode(), "sha256")
    signature = digest(key, to_sign.encode(), "sha256").hex()
    credential = f"Credential={access_key_id}/{scope}"
    return {
        "X-Amz-Date": timestamp,
        "Authorization": f"{ALGORITHM} {credential}, SignedHeaders=host;x-amz-date, Signature={signature}",
    }
