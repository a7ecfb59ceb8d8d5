"""What can be done with server certificates."""

from __future__ import annotations

from cryptography import x509

from accounts.certificates import pem, strength
from accounts.certificates.shapes import CertificateBody, CertificateChain
from accounts.server_certificates import private_keys, shapes
from accounts.server_certificates import queries as certificates
from accounts.server_certificates.models import ServerCertificate
from accounts.server_certificates.resources import NEW_SERVER_CERTIFICATE, SERVER_CERTIFICATE
from accounts.server_certificates.shapes import PrivateKey, ServerCertificateName
from accounts.tenancy import queries as tenancy
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    ConcurrentModification,
    DeleteConflict,
    EntityAlreadyExists,
    InvalidInput,
    KeyPairMismatch,
    LimitExceeded,
    MalformedCertificate,
    NoSuchEntity,
)
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Marker, MaxItems, Path, PathPrefix, Tags
from iamconsole.storage import tags as tagging
from iamconsole.storage.identifiers import Prefix, unique_id
from iamconsole.storage.named import under


@operation(
    Access.WRITE,
    on=SERVER_CERTIFICATE,
    implies=(Implied("iam:TagServerCertificate", SERVER_CERTIFICATE, when="tags"),),
    rest=Rest("POST", "/server-certificates", status=201),
    errors=(
        LimitExceeded,
        InvalidInput,
        EntityAlreadyExists,
        MalformedCertificate,
        KeyPairMismatch,
        ConcurrentModification,
    ),
)
def upload_server_certificate(
    call: Call,
    *,
    server_certificate_name: ServerCertificateName,
    certificate_body: CertificateBody,
    private_key: PrivateKey,
    certificate_chain: CertificateChain | None = None,
    path: Path = "/",
    tags: Tags = [],  # noqa: B006  (a shape's default; pydantic copies it)
) -> shapes.UploadServerCertificateResult:
    """Keep a TLS certificate with its unencrypted private key, which is sealed and never shown again.

    Certificate, key and chain are PEM. The chain begins with the certificate that signed this one, then its signer,
    and so on.
    """
    tenancy.lock(call.account_id)
    ServerCertificate.refuse_taken(call.account_id, server_certificate_name)
    present = ServerCertificate.objects.filter(account_id=call.account_id).count()
    call.quota("ServerCertificatesPerAccount").check(present)
    certificate = _strong(pem.certificate(certificate_body, now=call.time))
    chain = pem.chain(certificate_chain, of=certificate) if certificate_chain else []
    own_id = unique_id(Prefix.SERVER_CERTIFICATE)
    row = ServerCertificate(
        account_id=call.account_id,
        unique_id=own_id,
        name=server_certificate_name,
        path=path,
        created=call.time,
        expires=certificate.not_valid_after_utc,
        body=pem.text_of(certificate),
        chain="\n".join(map(pem.text_of, chain)),
        sealed_private_key=private_keys.sealed(
            private_keys.matching(private_key, certificate), account_id=call.account_id, certificate_id=own_id
        ),
        tags=tagging.merged(call, {}, tags, ignore_case=False),
    )
    row.save(force_insert=True)
    call.emit(row.arn_kind, row.unique_id, "created")
    return shapes.UploadServerCertificateResult(
        server_certificate_metadata=certificates.metadata(row), tags=tagging.shown(row.tags)
    )


def _strong(certificate: x509.Certificate) -> x509.Certificate:
    if complaint := strength.complaint(certificate.public_key()):
        raise MalformedCertificate(f"The certificate cannot be used: {complaint}.")
    return certificate


@operation(
    Access.READ,
    on=SERVER_CERTIFICATE,
    rest=Rest("GET", "/server-certificates/{server_certificate_name}"),
    errors=(NoSuchEntity,),
)
def get_server_certificate(
    call: Call, *, server_certificate_name: ServerCertificateName
) -> shapes.GetServerCertificateResult:
    """Show a server certificate: body, chain, expiration and tags, without its private key."""
    row = certificates.find(call.account_id, server_certificate_name)
    return shapes.GetServerCertificateResult(server_certificate=certificates.shown(row))


@operation(Access.LIST, on=ANYTHING, pages="server_certificate_metadata_list", rest=Rest("GET", "/server-certificates"))
def list_server_certificates(
    call: Call, *, path_prefix: PathPrefix = "/", marker: Marker | None = None, max_items: MaxItems | None = None
) -> shapes.ListServerCertificatesResult:
    """List the server certificates whose path begins with a prefix."""
    rows = under(ServerCertificate.objects.filter(account_id=call.account_id), path_prefix)
    light = rows.defer("body", "chain", "sealed_private_key")
    found, rest = page(light, by="name_key", marker=marker, max_items=max_items)
    return shapes.ListServerCertificatesResult(
        server_certificate_metadata_list=[certificates.metadata(row) for row in found], **rest
    )


@operation(
    Access.WRITE,
    on=(SERVER_CERTIFICATE, NEW_SERVER_CERTIFICATE),
    rest=Rest("PATCH", "/server-certificates/{server_certificate_name}", status=204),
    errors=(NoSuchEntity, EntityAlreadyExists, LimitExceeded),
)
def update_server_certificate(
    call: Call,
    *,
    server_certificate_name: ServerCertificateName,
    new_path: Path | None = None,
    new_server_certificate_name: ServerCertificateName | None = None,
) -> None:
    """Rename a server certificate or move it to another path; its id and its contents stay."""
    row = certificates.lock(call.account_id, server_certificate_name)
    if new_server_certificate_name and new_server_certificate_name.lower() != row.name_key:
        ServerCertificate.refuse_taken(call.account_id, new_server_certificate_name)
    row.name = new_server_certificate_name or row.name
    row.path = new_path or row.path
    row.save(update_fields=["name", "name_key", "path"])
    call.emit(row.arn_kind, row.unique_id, "updated")


@operation(
    Access.WRITE,
    on=SERVER_CERTIFICATE,
    rest=Rest("DELETE", "/server-certificates/{server_certificate_name}", status=204),
    errors=(NoSuchEntity, DeleteConflict, LimitExceeded),
)
def delete_server_certificate(call: Call, *, server_certificate_name: ServerCertificateName) -> None:
    """Delete a server certificate with its private key for good."""
    row = certificates.lock(call.account_id, server_certificate_name)
    row.delete()
    call.emit(row.arn_kind, row.unique_id, "deleted", revokes=True)
