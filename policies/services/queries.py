"""Reading services: those an account registered, and the built-in ones."""

from __future__ import annotations

from django.apps import apps

from iamconsole.kernel.errors import NoSuchEntity
from iamconsole.kernel.services import ServicePrincipal
from policies import catalog
from policies.services import shapes
from policies.services.models import RegisteredService
from policies.services.parts import of_definition, parts_of


def registered(account_id: str, prefix: str, *, lock: bool = False) -> RegisteredService:
    """The service that the account registered under a prefix, locked on request, or NoSuchEntity."""
    found = seek(account_id, prefix, lock=lock)
    if found is None:
        raise NoSuchEntity(f"The service with prefix {prefix} cannot be found among those of this account.")
    return found


def seek(account_id: str, prefix: str, *, lock: bool = False) -> RegisteredService | None:
    """The same, or None."""
    rows = RegisteredService.objects.filter(account_id=account_id, prefix=prefix)
    found: RegisteredService | None = (rows.select_for_update() if lock else rows).first()
    return found


def catalogue_of(account_id: str) -> tuple[catalog.Service, ...]:
    """The account's services for `catalog.extended()` and `validation.findings(services=…)`."""
    return tuple(map(_catalogued, RegisteredService.objects.filter(account_id=account_id).order_by("prefix")))


def whole(account_id: str, prefix: str) -> shapes.Service:
    """A registered or built-in service with its parts, or NoSuchEntity."""
    row = seek(account_id, prefix)
    service = _catalogued(row) if row else catalog.service(prefix)
    if service is None:
        raise NoSuchEntity(f"The service with prefix {prefix} cannot be found.")
    summary = summary_of(row) if row else _built_in(service)
    parts = parts_of(service).model_copy(update={"service_linked_role_policy": linked_role_policy(row)})
    return shapes.Service(**dict(summary), **dict(parts))


def linked_role_policy(row: RegisteredService | None) -> str | None:
    """What a service-linked role of the service is allowed; None where the service declares no such role."""
    return row.definition.get("ServiceLinkedRolePolicy") if row else None


def has_linked_roles(row: RegisteredService) -> bool:
    """Whether the account has service-linked roles of the service."""
    path = f"/aws-service-role/{ServicePrincipal(row.account_id, row.prefix).name}/"
    roles = apps.get_model("accounts.Role").objects
    found: bool = roles.filter(account_id=row.account_id, path=path).exists()
    return found


def listed(account_id: str, scope: str) -> list[shapes.ServiceSummary]:
    """The services of a scope, without their parts."""
    local = RegisteredService.objects.filter(account_id=account_id).defer("definition") if scope != "BuiltIn" else ()
    shown = [summary_of(row) for row in local]
    if scope != "Local":
        shown += [_built_in(service) for prefix in catalog.services() if (service := catalog.service(prefix))]
    return shown


def summary_of(row: RegisteredService) -> shapes.ServiceSummary:
    """A registered service without its parts."""
    return shapes.ServiceSummary(
        service_prefix=row.prefix,
        service_name=row.name,
        is_built_in=False,
        create_date=row.created,
        update_date=row.updated,
    )


def _built_in(service: catalog.Service) -> shapes.ServiceSummary:
    return shapes.ServiceSummary(service_prefix=service.prefix, service_name=service.name, is_built_in=True)


def _catalogued(row: RegisteredService) -> catalog.Service:
    return of_definition(row.prefix, row.name, row.definition)
