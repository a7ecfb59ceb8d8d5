"""What is a permission used for? When services and actions that somebody may use were last asked for."""

from __future__ import annotations

import uuid
from typing import Any

from accounts.reports.models import LastAccessedJob
from accounts.simulation import queries as entities
from accounts.users.models import User
from iamconsole.audit.last_accessed import granting, queries, shapes, subjects
from iamconsole.audit.last_accessed.subjects import ENTITIES, SUBJECTS, Subject
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.paging import page_of_list
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Arn, Marker, MaxItems

JOBS = "/service-last-accessed-details"
GONE = shapes.ErrorDetails(code="NoSuchEntity", message="The entity was deleted after it was asked about.")


@operation(Access.WRITE, on=SUBJECTS, rest=Rest("POST", JOBS, status=201), errors=(NoSuchEntity, InvalidInput))
def generate_service_last_accessed_details(
    call: Call, *, arn: Arn, granularity: shapes.Granularity = "SERVICE_LEVEL"
) -> shapes.GenerateServiceLastAccessedDetailsResult:
    """Ask when the services that a user, group, role or policy opens were last asked for something.

    The job is complete at once, and whoever asked, and nobody else, gets the answer for seven days.
    """
    subjects.find(call.account_id, arn)
    job = LastAccessedJob.objects.create(
        id=str(uuid.uuid4()),
        account_id=call.account_id,
        arn=arn,
        granularity=granularity,
        asked_by=call.principal.user_id,
        created=call.time,
    )
    call.emit("last_accessed_job", job.pk, "created")
    return shapes.GenerateServiceLastAccessedDetailsResult(job_id=job.pk)


def _job(call: Call, job_id: str) -> LastAccessedJob:
    mine = LastAccessedJob.objects.filter(account_id=call.account_id, asked_by=call.principal.user_id)
    found: LastAccessedJob | None = mine.filter(pk=job_id).first()
    if found is None:
        raise NoSuchEntity(f"Request with JobId {job_id} cannot be found.")
    return found


def _subject(job: LastAccessedJob) -> Subject | None:
    """Whom the job is about; None once it is deleted."""
    try:
        return subjects.find(job.account_id, job.arn)
    except NoSuchEntity:
        return None


def _said(job: LastAccessedJob, subject: Subject | None) -> dict[str, Any]:
    """What both answers say of their job."""
    return {
        "job_status": "COMPLETED" if subject else "FAILED",
        "job_creation_date": job.created,
        "job_completion_date": job.created,
        "error": None if subject else GONE,
    }


@operation(Access.READ, on=ANYTHING, rest=Rest("GET", JOBS + "/{job_id}"), errors=(NoSuchEntity, InvalidInput))
def get_service_last_accessed_details(
    call: Call, *, job_id: shapes.JobId, marker: Marker | None = None, max_items: MaxItems | None = None
) -> shapes.GetServiceLastAccessedDetailsResult:
    """Show the services that the entity of a job may use, each with the last attempt of the past 400 days."""
    job = _job(call, job_id)
    subject = _subject(job)
    open_to_it = granting.services(subject.policies) if subject else []
    services, rest = page_of_list(open_to_it, key=str, marker=marker, max_items=max_items)
    details = job.granularity == "ACTION_LEVEL"
    return shapes.GetServiceLastAccessedDetailsResult(
        job_type=job.granularity,
        services_last_accessed=(
            queries.of_services(call.account_id, subject, services, with_actions=details) if subject else []
        ),
        **_said(job, subject),
        **rest,
    )


@operation(
    Access.READ,
    on=ANYTHING,
    rest=Rest("GET", JOBS + "/{job_id}/services/{service_namespace}"),
    errors=(NoSuchEntity, InvalidInput),
)
def get_service_last_accessed_details_with_entities(
    call: Call,
    *,
    job_id: shapes.JobId,
    service_namespace: shapes.ServiceNamespace,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.GetServiceLastAccessedDetailsWithEntitiesResult:
    """Show the users and roles to whom a group or policy opens a service, each with its last attempt."""
    job = _job(call, job_id)
    subject = _subject(job)
    opened = subject is not None and any(granting.grants(each, service_namespace) for each in subject.policies)
    principals = list(subject.principals) if subject and opened else []
    found, rest = page_of_list(principals, key=lambda row: row.unique_id, marker=marker, max_items=max_items)
    last = queries.of_principals(call.account_id, subject, service_namespace) if subject and found else {}
    return shapes.GetServiceLastAccessedDetailsWithEntitiesResult(
        entity_details_list=[
            shapes.EntityDetails(entity_info=_info(row), last_authenticated=last.get(row.unique_id)) for row in found
        ],
        **_said(job, subject),
        **rest,
    )


def _info(row: Any) -> shapes.EntityInfo:
    kind = "USER" if isinstance(row, User) else "ROLE"
    return shapes.EntityInfo(arn=row.arn, name=row.name, type=kind, id=row.unique_id, path=row.path)


@operation(
    Access.LIST, on=ENTITIES, rest=Rest("GET", "/policies-granting-service-access"), errors=(NoSuchEntity, InvalidInput)
)
def list_policies_granting_service_access(
    call: Call, *, marker: Marker | None = None, arn: Arn, service_namespaces: shapes.ServiceNamespaces
) -> shapes.ListPoliciesGrantingServiceAccessResult:
    """List the policies of a user, group or role that open services to it, service by service."""
    row = entities.find(call.account_id, entities.named_by(arn))
    attached = entities.attached_to(row)
    asked, rest = page_of_list(list(dict.fromkeys(service_namespaces)), key=str, marker=marker, max_items=None)
    return shapes.ListPoliciesGrantingServiceAccessResult(
        policies_granting_service_access=[
            shapes.ListPoliciesGrantingServiceAccessEntry(
                service_namespace=service,
                policies=[_shown(each) for each in attached if granting.grants(each.bound.compiled, service)],
            )
            for service in asked
        ],
        **rest,
    )


def _shown(attached: entities.Attached) -> shapes.PolicyGrantingServiceAccess:
    source = attached.source
    if attached.owner:
        return shapes.PolicyGrantingServiceAccess(
            policy_name=source.name,
            policy_type="INLINE",
            entity_type=source.type.upper(),
            entity_name=attached.owner,
        )
    return shapes.PolicyGrantingServiceAccess(policy_name=source.name, policy_type="MANAGED", policy_arn=source.arn)
