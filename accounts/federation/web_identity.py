"""Who a web identity token speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from iamconsole.kernel.errors import InvalidIdentityToken


@dataclass(frozen=True, slots=True)
class WebIdentity:
    """What a verified token says; `condition_keys` are those that a trust policy is judged by."""

    provider_arn: str
    provider_name: str
    issuer: str
    subject: str
    audience: str
    azp: str
    amr: tuple[str, ...]
    expires: datetime
    principal_tags: Mapping[str, str]
    transitive_tag_keys: tuple[str, ...]
    source_identity: str
    condition_keys: Mapping[str, str | tuple[str, ...]]
    claims: Mapping[str, Any]


def verify_web_identity(token: str, *, account_id: str | None = None, now: datetime) -> WebIdentity:
    """The identity that a token proves to an account (InvalidIdentityToken)."""
    raise InvalidIdentityToken("No OpenIDConnect provider found in your account.")
