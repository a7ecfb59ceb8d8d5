"""What can be done with services."""

from __future__ import annotations

from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    ConcurrentModification,
    DeleteConflict,
    EntityAlreadyExists,
    InvalidInput,
    LimitExceeded,
    MalformedPolicyDocument,
    NoSuchEntity,
)
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.paging import page_of_list
from iamconsole.kernel.shapes import Marker, MaxItems, PolicyDocument
from iamconsole.storage.tenant import lock_account
from policies.services import checks, shapes
from policies.services import queries as services
from policies.services.models import RegisteredService
from policies.services.resources import LINKED_ROLES, OWN, SERVICE, SERVICES

GRANTING = Implied("iam:PutRolePolicy", LINKED_ROLES, when="service_linked_role_policy")
"""Whoever says what service-linked roles are allowed writes policies of roles."""


@operation(
    Access.WRITE,
    on=SERVICE,
    service=OWN,
    implies=(GRANTING,),
    rest=Rest("POST", "/services", status=201),
    errors=(EntityAlreadyExists, InvalidInput, LimitExceeded, MalformedPolicyDocument, ConcurrentModification),
)
def register_service(
    call: Call,
    *,
    service_prefix: shapes.ServicePrefix,
    service_name: shapes.ServiceName,
    actions: shapes.Actions,
    resource_types: shapes.ResourceTypes = [],  # noqa: B006
    condition_keys: shapes.ConditionKeys = [],  # noqa: B006
    service_linked_role_policy: PolicyDocument | None = None,
) -> shapes.ServiceSummaryResult:
    """Register a service of your own, so that policies can name its actions, resources and condition keys.

    The prefix must differ from those of AWS's services. Condition keys begin with the prefix; parts may name global
    keys such as aws:ResourceTag/${TagKey} as well. With ServiceLinkedRolePolicy, what a service-linked role of the
    service is allowed, CreateServiceLinkedRole makes such a role; that takes iam:PutRolePolicy on it as well.
    """
    checks.refuse_built_in(service_prefix)
    lock_account(call.account_id)
    if services.seek(call.account_id, service_prefix):
        raise EntityAlreadyExists(f"Service with prefix {service_prefix} already exists.")
    present = RegisteredService.objects.filter(account_id=call.account_id).count()
    call.quota("ServicesPerAccount").check(present)
    parts = shapes.Definition(
        actions=actions,
        resource_types=resource_types,
        condition_keys=condition_keys,
        service_linked_role_policy=service_linked_role_policy,
    )
    row = RegisteredService.objects.create(
        account_id=call.account_id,
        prefix=service_prefix,
        name=service_name,
        definition=checks.checked(call, service_prefix, parts).model_dump(by_alias=True),
        created=call.time,
        updated=call.time,
    )
    call.emit("service", service_prefix, "created")
    return shapes.ServiceSummaryResult(service=services.summary_of(row))


@operation(
    Access.READ,
    on=SERVICE,
    service=OWN,
    rest=Rest("GET", "/services/{service_prefix}"),
    errors=(NoSuchEntity,),
)
def get_service(call: Call, *, service_prefix: shapes.ExistingServicePrefix) -> shapes.GetServiceResult:
    """Show a registered or built-in service: its actions, resource types and condition keys."""
    return shapes.GetServiceResult(service=services.whole(call.account_id, service_prefix))


@operation(Access.LIST, on=SERVICES, service=OWN, pages="services", rest=Rest("GET", "/services"))
def list_services(
    call: Call,
    *,
    scope: shapes.ServiceScope = "Local",
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.ListServicesResult:
    """List services by prefix: those the account registered (`Local`), the built-in ones (`BuiltIn`) or both."""
    listed = services.listed(call.account_id, scope)
    found, rest = page_of_list(listed, key=lambda each: each.service_prefix, marker=marker, max_items=max_items)
    return shapes.ListServicesResult(services=found, **rest)


@operation(
    Access.WRITE,
    on=SERVICE,
    service=OWN,
    implies=(GRANTING,),
    rest=Rest("PUT", "/services/{service_prefix}"),
    errors=(NoSuchEntity, InvalidInput, LimitExceeded, MalformedPolicyDocument, ConcurrentModification),
)
def update_service(
    call: Call,
    *,
    service_prefix: shapes.ServicePrefix,
    service_name: shapes.ServiceName,
    actions: shapes.Actions,
    resource_types: shapes.ResourceTypes = [],  # noqa: B006
    condition_keys: shapes.ConditionKeys = [],  # noqa: B006
    service_linked_role_policy: PolicyDocument | None = None,
) -> shapes.ServiceSummaryResult:
    """Replace the name and all parts of a registered service; what is left out is gone.

    Policies that name what is gone stay as they are: validation will point them out. So do service-linked roles: what
    ServiceLinkedRolePolicy says holds for those made from now on.
    """
    row = services.registered(call.account_id, service_prefix, lock=True)
    parts = shapes.Definition(
        actions=actions,
        resource_types=resource_types,
        condition_keys=condition_keys,
        service_linked_role_policy=service_linked_role_policy,
    )
    row.definition = checks.checked(call, service_prefix, parts).model_dump(by_alias=True)
    row.name, row.updated = service_name, call.time
    row.save(update_fields=["name", "definition", "updated"])
    call.emit("service", service_prefix, "updated")
    return shapes.ServiceSummaryResult(service=services.summary_of(row))


@operation(
    Access.WRITE,
    on=SERVICE,
    service=OWN,
    rest=Rest("DELETE", "/services/{service_prefix}", status=204),
    errors=(NoSuchEntity, DeleteConflict, ConcurrentModification),
)
def deregister_service(call: Call, *, service_prefix: shapes.ServicePrefix) -> None:
    """Forget a registered service that has no keys, service-linked roles, resource policies or users' credentials.

    Other roles that trust it trust whoever registers its prefix in this account again.
    """
    row = services.registered(call.account_id, service_prefix, lock=True)
    if row.resource_policies.filter(account_id=call.account_id).exists():
        raise DeleteConflict("Cannot delete entity, must delete the policies of its resources first.")
    if row.credentials.filter(account_id=call.account_id).exists():
        raise DeleteConflict("Cannot delete entity, must delete the credentials for it first.")
    if row.access_keys.filter(account_id=call.account_id).exists():
        raise DeleteConflict("Cannot delete entity, must delete access keys first.")
    if services.has_linked_roles(row):
        raise DeleteConflict("Cannot delete entity, must delete its service-linked roles first.")
    row.delete()
    call.emit("service", service_prefix, "deleted", revokes=True)
