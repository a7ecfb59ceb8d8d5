"""The shape of ARNs in identity policies, with AWS's sentences for what is wrong with one."""

import re
from typing import Final

from policies.engine import faults
from policies.engine.arns import FIELDS

PARTITIONS: Final = frozenset(
    {
        "*",
        "aws",
        "aws-cn",
        "aws-us-gov",
        "aws-iso",
        "aws-iso-b",
        "aws-iso-e",
        "aws-iso-f",
        "aws-eusc",
    }
)
_IAM_PATHS: Final = (
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
)
# Resource types newer than AWS's own sentence; its managed policies use them.
_IAM_NEWER: Final = ("role-template/", "delegation-request/")
_S3_REGIONAL: Final = ("accesspoint", "access-grants", "job/", "storage-lens", "async-request/", "*")
_COMPLETED: Final = ("", "*", "*")
_WILDCARD: Final = re.compile(r"[*?]")


def resource_fault(resource: str) -> tuple[str, str] | None:
    """AWS's sentence and ours for a resource that an identity policy may not name; None if it may."""
    if resource == "*":
        return None
    fields = resource.split(":", FIELDS - 1)
    if fields[0] != "arn":
        return f'Resource {resource} must be in ARN format or "*".', f"`{resource}` is neither an ARN nor `*`"
    _, partition, service, *_ = [*fields, "*", "*"]
    if partition not in PARTITIONS:
        shown = ":".join(["arn", partition, *(fields[2:] or ["*"]), *["*"] * (FIELDS - max(len(fields), 3))])
        return f'Partition "{partition}" is not valid for resource "{shown}".', f"there is no partition `{partition}`"
    if _WILDCARD.search(service):
        return faults.RESOURCE_VENDOR, f"`{resource}` does not name its service in full"
    if not service or (len(fields) < FIELDS and "::" in resource and not resource.endswith("*")):
        return faults.LEGACY, f"`{resource}` is an incomplete ARN"
    return _service_fault(resource, fields)


def _service_fault(resource: str, fields: list[str]) -> tuple[str, str] | None:
    _, _, service, *rest = fields
    region, _, path = (*rest, *_COMPLETED[len(rest) :])
    if service == "iam" and region:
        return f"IAM resource {resource} cannot contain region information.", "resources of iam have no region"
    if service == "s3" and region and not path.startswith(_S3_REGIONAL):
        return f"Resource {resource} can not contain region information.", "an ARN of s3 has no region"
    if service == "iam" and path not in ("*", "root") and not path.startswith(_IAM_PATHS + _IAM_NEWER):
        known = ", ".join(_IAM_PATHS)
        return f'IAM resource path must either be "*" or start with {known}.', f"`{path}` is no resource type of iam"
    return None
