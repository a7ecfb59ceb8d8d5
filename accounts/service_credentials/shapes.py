"""Service-specific credentials as AWS shows them."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Number, Sensitive, Shape, Status, Text, Timestamp

ServiceName = Annotated[str, Text()]
CredentialAgeDays = Annotated[int, Number(1, 36600)]
ServiceSpecificCredentialId = Annotated[str, Text(20, 128, r"[\w]+")]
Secret = Annotated[str, Text(), Sensitive]
PresentedService = Annotated[str, Text(1, 64, r"[\w.-]+")]
ServiceUserName = Annotated[str, Text(1, 200, r"[\w+=,.@-]+")]
PresentedSecret = Annotated[str, Text(1, 1024), Sensitive]


class ServiceSpecificCredentialMetadata(Shape):
    """A credential without its secret: an API key has an alias, any other a service user name."""

    user_name: str
    status: Status
    service_user_name: str | None = None
    service_credential_alias: str | None = None
    create_date: Timestamp
    expiration_date: Timestamp | None = None
    service_specific_credential_id: ServiceSpecificCredentialId
    service_name: str


class ServiceSpecificCredential(ServiceSpecificCredentialMetadata):
    """A new or reset credential with its secret, which is shown this once."""

    service_password: Secret | None = None
    service_credential_secret: Secret | None = None


class ServiceSpecificCredentialResult(Shape):
    service_specific_credential: ServiceSpecificCredential


class ListServiceSpecificCredentialsResult(Shape):
    service_specific_credentials: list[ServiceSpecificCredentialMetadata]
    is_truncated: bool = False
    marker: str | None = None


class VerifyServiceSpecificCredentialResult(Shape):
    """Whose credential it is."""

    user_name: str
    user_id: str
    arn: str
    service_specific_credential_id: ServiceSpecificCredentialId
    expiration_date: Timestamp | None = None
