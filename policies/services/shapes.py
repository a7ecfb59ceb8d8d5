"""Services as the API takes and shows them."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.services import PREFIX
from iamconsole.kernel.shapes import Items, OneOf, Paged, PolicyDocument, Shape, Text, Timestamp
from policies.catalog import AccessLevel, ValueType

ServicePrefix = Annotated[str, Text(2, 32, PREFIX)]
ExistingServicePrefix = Annotated[str, Text(1, 64, r"[a-z0-9-]+")]
ServiceName = Annotated[str, Text(1, 128, r"[\u0020-\u007E\u00A1-\u00FF]+")]
ServiceScope = Annotated[str, OneOf(("Local", "BuiltIn", "All"))]
ActionName = Annotated[str, Text(1, 128, r"[A-Za-z][A-Za-z0-9]*")]
ResourceTypeName = Annotated[str, Text(1, 128, r"[A-Za-z0-9][A-Za-z0-9._-]*")]
ConditionKeyName = Annotated[str, Text(3, 256, r"[\u0021-\u007E]+")]
ArnTemplate = Annotated[str, Text(1, 512, r"[\u0021-\u007E]+")]
Description = Annotated[str, Text(None, 1000, r"[\u0009\u000A\u000D\u0020-\U0010FFFF]*")]
AccessLevelName = Annotated[str, OneOf(tuple(level.value for level in AccessLevel))]
ValueTypeName = Annotated[str, OneOf(tuple(kind.value for kind in ValueType))]
ConditionKeyNames = Annotated[list[ConditionKeyName], Items(None, 128)]


class ServiceAction(Shape):
    """What can be done; resource types and condition keys are named by those of the service."""

    name: ActionName
    access_level: AccessLevelName
    resource_types: Annotated[list[ResourceTypeName], Items(None, 128)] = []
    condition_keys: ConditionKeyNames = []
    description: Description = ""


class ServiceResourceType(Shape):
    """A kind of resource; its ARNs have places to fill: `arn:${Partition}:orders:::order/${OrderId}`."""

    name: ResourceTypeName
    arn_template: ArnTemplate
    condition_keys: ConditionKeyNames = []


class ServiceConditionKey(Shape):
    """A key that requests to the service carry: `orders:Priority`; `orders:Label/${Key}` has a place to fill."""

    name: ConditionKeyName
    type: ValueTypeName = "String"
    multivalued: bool = False
    description: Description = ""


Actions = Annotated[list[ServiceAction], Items(1, 500)]
ResourceTypes = Annotated[list[ServiceResourceType], Items(None, 200)]
ConditionKeys = Annotated[list[ServiceConditionKey], Items(None, 200)]


class Definition(Shape):
    """The parts of a service. Built-in services may have more of them than can be registered.

    `service_linked_role_policy` is what its service-linked role will be allowed; without it there can be none.
    """

    actions: list[ServiceAction]
    resource_types: list[ServiceResourceType] = []
    condition_keys: list[ServiceConditionKey] = []
    service_linked_role_policy: PolicyDocument | None = None


class ServiceSummary(Shape):
    """A service without its parts; built-in services have no dates."""

    service_prefix: str
    service_name: str
    is_built_in: bool
    create_date: Timestamp | None = None
    update_date: Timestamp | None = None


class Service(ServiceSummary, Definition):
    """A service with its parts; of condition keys only its own, not the global ones."""


class ServiceSummaryResult(Shape):
    service: ServiceSummary


class GetServiceResult(Shape):
    service: Service


class ListServicesResult(Paged):
    services: list[ServiceSummary]
