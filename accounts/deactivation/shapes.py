"""A deactivation as it is shown."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Arn, OneOf, Shape, Text, Timestamp

CredentialKind = Annotated[str, OneOf(("AccessKey", "SSHPublicKey", "SigningCertificate", "ServiceSpecificCredential"))]
CredentialId = Annotated[str, Text(1, 128, r"[\w]+")]


class CredentialReference(Shape):
    """A credential of a user by its kind and id."""

    kind: CredentialKind
    credential_id: CredentialId


class UserDeactivation(Shape):
    """Since when a user is deactivated, by whom, and what comes back with it.

    `credentials` are those that were active before and are still there. Without them AWSDenyAll was attached in another
    way, and what was active before is not known.
    """

    user_name: str
    deactivation_date: Timestamp
    deactivated_by: Arn | None = None
    credentials: list[CredentialReference] | None = None


class UserDeactivationResult(Shape):
    user_deactivation: UserDeactivation


class UserReactivationResult(Shape):
    """What became active again."""

    credentials: list[CredentialReference]
