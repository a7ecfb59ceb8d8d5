"""What can be done with managed policies and their versions."""

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
from iamconsole.kernel.paging import page, page_of_list
from iamconsole.kernel.shapes import (
    Arn,
    Marker,
    MaxItems,
    PolicyDocument,
    PolicyName,
    PolicyPath,
    PolicyPathPrefix,
    Tags,
    VersionId,
)
from iamconsole.storage import tags as tagging
from iamconsole.storage.identifiers import Prefix, unique_id
from iamconsole.storage.named import under
from iamconsole.storage.tenant import lock_account
from policies.documents import checks, shapes
from policies.documents import queries as documents
from policies.documents.models import ManagedPolicy, PolicyVersion
from policies.documents.resources import NEW_POLICY, POLICIES, POLICY, READABLE_POLICY

NEWEST = 10**10 - 1  # counting down from it, the newest version sorts first


@operation(
    Access.PERMISSIONS,
    on=NEW_POLICY,
    implies=(Implied("iam:TagPolicy", NEW_POLICY, when="tags"),),
    rest=Rest("POST", "/policies", status=201),
    errors=(InvalidInput, LimitExceeded, EntityAlreadyExists, MalformedPolicyDocument, ConcurrentModification),
)
def create_policy(
    call: Call,
    *,
    policy_name: PolicyName,
    path: PolicyPath = "/",
    policy_document: PolicyDocument,
    description: shapes.PolicyDescription = "",
    tags: Tags = [],  # noqa: B006
) -> shapes.PolicyResult:
    """Create a managed policy; its document becomes version v1, the default."""
    lock_account(call.account_id)
    ManagedPolicy.refuse_taken(call.account_id, policy_name)
    checks.checked(call, policy_document, quota="PolicySize")
    call.quota("PoliciesPerAccount").check(ManagedPolicy.objects.filter(account_id=call.account_id).count())
    policy = ManagedPolicy(
        account_id=call.account_id,
        unique_id=unique_id(Prefix.MANAGED_POLICY),
        name=policy_name,
        path=path,
        description=description,
        created=call.time,
        updated=call.time,
        tags=tagging.merged(call, {}, tags, ignore_case=False),
    )
    policy.save(force_insert=True)
    _add_version(call, policy, 1, policy_document)
    call.emit("policy", policy.unique_id, "created")
    return shapes.PolicyResult(policy=documents.shown(policy))


def _add_version(call: Call, policy: ManagedPolicy, number: int, document: str) -> PolicyVersion:
    present = PolicyVersion.objects.filter(account_id=policy.account_id).count()
    call.quota("PolicyVersionsInUse").check(present)
    return PolicyVersion.objects.create(
        account_id=policy.account_id, policy=policy, number=number, document=document, created=call.time
    )


@operation(
    Access.READ, on=READABLE_POLICY, rest=Rest("GET", "/policies/{policy_arn}"), errors=(NoSuchEntity, InvalidInput)
)
def get_policy(call: Call, *, policy_arn: Arn) -> shapes.PolicyResult:
    """Show a managed policy: default version, how often it is attached, tags."""
    policy = documents.managed(call.account_id, policy_arn)
    counted = documents.counted(
        ManagedPolicy.objects.filter(account_id=policy.account_id, pk=policy.pk), call.account_id
    )
    return shapes.PolicyResult(policy=documents.shown(counted.get()))


@operation(Access.LIST, on=POLICIES, pages="policies", rest=Rest("GET", "/policies"))
def list_policies(
    call: Call,
    *,
    scope: shapes.Scope = "All",
    only_attached: bool = False,
    path_prefix: PolicyPathPrefix = "/",
    policy_usage_filter: shapes.PolicyUsage | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.ListPoliciesResult:
    """List managed policies: the account's own (`Local`), AWS's (`AWS`) or both."""
    owners = {"All": [call.account_id, documents.AWS], "AWS": [documents.AWS], "Local": [call.account_id]}[scope]
    rows = under(ManagedPolicy.objects.filter(account_id__in=owners), path_prefix)
    rows = documents.counted(rows, call.account_id)
    if only_attached or policy_usage_filter == "PermissionsPolicy":
        rows = rows.filter(attached__gt=0)
    if policy_usage_filter == "PermissionsBoundary":
        rows = rows.filter(bounding__gt=0)
    found, rest = page(rows, by="unique_id", marker=marker, max_items=max_items)
    return shapes.ListPoliciesResult(policies=[documents.shown(policy, whole=False) for policy in found], **rest)


@operation(
    Access.PERMISSIONS,
    on=POLICY,
    rest=Rest("DELETE", "/policies/{policy_arn}", status=204),
    errors=(NoSuchEntity, LimitExceeded, InvalidInput, DeleteConflict),
)
def delete_policy(call: Call, *, policy_arn: Arn) -> None:
    """Delete a managed policy that is attached nowhere and has only its default version left."""
    policy = documents.lock(call.account_id, policy_arn)
    if policy.attachments.exists() or policy.bounded_users.exists() or policy.bounded_roles.exists():
        raise DeleteConflict("Cannot delete a policy attached to entities.")
    if policy.versions.count() > 1:
        raise DeleteConflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy."
        )
    policy.delete()
    call.emit("policy", policy.unique_id, "deleted", revokes=True)


