"""Reading service-specific credentials."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.service_credentials import secrets, services, shapes
from accounts.service_credentials.models import ServiceSpecificCredential
from accounts.users.models import User
from iamconsole.kernel.errors import NoSuchEntity


def lock(user: User, credential_id: str) -> ServiceSpecificCredential:
    """A user's credential, locked until the transaction ends, or NoSuchEntity."""
    rows = ServiceSpecificCredential.objects.select_for_update().filter(user=user, pk=credential_id)
    row: ServiceSpecificCredential | None = rows.select_related("user").first()
    if row is None:
        raise NoSuchEntity(f"The service specific credential with id {credential_id} cannot be found.")
    return row


def free_name(user: User, service_name: str) -> str:
    """`jane-at-123456789012`, or `jane+1-at-…` where that is taken: the second credential, or a user of that name."""
    rows = ServiceSpecificCredential.objects.filter(account_id=user.account_id, service_name=service_name)
    number = 0
    while rows.filter(service_user_name=(name := _name(user, number))).exists():
        number += 1
    return name


def _name(user: User, number: int) -> str:
    return f"{user.name}{f'+{number}' if number else ''}-at-{user.account_id}"


def verified(
    account_id: str, *, service_name: str, service_user_name: str, secret: str, now: datetime
) -> ServiceSpecificCredential:
    """The active credential of that name and secret; NoSuchEntity for whatever is wrong, without telling what."""
    rows = ServiceSpecificCredential.objects.filter(account_id=account_id, service_name=service_name)
    row: ServiceSpecificCredential | None = (
        rows.filter(service_user_name=service_user_name).select_related("user").first()
    )
    if row is None or not _is_secret_of(row, secret) or row.status(now) != "Active":
        raise NoSuchEntity("There is no active credential for this service with this name and secret.")
    return row


def _is_secret_of(row: ServiceSpecificCredential, secret: str) -> bool:
    return secrets.matches(row.secret_hash, secret, account_id=row.account_id, credential_id=row.id)


def metadata(row: ServiceSpecificCredential, now: datetime) -> shapes.ServiceSpecificCredentialMetadata:
    """The credential as lists show it."""
    return shapes.ServiceSpecificCredentialMetadata(**_members(row, now))


def with_secret(row: ServiceSpecificCredential, secret: str, now: datetime) -> shapes.ServiceSpecificCredentialResult:
    """The credential with its new secret, which nothing can show again."""
    member = "service_credential_secret" if services.has_api_keys(row.service_name) else "service_password"
    return shapes.ServiceSpecificCredentialResult(
        service_specific_credential=shapes.ServiceSpecificCredential(**_members(row, now), **{member: secret})
    )


def _members(row: ServiceSpecificCredential, now: datetime) -> dict[str, Any]:
    name = "service_credential_alias" if services.has_api_keys(row.service_name) else "service_user_name"
    return {
        "user_name": row.user.name,
        "status": row.status(now),
        name: row.service_user_name,
        "create_date": row.created,
        "expiration_date": row.expires,
        "service_specific_credential_id": row.id,
        "service_name": row.service_name,
    }
