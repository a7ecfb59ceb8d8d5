"""Signing certificates as AWS shows them."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Paged, Shape, Status, Text, Timestamp

CertificateId = Annotated[str, Text(24, 128, r"[\w]+")]


class SigningCertificate(Shape):
    """A user's certificate; the root user's has no `user_name`."""

    user_name: str | None = None
    certificate_id: CertificateId
    certificate_body: str
    status: Status
    upload_date: Timestamp


class UploadSigningCertificateResult(Shape):
    certificate: SigningCertificate


class ListSigningCertificatesResult(Paged):
    certificates: list[SigningCertificate]