@operation(
    Access.PERMISSIONS,
    on=POLICY,
    rest=Rest("POST", "/policies/{policy_arn}/versions", status=201),
    errors=(NoSuchEntity, MalformedPolicyDocument, InvalidInput, LimitExceeded),
)
def create_policy_version(
    call: Call, *, policy_arn: Arn, policy_document: PolicyDocument, set_as_default: bool = False
) -> shapes.PolicyVersionResult:
    """Add a version to a managed policy, and make it the one that counts with `SetAsDefault`.

    A policy keeps five versions; delete one to make room for a sixth.
    """
    policy = documents.lock(call.account_id, policy_arn)
    checks.checked(call, policy_document, quota="PolicySize")
    limit = call.quota("VersionsPerPolicy").limit
    if policy.versions.count() >= limit:
        raise LimitExceeded(
            f"A managed policy can have up to {limit} versions. "
            "Before you create a new version, you must delete an existing version."
        )
    policy.last_version += 1
    if set_as_default:
        call.demand_match(f"v{policy.default_version}")
        policy.default_version = policy.last_version
        policy.updated = call.time
    policy.save(update_fields=["last_version", "default_version", "updated"])
    row = _add_version(call, policy, policy.last_version, policy_document)
    call.emit("policy", policy.unique_id, "updated", revokes=set_as_default)
    return shapes.PolicyVersionResult(policy_version=documents.shown_version(policy, row, whole=False))


@operation(
    Access.READ,
    on=READABLE_POLICY,
    rest=Rest("GET", "/policies/{policy_arn}/versions/{version_id}"),
    errors=(NoSuchEntity, InvalidInput),
)
def get_policy_version(call: Call, *, policy_arn: Arn, version_id: VersionId) -> shapes.PolicyVersionResult:
    """Show one version of a managed policy with its document."""
    policy = documents.managed(call.account_id, policy_arn)
    row = documents.version(policy, version_id)
    return shapes.PolicyVersionResult(policy_version=documents.shown_version(policy, row))


@operation(
    Access.LIST,
    on=READABLE_POLICY,
    pages="versions",
    rest=Rest("GET", "/policies/{policy_arn}/versions"),
    errors=(NoSuchEntity, InvalidInput),
)
def list_policy_versions(
    call: Call, *, policy_arn: Arn, marker: Marker | None = None, max_items: MaxItems | None = None
) -> shapes.ListPolicyVersionsResult:
    """List the versions of a managed policy, the newest first."""
    policy = documents.managed(call.account_id, policy_arn)
    rows = list(PolicyVersion.objects.filter(policy=policy))
    found, rest = page_of_list(rows, key=lambda row: f"{NEWEST - row.number:010d}", marker=marker, max_items=max_items)
    return shapes.ListPolicyVersionsResult(
        versions=[documents.shown_version(policy, row, whole=False) for row in found], **rest
    )


@operation(
    Access.PERMISSIONS,
    on=POLICY,
    rest=Rest("DELETE", "/policies/{policy_arn}/versions/{version_id}", status=204),
    errors=(NoSuchEntity, LimitExceeded, InvalidInput, DeleteConflict),
)
def delete_policy_version(call: Call, *, policy_arn: Arn, version_id: VersionId) -> None:
    """Delete a version that is not the default."""
    policy = documents.lock(call.account_id, policy_arn)
    row = documents.version(policy, version_id)
    if row.number == policy.default_version:
        raise DeleteConflict("Cannot delete the default version of a policy.")
    row.delete()
    call.emit("policy", policy.unique_id, "updated")


@operation(
    Access.PERMISSIONS,
    on=POLICY,
    rest=Rest("PUT", "/policies/{policy_arn}/default-version", status=204),
    errors=(NoSuchEntity, InvalidInput, LimitExceeded),
)
def set_default_policy_version(call: Call, *, policy_arn: Arn, version_id: VersionId) -> None:
    """Make a version the one that counts, wherever the policy is attached."""
    policy = documents.lock(call.account_id, policy_arn)
    call.demand_match(f"v{policy.default_version}")
    policy.default_version = documents.version(policy, version_id).number
    policy.updated = call.time
    policy.save(update_fields=["default_version", "updated"])
    call.emit("policy", policy.unique_id, "updated", revokes=True)
