"""Stale credentials as the API shows them."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import (
    AccessKeyId,
    Arn,
    Items,
    Number,
    OneOf,
    Paged,
    Shape,
    TagKey,
    Text,
    Timestamp,
    UserName,
)

UnusedDays = Annotated[int, Number(1, 400)]
NoticeDays = Annotated[int, Number(1, 90)]
ExemptUsers = Annotated[list[UserName], Items(None, 1000)]
UserNames = Annotated[list[UserName], Items(1, 500)]
CredentialKind = Annotated[str, OneOf(("AccessKey", "Password"))]


class StaleCredentialSettings(Shape):
    """What is done about unused credentials; `last_run_skipped` is why the last run could not tell what is unused."""

    enabled: bool
    unused_days: int
    notice_days: int
    exempt_users: list[str]
    exempt_tag: str | None = None
    last_run_skipped: str | None = None


class StaleCredential(Shape):
    """An unused credential. `deactivation_date` is there once its owner was told, and never for a password."""

    user_name: str
    user_arn: Arn
    kind: CredentialKind
    access_key_id: AccessKeyId | None = None
    unused_since: Timestamp
    noticed: bool
    deactivation_date: Timestamp | None = None


class ListStaleCredentialsResult(Paged):
    stale_credentials: list[StaleCredential]


ExemptTag = TagKey
Reason = Annotated[str, Text(0, 200)]
