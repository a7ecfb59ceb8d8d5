"""Policies that are attached to a known type of resource."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from policies import catalog
from policies.engine import PolicyKind
from policies.validation.finding import Issue
from policies.validation.globs import is_wild, overlap
from policies.validation.registry import each_statement
from policies.validation.resource_arns import split
from policies.validation.tree import Policy, Statement


@dataclass(frozen=True, slots=True)
class Attached:
    """What a policy of a resource type may name: the service, and its resource types in the catalogue."""

    service: str
    types: tuple[str, ...]


# Resource types of ValidatePolicy (CloudFormation names).
RESOURCE_TYPES: Final = {
    "AWS::S3::Bucket": Attached("s3", ("bucket", "object")),
    "AWS::S3::AccessPoint": Attached("s3", ("accesspoint", "accesspointobject", "object")),
    "AWS::S3::MultiRegionAccessPoint": Attached(
        "s3", ("multiregionaccesspoint", "multiregionaccesspointobject", "object")
    ),
    "AWS::S3ObjectLambda::AccessPoint": Attached("s3-object-lambda", ("objectlambdaaccesspoint",)),
    "AWS::DynamoDB::Table": Attached("dynamodb", ("table", "index", "stream")),
}


@each_statement("UNSUPPORTED_ACTION_IN_POLICY", kinds={PolicyKind.RESOURCE})
def actions(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """The actions work on the resource that the policy belongs to."""
    attached = RESOURCE_TYPES.get(policy.resource_type or "")
    for item in (*statement.actions, *statement.not_actions) if attached else ():
        if item.value == "*" or attached is None:
            continue
        prefix = item.value.partition(":")[0].lower()
        if is_wild(prefix):
            continue
        action = catalog.action(item.value)
        types = {found.name.lower() for found in action.resource_types} if action else set(attached.types)
        if prefix != attached.service or types.isdisjoint(attached.types):
            message = f"`{item.value}` does not work on a resource of type {policy.resource_type}"
            help = f"use actions of {attached.service} that work on {' or '.join(attached.types)}"
            yield Issue("UNSUPPORTED_ACTION_IN_POLICY", item.path, message, help)


@each_statement("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", kinds={PolicyKind.RESOURCE})
def resources(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """The resources are the one that the policy belongs to, or parts of it."""
    attached = RESOURCE_TYPES.get(policy.resource_type or "")
    for item in (*statement.resources, *statement.not_resources) if attached else ():
        arn = split(item.value)
        if attached and arn and not is_wild(arn.service) and not _belongs(arn.service, arn.resource, attached):
            message = f"`{item.value}` is no resource of type {policy.resource_type}"
            help = "name the resource that the policy is attached to"
            yield Issue("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", item.path, message, help)


def _belongs(service: str, resource: str, attached: Attached) -> bool:
    known = catalog.service(attached.service)
    formats = [split(known.resource_types[name].arn) for name in attached.types] if known else []
    return any(form and form.service == service and overlap(form.resource, resource) for form in formats)
