"""Access keys of services as the API shows them: as those of users, with a service in the user's place."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import AccessKeyId, OneOf, Paged, Sensitive, Shape, Text, Timestamp

KeyStatus = Annotated[str, OneOf(("Active", "Inactive"))]


class ServiceAccessKeyMetadata(Shape):
    """A key without its secret; `service_principal` is whom policies name, N/A stands where it was never used."""

    service_prefix: str
    service_principal: str
    access_key_id: AccessKeyId
    status: KeyStatus
    create_date: Timestamp
    last_used_date: Timestamp | None = None
    last_used_service: str = "N/A"
    last_used_region: str = "N/A"


class ServiceAccessKey(Shape):
    """A new key with its secret, which is shown this once."""

    service_prefix: str
    service_principal: str
    access_key_id: AccessKeyId
    status: KeyStatus
    secret_access_key: Annotated[str, Text(), Sensitive]
    create_date: Timestamp


class CreateServiceAccessKeyResult(Shape):
    access_key: ServiceAccessKey


class ListServiceAccessKeysResult(Paged):
    access_key_metadata: list[ServiceAccessKeyMetadata]
