"""What the instance metadata service answers, out of what the product says of a host: only what AWS SDKs ask for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

Document = Mapping[str, Any]
"""The product's answer to `/credentials/…`; `AccessKeyId` and its like are missing where nobody asked for them."""

TTL_HEADER: Final = "X-aws-ec2-metadata-token-ttl-seconds"
TOKEN_HEADER: Final = "X-aws-ec2-metadata-token"  # noqa: S105  (a header's name)
LONGEST_TTL: Final = 21_600  # seconds
ROLES: Final = "meta-data/iam/security-credentials/"


def seconds(ttl: str | None) -> int | None:
    """The lifetime a session token is asked for, 1 to 21600 seconds; None for any other text."""
    if ttl is None or not ttl.isascii() or not ttl.isdecimal() or len(ttl) > len(str(LONGEST_TTL)):
        return None
    return int(ttl) if 1 <= int(ttl) <= LONGEST_TTL else None


def role_asked(path: str) -> str | None:
    """The role whose credentials a path, what follows `/latest/`, asks for."""
    return path.removeprefix(ROLES) or None if path.startswith(ROLES) else None


def answer(path: str, of: Document) -> str | None:
    """What stands at a path of the metadata service but for credentials; None where nothing does."""
    region = of.get("Region")
    if path == "meta-data/iam/info":
        return _info(of)
    plain = {
        "meta-data/instance-id": of.get("WorkloadId"),
        "meta-data/placement/region": region,
        "meta-data/placement/availability-zone": f"{region}a" if region else None,
        ROLES: of.get("RoleName"),
    }
    return plain.get(path) or plain.get(path + "/") or plain.get(path.removesuffix("/"))


def credentials(of: Document) -> str:
    """The credentials of a role, as EC2 shows them."""
    given = {name: of[name] for name in ("AccessKeyId", "SecretAccessKey", "Token", "Expiration")}
    return json.dumps({"Code": "Success", "LastUpdated": _now(), "Type": "AWS-HMAC", **given})


def refusal(message: str) -> str:
    """What EC2 says, with status 200, where the role does not trust it."""
    return json.dumps({"Code": "AssumeRoleUnauthorizedAccess", "Message": message, "LastUpdated": _now()})


def _info(of: Document) -> str | None:
    if not of.get("InstanceProfileArn"):
        return None
    profile = {name: of[name] for name in ("InstanceProfileArn", "InstanceProfileId")}
    return json.dumps({"Code": "Success", "LastUpdated": _now(), **profile})


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
