"""What can be done with the policies of resources."""

from __future__ import annotations

from accounts.principals.queries import bindings
from accounts.resource_policies import arns
from accounts.resource_policies import queries as policies
from accounts.resource_policies.models import ResourcePolicy
from accounts.resource_policies.resources import HELD, RESOURCE_POLICIES
from accounts.resource_policies.shapes import (
    ArnMarker,
    GetResourcePolicyResult,
    ListResourcePoliciesResult,
    ResourceArn,
    ResourcePolicySummaryResult,
)
from accounts.tenancy import queries as tenancy
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    ConcurrentModification,
    InvalidInput,
    LimitExceeded,
    MalformedPolicyDocument,
    NoSuchEntity,
)
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.shapes import MaxItems, PolicyDocument
from policies.documents import checks
from policies.engine import PolicyKind
from policies.services import queries as services
from policies.services.resources import OWN
from policies.services.shapes import ExistingServicePrefix


@operation(
    Access.PERMISSIONS,
    on=HELD,
    service=OWN,
    rest=Rest("PUT", "/resource-policy"),
    errors=(InvalidInput, LimitExceeded, MalformedPolicyDocument, ConcurrentModification),
)
def put_resource_policy(
    call: Call, *, resource_arn: ResourceArn, policy_document: PolicyDocument
) -> ResourcePolicySummaryResult:
    """Give a resource of the account its policy, or replace the one it has.

    It covers the resource and what lies below it: the policy of `arn:aws:s3:::bucket` speaks of
    `arn:aws:s3:::bucket/key` as well. Users and roles it names are meant, not their names.
    """
    tenancy.lock(call.account_id)
    arn = arns.checked(call.account_id, resource_arn)
    document = checks.checked(call, policy_document, kind=PolicyKind.RESOURCE, quota="ResourcePolicySize")
    mine = ResourcePolicy.objects.filter(account_id=call.account_id)
    row = mine.filter(arn=resource_arn).first()
    if row is None:
        call.quota("ResourcePoliciesPerAccount").check(mine.count())
        row = ResourcePolicy(
            account_id=call.account_id, arn=resource_arn, service_prefix=arn.service, created=call.time
        )
    verb = "updated" if row.pk else "created"
    row.document, row.bindings, row.updated = policy_document, bindings(document), call.time
    row.service = services.seek(call.account_id, arn.service, lock=True)
    row.save()
    call.emit("resource_policy", resource_arn, verb, revokes=True)
    return ResourcePolicySummaryResult(resource_policy=policies.summary_of(row))


@operation(
    Access.READ,
    on=HELD,
    service=OWN,
    rest=Rest("GET", "/resource-policy"),
    errors=(NoSuchEntity, InvalidInput),
)
def get_resource_policy(call: Call, *, resource_arn: ResourceArn) -> GetResourcePolicyResult:
    """Show the policy of a resource.

    Users and roles are shown by the ARN they have now, deleted ones by their unique id.
    """
    return GetResourcePolicyResult(resource_policy=policies.shown(policies.of_resource(call.account_id, resource_arn)))


@operation(
    Access.PERMISSIONS,
    on=HELD,
    service=OWN,
    rest=Rest("DELETE", "/resource-policy", status=204),
    errors=(NoSuchEntity, InvalidInput, ConcurrentModification),
)
def delete_resource_policy(call: Call, *, resource_arn: ResourceArn) -> None:
    """Take a resource its policy away."""
    policies.of_resource(call.account_id, resource_arn, lock=True).delete()
    call.emit("resource_policy", resource_arn, "deleted", revokes=True)


@operation(
    Access.LIST,
    on=RESOURCE_POLICIES,
    service=OWN,
    pages="resource_policies",
    rest=Rest("GET", "/resource-policies"),
)
def list_resource_policies(
    call: Call,
    *,
    service_prefix: ExistingServicePrefix | None = None,
    marker: ArnMarker | None = None,
    max_items: MaxItems | None = None,
) -> ListResourcePoliciesResult:
    """List the resources that have a policy, by ARN; of one registered or built-in service, if asked."""
    rows = ResourcePolicy.objects.filter(account_id=call.account_id).defer("document", "bindings")
    if service_prefix:
        rows = rows.filter(service_prefix=service_prefix)
    found, rest = page(rows, by="arn", marker=marker, max_items=max_items)
    return ListResourcePoliciesResult(resource_policies=[policies.summary_of(row) for row in found], **rest)
