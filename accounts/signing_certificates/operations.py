"""What can be done with signing certificates."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256

from accounts.certificates import pem, strength
from accounts.certificates.shapes import CertificateBody
from accounts.signing_certificates import shapes
from accounts.signing_certificates.models import SigningCertificate
from accounts.users import queries as users
from accounts.users.models import User
from accounts.users.resources import USER_OR_CALLER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    ConcurrentModification,
    DuplicateCertificate,
    EntityAlreadyExists,
    InvalidCertificate,
    InvalidInput,
    LimitExceeded,
    MalformedCertificate,
    NoSuchEntity,
)
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.shapes import ExistingUserName, Marker, MaxItems, Status
from iamconsole.storage.identifiers import certificate_id as new_certificate_id


@operation(
    Access.WRITE,
    on=USER_OR_CALLER,
    rest=Rest("POST", "/users/{user_name}/signing-certificates", status=201),
    errors=(
        LimitExceeded,
        EntityAlreadyExists,
        MalformedCertificate,
        InvalidCertificate,
        DuplicateCertificate,
        NoSuchEntity,
        ConcurrentModification,
    ),
)
def upload_signing_certificate(
    call: Call, *, user_name: ExistingUserName | None = None, certificate_body: CertificateBody
) -> shapes.UploadSigningCertificateResult:
    """Give a user, or the caller, an X.509 certificate for what he signs; one certificate has one user.

    One PEM certificate that is valid today, for an RSA key of at least 2048 bits or one on a NIST curve.
    """
    user = users.named_or_caller(call, user_name, lock=True)
    certificate = pem.certificate(certificate_body, now=call.time)
    if complaint := strength.complaint(certificate.public_key()):
        raise InvalidCertificate(f"The certificate is invalid: {complaint}.")
    fingerprint = certificate.fingerprint(SHA256()).hex()
    if SigningCertificate.objects.filter(account_id=call.account_id, fingerprint=fingerprint).exists():
        raise DuplicateCertificate("The same certificate is associated with an IAM user in the account.")
    call.quota("SigningCertificatesPerUser").check(SigningCertificate.objects.filter(user=user).count())
    row = SigningCertificate.objects.create(
        id=new_certificate_id(),
        account_id=call.account_id,
        user=user,
        body=pem.text_of(certificate),
        fingerprint=fingerprint,
        uploaded=call.time,
    )
    call.emit("signing_certificate", row.id, "created")
    return shapes.UploadSigningCertificateResult(certificate=_shown(row, user))


def _shown(row: SigningCertificate, user: User) -> shapes.SigningCertificate:
    return shapes.SigningCertificate(
        user_name=user.shown_name,
        certificate_id=row.id,
        certificate_body=row.body,
        status=row.status,
        upload_date=row.uploaded,
    )


@operation(
    Access.LIST,
    on=USER_OR_CALLER,
    pages="certificates",
    rest=Rest("GET", "/users/{user_name}/signing-certificates"),
    errors=(NoSuchEntity,),
)
def list_signing_certificates(
    call: Call,
    *,
    user_name: ExistingUserName | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.ListSigningCertificatesResult:
    """List the signing certificates of a user, or of the caller."""
    user = users.named_or_caller(call, user_name)
    found, rest = page(SigningCertificate.objects.filter(user=user), by="id", marker=marker, max_items=max_items)
    return shapes.ListSigningCertificatesResult(certificates=[_shown(row, user) for row in found], **rest)


def _lock(call: Call, user_name: str | None, certificate_id: str) -> SigningCertificate:
    user = users.named_or_caller(call, user_name, lock=True)
    rows = SigningCertificate.objects.select_for_update().filter(user=user, pk=certificate_id)
    row: SigningCertificate | None = rows.first()
    if row is None:
        raise NoSuchEntity(f"The Certificate with id {certificate_id} cannot be found.")
    return row


@operation(
    Access.WRITE,
    on=USER_OR_CALLER,
    rest=Rest("PATCH", "/users/{user_name}/signing-certificates/{certificate_id}", status=204),
    errors=(NoSuchEntity, LimitExceeded, InvalidInput),
)
def update_signing_certificate(
    call: Call, *, user_name: ExistingUserName | None = None, certificate_id: shapes.CertificateId, status: Status
) -> None:
    """Make a signing certificate inactive, or active again."""
    if status == "Expired":
        raise InvalidInput("A certificate expires at the time it names itself; set Active or Inactive.")
    row = _lock(call, user_name, certificate_id)
    row.active = status == "Active"
    row.save(update_fields=["active"])
    call.emit("signing_certificate", row.id, "updated", revokes=not row.active)


@operation(
    Access.WRITE,
    on=USER_OR_CALLER,
    rest=Rest("DELETE", "/users/{user_name}/signing-certificates/{certificate_id}", status=204),
    errors=(NoSuchEntity, LimitExceeded, ConcurrentModification),
)
def delete_signing_certificate(
    call: Call, *, user_name: ExistingUserName | None = None, certificate_id: shapes.CertificateId
) -> None:
    """Delete a signing certificate for good."""
    _lock(call, user_name, certificate_id).delete()
    call.emit("signing_certificate", certificate_id, "deleted", revokes=True)
