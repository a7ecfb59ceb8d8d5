"""Server certificates as AWS shows them; none has the private key."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import LATIN, NAME, Arn, Paged, Path, Sensitive, Shape, Tag, Text, Timestamp, UniqueId

ServerCertificateName = Annotated[str, Text(1, 128, NAME)]
PrivateKey = Annotated[str, Text(1, 16384, LATIN), Sensitive]


class ServerCertificateMetadata(Shape):
    """A server certificate without its body."""

    path: Path
    server_certificate_name: ServerCertificateName
    server_certificate_id: UniqueId
    arn: Arn
    upload_date: Timestamp
    expiration: Timestamp


class ServerCertificate(Shape):
    """A server certificate with body, chain and tags."""

    server_certificate_metadata: ServerCertificateMetadata
    certificate_body: str
    certificate_chain: str | None = None
    tags: list[Tag] | None = None


class UploadServerCertificateResult(Shape):
    server_certificate_metadata: ServerCertificateMetadata
    tags: list[Tag] | None = None


class GetServerCertificateResult(Shape):
    server_certificate: ServerCertificate


class ListServerCertificatesResult(Paged):
    server_certificate_metadata_list: list[ServerCertificateMetadata]
