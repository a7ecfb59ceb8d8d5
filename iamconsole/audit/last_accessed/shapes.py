"""Last accesses as AWS shows them."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Arn, Items, OneOf, Paged, Path, PolicyName, Shape, Text, Timestamp

Granularity = Annotated[str, OneOf(("SERVICE_LEVEL", "ACTION_LEVEL"))]
JobId = Annotated[str, Text(36, 36)]
JobStatus = Annotated[str, OneOf(("IN_PROGRESS", "COMPLETED", "FAILED"))]
ServiceNamespace = Annotated[str, Text(1, 64, r"[\w-]*")]
ServiceNamespaces = Annotated[list[ServiceNamespace], Items(1, 200)]
EntityKind = Annotated[str, OneOf(("USER", "ROLE", "GROUP"))]
PolicyKind = Annotated[str, OneOf(("INLINE", "MANAGED"))]


class GenerateServiceLastAccessedDetailsResult(Shape):
    job_id: JobId


class TrackedActionLastAccessed(Shape):
    """An action that is allowed, and when anybody last asked for it; without a time nobody did."""

    action_name: str
    last_accessed_entity: Arn | None = None
    last_accessed_time: Timestamp | None = None
    last_accessed_region: str | None = None


class ServiceLastAccessed(Shape):
    """A service that is open to the entity, and when anybody last asked it for something."""

    service_name: str
    last_authenticated: Timestamp | None = None
    service_namespace: ServiceNamespace
    last_authenticated_entity: Arn | None = None
    last_authenticated_region: str | None = None
    total_authenticated_entities: int
    tracked_actions_last_accessed: list[TrackedActionLastAccessed] | None = None


class ErrorDetails(Shape):
    message: str
    code: str


class GetServiceLastAccessedDetailsResult(Paged):
    job_status: JobStatus
    job_type: Granularity
    job_creation_date: Timestamp
    services_last_accessed: list[ServiceLastAccessed]
    job_completion_date: Timestamp
    error: ErrorDetails | None = None


class EntityInfo(Shape):
    arn: Arn
    name: str
    type: EntityKind
    id: str
    path: Path


class EntityDetails(Shape):
    """A user or role to whom the service is open, and when it last asked for something."""

    entity_info: EntityInfo
    last_authenticated: Timestamp | None = None


class GetServiceLastAccessedDetailsWithEntitiesResult(Paged):
    job_status: JobStatus
    job_creation_date: Timestamp
    job_completion_date: Timestamp
    entity_details_list: list[EntityDetails]
    error: ErrorDetails | None = None


class PolicyGrantingServiceAccess(Shape):
    """A policy that opens the service; the entity is that of an inline policy."""

    policy_name: PolicyName
    policy_type: PolicyKind
    policy_arn: Arn | None = None
    entity_type: EntityKind | None = None
    entity_name: str | None = None


class ListPoliciesGrantingServiceAccessEntry(Shape):
    service_namespace: ServiceNamespace
    policies: list[PolicyGrantingServiceAccess]


class ListPoliciesGrantingServiceAccessResult(Paged):
    policies_granting_service_access: list[ListPoliciesGrantingServiceAccessEntry]
