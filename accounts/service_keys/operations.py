"""What can be done with access keys of services: whoever has one is the service."""

from __future__ import annotations

from accounts.access_keys import secrets
from accounts.service_keys import shapes
from accounts.service_keys.models import ServiceAccessKey
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import ConcurrentModification, LimitExceeded, NoSuchEntity
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.services import ServicePrincipal
from iamconsole.kernel.shapes import AccessKeyId, Marker, MaxItems
from iamconsole.storage.identifiers import Prefix, secret_access_key
from iamconsole.storage.identifiers import access_key_id as new_access_key_id
from policies.services import queries as services
from policies.services.resources import OWN, SERVICE
from policies.services.shapes import ServicePrefix

KEYS = "/services/{service_prefix}/access-keys"
ONE = f"{KEYS}/{{access_key_id}}"


@operation(
    Access.WRITE,
    on=SERVICE,
    service=OWN,
    implies=(Implied("iam:CreateAccessKey", SERVICE),),
    rest=Rest("POST", KEYS, status=201),
    errors=(NoSuchEntity, LimitExceeded, ConcurrentModification),
)
def create_service_access_key(call: Call, *, service_prefix: ServicePrefix) -> shapes.CreateServiceAccessKeyResult:
    """Create an access key with which a registered service acts as itself; the secret is shown this once.

    The service may assume roles that trust it and ask for decisions about its own actions, nothing else. It has two
    slots, so that one key can take over from the other. It takes iam:CreateAccessKey on the service as well: policies
    that leave out all of IAM, such as PowerUserAccess, let nobody become a service.
    """
    service = services.registered(call.account_id, service_prefix, lock=True)
    taken = set(ServiceAccessKey.objects.filter(service=service).values_list("slot", flat=True))
    quota = call.quota("AccessKeysPerService")
    quota.check(len(taken))
    key_id, secret = new_access_key_id(call.account_id, Prefix.SERVICE_KEY), secret_access_key()
    key = ServiceAccessKey.objects.create(
        id=key_id,
        account_id=call.account_id,
        service=service,
        slot=min(set(range(1, quota.limit + 1)) - taken),
        sealed_secret=secrets.seal(secret, account_id=call.account_id, access_key_id=key_id),
        created=call.time,
    )
    call.emit("service_key", key_id, "created")
    return shapes.CreateServiceAccessKeyResult(
        access_key=shapes.ServiceAccessKey(
            service_prefix=service_prefix,
            service_principal=ServicePrincipal(call.account_id, service_prefix).name,
            access_key_id=key_id,
            status=key.status,
            secret_access_key=secret,
            create_date=key.created,
        )
    )


@operation(
    Access.LIST,
    on=SERVICE,
    service=OWN,
    pages="access_key_metadata",
    rest=Rest("GET", KEYS),
    errors=(NoSuchEntity,),
)
def list_service_access_keys(
    call: Call, *, service_prefix: ServicePrefix, marker: Marker | None = None, max_items: MaxItems | None = None
) -> shapes.ListServiceAccessKeysResult:
    """List the access keys of a registered service without their secrets, and when each was last used."""
    service = services.registered(call.account_id, service_prefix)
    rows = ServiceAccessKey.objects.filter(service=service)
    found, rest = page(rows, by="id", marker=marker, max_items=max_items)
    name = ServicePrincipal(call.account_id, service_prefix).name
    return shapes.ListServiceAccessKeysResult(
        access_key_metadata=[
            shapes.ServiceAccessKeyMetadata(
                service_prefix=service_prefix,
                service_principal=name,
                access_key_id=key.id,
                status=key.status,
                create_date=key.created,
                last_used_date=key.last_used,
                last_used_service=key.last_used_service or "N/A",
                last_used_region=key.last_used_region or "N/A",
            )
            for key in found
        ],
        **rest,
    )


def _lock(call: Call, prefix: str, key_id: str) -> ServiceAccessKey:
    service = services.registered(call.account_id, prefix, lock=True)
    key: ServiceAccessKey | None = (
        ServiceAccessKey.objects.select_for_update().filter(service=service, pk=key_id).first()
    )
    if key is None:
        raise NoSuchEntity(f"The Access Key with id {key_id} cannot be found.")
    return key


@operation(
    Access.WRITE,
    on=SERVICE,
    service=OWN,
    rest=Rest("PATCH", ONE, status=204),
    errors=(NoSuchEntity, ConcurrentModification),
)
def update_service_access_key(
    call: Call, *, service_prefix: ServicePrefix, access_key_id: AccessKeyId, status: shapes.KeyStatus
) -> None:
    """Make an access key of a service inactive, so that the next request with it is refused, or active again."""
    key = _lock(call, service_prefix, access_key_id)
    key.active = status == "Active"
    key.save(update_fields=["active"])
    call.emit("service_key", key.id, "updated", revokes=not key.active)


@operation(
    Access.WRITE,
    on=SERVICE,
    service=OWN,
    rest=Rest("DELETE", ONE, status=204),
    errors=(NoSuchEntity, ConcurrentModification),
)
def delete_service_access_key(call: Call, *, service_prefix: ServicePrefix, access_key_id: AccessKeyId) -> None:
    """Delete an access key of a service for good; sessions of roles that it assumed go on until they end."""
    _lock(call, service_prefix, access_key_id).delete()
    call.emit("service_key", access_key_id, "deleted", revokes=True)
