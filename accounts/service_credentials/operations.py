"""What can be done with service-specific credentials."""

from __future__ import annotations

from datetime import timedelta

from accounts.service_credentials import queries as credentials
from accounts.service_credentials import secrets, services, shapes
from accounts.service_credentials.models import ServiceSpecificCredential
from accounts.service_credentials.resources import OWNER_OF_CREDENTIAL, SERVICE_NAME, USER_OR_ALL_USERS
from accounts.users import queries as users
from accounts.users.resources import USER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import LimitExceeded, NoSuchEntity, ServiceNotSupported, ValidationError
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.shapes import Marker, MaxItems, Status, UserName
from iamconsole.storage.identifiers import Prefix, unique_id

ONE = "/users/{user_name}/service-specific-credentials/{service_specific_credential_id}"


@operation(
    Access.WRITE,
    on=USER,
    conditions={SERVICE_NAME: "service_name", "iam:ServiceSpecificCredentialAgeDays": "credential_age_days"},
    rest=Rest("POST", "/users/{user_name}/service-specific-credentials", status=201),
    errors=(LimitExceeded, NoSuchEntity, ServiceNotSupported),
)
def create_service_specific_credential(
    call: Call,
    *,
    user_name: UserName,
    service_name: shapes.ServiceName,
    credential_age_days: shapes.CredentialAgeDays | None = None,
) -> shapes.ServiceSpecificCredentialResult:
    """Generate a name and secret that let a user into one service; the secret is shown this once.

    A user may have two for each service. Bedrock and CloudWatch Logs get API keys. The prefix of a service that the
    account registered is a service name as well.
    """
    user = users.lock(call.account_id, user_name)
    service = services.taker(call.account_id, service_name)
    services.demand_ages(service, credential_age_days)
    present = ServiceSpecificCredential.objects.filter(user=user, service_name=service.name).count()
    call.quota("ServiceSpecificCredentialsPerUser").check(present)
    row = ServiceSpecificCredential(
        id=unique_id(Prefix.SERVICE_CREDENTIAL),
        account_id=call.account_id,
        user=user,
        service_name=service.name,
        service=service.row,
        service_user_name=credentials.free_name(user, service.name),
        created=call.time,
        expires=call.time + timedelta(days=credential_age_days) if credential_age_days else None,
    )
    secret = _renew(row)
    row.save(force_insert=True)
    call.emit("service_specific_credential", row.id, "created")
    return credentials.with_secret(row, secret, call.time)


def _renew(row: ServiceSpecificCredential) -> str:
    """Give the credential a new secret, of which it keeps the hash."""
    api_key = services.has_api_keys(row.service_name)
    secret = secrets.new_api_key(row.service_user_name) if api_key else secrets.new_password()
    row.secret_hash = secrets.keyed_hash(secret, account_id=row.account_id, credential_id=row.id)
    return secret


@operation(
    Access.LIST,
    on=USER_OR_ALL_USERS,
    rest=Rest("GET", "/service-specific-credentials"),
    errors=(NoSuchEntity, ServiceNotSupported),
)
def list_service_specific_credentials(
    call: Call,
    *,
    user_name: UserName | None = None,
    service_name: shapes.ServiceName | None = None,
    all_users: bool | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.ListServiceSpecificCredentialsResult:
    """List the service-specific credentials of a user, of the calling user or of all users, without their secrets."""
    if all_users and user_name:
        raise ValidationError("AllUsers cannot be specified together with UserName.")
    rows = ServiceSpecificCredential.objects.filter(account_id=call.account_id)
    if not all_users:
        rows = rows.filter(user=users.named_or_calling_user(call, user_name))
    if service_name is not None:
        rows = rows.filter(service_name=services.taker(call.account_id, service_name).name)
    found, rest = page(rows.select_related("user"), by="id", marker=marker, max_items=max_items)
    return shapes.ListServiceSpecificCredentialsResult(
        service_specific_credentials=[credentials.metadata(row, call.time) for row in found], **rest
    )


@operation(Access.WRITE, on=OWNER_OF_CREDENTIAL, rest=Rest("PATCH", ONE, status=204), errors=(NoSuchEntity,))
def update_service_specific_credential(
    call: Call,
    *,
    user_name: UserName | None = None,
    service_specific_credential_id: shapes.ServiceSpecificCredentialId,
    status: Status,
) -> None:
    """Make a service-specific credential inactive, or active again."""
    if status == "Expired":
        raise ValidationError("A credential expires by its age alone; set Active or Inactive.")
    user = users.named_or_calling_user(call, user_name, lock=True)
    row = credentials.lock(user, service_specific_credential_id)
    row.active = status == "Active"
    row.save(update_fields=["active"])
    call.emit("service_specific_credential", row.id, "updated", revokes=not row.active)


@operation(Access.WRITE, on=OWNER_OF_CREDENTIAL, rest=Rest("POST", f"{ONE}/reset"), errors=(NoSuchEntity,))
def reset_service_specific_credential(
    call: Call, *, user_name: UserName | None = None, service_specific_credential_id: shapes.ServiceSpecificCredentialId
) -> shapes.ServiceSpecificCredentialResult:
    """Replace the secret of a service-specific credential; the old one is refused from now on.

    The new secret is shown this once. Status and expiration stay.
    """
    user = users.named_or_calling_user(call, user_name, lock=True)
    row = credentials.lock(user, service_specific_credential_id)
    secret = _renew(row)
    row.save(update_fields=["secret_hash"])
    call.emit("service_specific_credential", row.id, "updated", revokes=True)
    return credentials.with_secret(row, secret, call.time)


@operation(Access.WRITE, on=OWNER_OF_CREDENTIAL, rest=Rest("DELETE", ONE, status=204), errors=(NoSuchEntity,))
def delete_service_specific_credential(
    call: Call, *, user_name: UserName | None = None, service_specific_credential_id: shapes.ServiceSpecificCredentialId
) -> None:
    """Delete a service-specific credential for good."""
    user = users.named_or_calling_user(call, user_name, lock=True)
    credentials.lock(user, service_specific_credential_id).delete()
    call.emit("service_specific_credential", service_specific_credential_id, "deleted", revokes=True)
