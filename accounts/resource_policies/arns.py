"""The ARNs of resources that can have policies."""

from __future__ import annotations

from iamconsole.kernel.errors import InvalidInput
from policies import catalog
from policies.services.queries import catalogue_of
from policies.validation.globs import is_wild
from policies.validation.resource_arns import Arn, mismatch, split

WITHOUT = {
    "iam": "IAM has no resource policies but the trust policies of roles: use UpdateAssumeRolePolicy.",
    "sts": "STS has no resource policies.",
    "iamconsole": "This service has no resource policies.",
}
"""Services whose resources only identity policies speak of: otherwise a policy could let others into the account."""


def fields(arn: str) -> Arn:
    """The fields of one resource's ARN, or InvalidInput for a text of another form."""
    found = split(arn)
    if found is None or not _is_one_resource(found):
        raise InvalidInput(f"ARN {arn} is not valid: write the ARN of one resource in full, without wildcards.")
    return found


def _is_one_resource(arn: Arn) -> bool:
    if arn.partition not in catalog.PARTITIONS or arn.service != arn.service.lower():
        return False
    return bool(arn.resource) and not any(map(is_wild, (arn.service, arn.region, arn.account, arn.resource)))


def owner(arn: str, account_id: str) -> str:
    """The account that an ARN names; the asking one where it names none, as ARNs of buckets do not."""
    return fields(arn).account or account_id


def checked(account_id: str, arn: str) -> Arn:
    """The fields of an ARN of this account that a service, built in or registered, can have; InvalidInput else."""
    found = fields(arn)
    if found.account not in ("", account_id):
        raise InvalidInput(f"ARN {arn} is not valid: the resource belongs to another account.")
    if found.service in WITHOUT:
        raise InvalidInput(f"ARN {arn} is not valid: {WITHOUT[found.service]}")
    with catalog.extended(catalogue_of(account_id)):
        fault = mismatch(found)
        service = catalog.service(found.service)
    if fault:
        forms = [kind.arn for kind in service.resource_types.values()] if service else []
        help = f"its resources have ARNs such as {forms[0]}" if forms else "register the service first"
        raise InvalidInput(f"ARN {arn} fits no resource type of {found.service} ({fault.value}): {help}.")
    return found
