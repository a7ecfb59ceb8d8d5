"""Reading server certificates."""

from __future__ import annotations

from accounts.server_certificates import shapes
from accounts.server_certificates.models import ServerCertificate
from iamconsole.storage import tags


def find(account_id: str, name: str) -> ServerCertificate:
    return ServerCertificate.named(account_id, name)


def lock(account_id: str, name: str) -> ServerCertificate:
    """The certificate, locked until the transaction ends."""
    return ServerCertificate.named(account_id, name, lock=True)


def metadata(row: ServerCertificate) -> shapes.ServerCertificateMetadata:
    """The certificate as lists show it."""
    return shapes.ServerCertificateMetadata(
        path=row.path,
        server_certificate_name=row.name,
        server_certificate_id=row.unique_id,
        arn=row.arn,
        upload_date=row.created,
        expiration=row.expires,
    )


def shown(row: ServerCertificate) -> shapes.ServerCertificate:
    """The certificate as AWS shows it, without its private key."""
    return shapes.ServerCertificate(
        server_certificate_metadata=metadata(row),
        certificate_body=row.body,
        certificate_chain=row.chain or None,
        tags=tags.shown(row.tags),
    )
