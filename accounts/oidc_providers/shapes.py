"""OpenID Connect providers as AWS shows them."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Arn, Items, Sensitive, Shape, Tag, Text, Timestamp

Url = Annotated[str, Text(1, 255)]
ClientId = Annotated[str, Text(1, 255)]
Thumbprint = Annotated[str, Text(40, 40)]
ClientIds = list[ClientId]
Thumbprints = list[Thumbprint]
Network = Annotated[str, Text(2, 49, r"[0-9A-Fa-f.:/]+")]
Networks = Annotated[list[Network], Items(None, 20)]
CertificateText = Annotated[str, Text(0, 65536, r"[\u0009\u000A\u000D\u0020-\u007E]*")]

ClientSecret = Annotated[str, Text(0, 1024, r"[\u0020-\u007E]*"), Sensitive]
Scopes = Annotated[str, Text(6, 255, r"[!#-\[\]-~]+( [!#-\[\]-~]+)*")]
Label = Annotated[str, Text(0, 64)]


class CreateOpenIDConnectProviderResult(Shape):
    open_id_connect_provider_arn: Arn
    tags: list[Tag] | None = None


class GetOpenIDConnectProviderResult(Shape):
    """A provider; `url` comes without its scheme, as AWS has it."""

    url: str
    client_id_list: ClientIds
    thumbprint_list: Thumbprints
    create_date: Timestamp
    tags: list[Tag] | None = None


class OpenIDConnectProviderListEntry(Shape):
    arn: Arn


class ListOpenIDConnectProvidersResult(Shape):
    open_id_connect_provider_list: list[OpenIDConnectProviderListEntry]


class OpenIDConnectProviderNetworkResult(Shape):
    """Where a provider may be reached besides public addresses, and by which authority its certificate may be."""

    open_id_connect_provider_arn: Arn
    allowed_networks: list[str]
    ca_certificate: str


class OpenIDConnectProviderSignInResult(Shape):
    """How people sign in to the console through a provider; the secret is never shown."""

    open_id_connect_provider_arn: Arn
    client_id: str
    has_secret: bool
    role_arn: str
    scopes: str
    label: str
    enabled: bool
    redirect_uri: str
