"""Access keys as AWS shows them."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import AccessKeyId, Paged, Sensitive, Shape, Status, Text, Timestamp


class AccessKey(Shape):
    """A new key with its secret, which is shown this once."""

    user_name: str | None = None
    access_key_id: AccessKeyId
    status: Status
    secret_access_key: Annotated[str, Text(), Sensitive]
    create_date: Timestamp


class CreateAccessKeyResult(Shape):
    access_key: AccessKey


class AccessKeyMetadata(Shape):
    """A key without its secret."""

    user_name: str | None = None
    access_key_id: AccessKeyId
    status: Status
    create_date: Timestamp


class ListAccessKeysResult(Paged):
    access_key_metadata: list[AccessKeyMetadata]


class AccessKeyLastUsed(Shape):
    """Where and when a key was last used; N/A where it never was."""

    last_used_date: Timestamp | None = None
    service_name: str
    region: str


class GetAccessKeyLastUsedResult(Shape):
    user_name: str | None = None
    access_key_last_used: AccessKeyLastUsed
