"""The ARNs of resources, field by field."""

import re
from collections.abc import Iterator
from typing import Final

from policies import catalog
from policies.engine import PolicyKind
from policies.validation.finding import Issue
from policies.validation.globs import is_wild
from policies.validation.registry import each_policy
from policies.validation.resource_arns import FIELDS, Arn, Mismatch, mismatch, split
from policies.validation.tree import Policy, Text

_ACCOUNT: Final = re.compile(r"\d{12}|aws|cloudfront|", re.ASCII)
_LIKE_ARN: Final = re.compile(r"[^:]{1,4}:aws[a-z-]*:|arn:", re.IGNORECASE)
_MISMATCHES: Final = {
    Mismatch.SERVICE: ("INVALID_SERVICE", "there is no service `{0.service}`"),
    Mismatch.RESOURCE: ("INVALID_ARN_RESOURCE", "`{0.service}` has no resources of the form `{0.resource}`"),
    Mismatch.REGION_NOT_ALLOWED: ("ARN_REGION_NOT_ALLOWED", "ARNs of this resource have no Region, not `{0.region}`"),
    Mismatch.REGION_MISSING: ("MISSING_ARN_REGION", "ARNs of this resource have a Region: without, nothing matches"),
    Mismatch.ACCOUNT_NOT_ALLOWED: ("ARN_ACCOUNT_NOT_ALLOWED", "ARNs of this resource have no account `{0.account}`"),
    Mismatch.ACCOUNT_MISSING: (
        "MISSING_ARN_ACCOUNT",
        "ARNs of this resource have an account: without, nothing matches",
    ),
}
_HELP: Final = {
    Mismatch.REGION_NOT_ALLOWED: "leave the fourth field empty",
    Mismatch.REGION_MISSING: "write a Region or `*` in the fourth field",
    Mismatch.ACCOUNT_NOT_ALLOWED: "leave the fifth field empty",
    Mismatch.ACCOUNT_MISSING: "write an account of 12 digits or `*` in the fifth field",
}


@each_policy(
    "ARN_ACCOUNT_NOT_ALLOWED",
    "ARN_REGION_NOT_ALLOWED",
    "INVALID_ARN_ACCOUNT",
    "INVALID_ARN_PREFIX",
    "INVALID_ARN_REGION",
    "INVALID_ARN_RESOURCE",
    "INVALID_ARN_SERVICE_CASE",
    "INVALID_PARTITION",
    "INVALID_SERVICE",
    "MISSING_ARN_ACCOUNT",
    "MISSING_ARN_FIELD",
    "MISSING_ARN_REGION",
)
def arns(policy: Policy) -> Iterator[Issue]:
    """Each resource is `*` or an ARN that its service can have; the first fault of each is told."""
    for _, item in policy.elements("Resource", "NotResource"):
        if item.value != "*":
            yield from _prefix(item, policy.kind)


def _prefix(item: Text, kind: PolicyKind) -> Iterator[Issue]:
    text = item.value
    if not text.startswith("arn:"):
        # Policies of resources may use the short forms of their service.
        if kind is not PolicyKind.RESOURCE or _LIKE_ARN.match(text):
            yield Issue("INVALID_ARN_PREFIX", item.path, f"`{text}` is neither an ARN nor `*`", "begin with `arn:`")
        return
    arn = split(text)
    if arn:
        yield from _fields(item, arn)
    elif text != "arn:*" and not _is_whole_service(text):
        count = text.count(":") + 1
        message = f"`{text}` has {count} of the {FIELDS} fields of an ARN"
        yield Issue("MISSING_ARN_FIELD", item.path, message, "write arn:partition:service:region:account:resource")


def _is_whole_service(text: str) -> bool:
    """A `*` that ends the ARN runs on over the fields that are missing."""
    return text.endswith(":*")


def _fields(item: Text, arn: Arn) -> Iterator[Issue]:
    issue = _partition(item, arn) or _service(item, arn) or _region(item, arn) or _account(item, arn)
    if issue:
        yield issue
        return
    if is_wild(arn.service) or arn.resource == "*":
        return
    found = mismatch(arn)
    if found:
        code, message = _MISMATCHES[found]
        yield Issue(code, item.path, message.format(arn), _HELP.get(found) or _suggestion(arn, found))


def _partition(item: Text, arn: Arn) -> Issue | None:
    if is_wild(arn.partition) or arn.partition in catalog.PARTITIONS:
        return None
    known = ", ".join(catalog.PARTITIONS)
    return Issue("INVALID_PARTITION", item.path, f"there is no partition `{arn.partition}`", f"use one of {known}")


def _service(item: Text, arn: Arn) -> Issue | None:
    if not arn.service:
        message = "the ARN names no service"
        return Issue("INVALID_SERVICE", item.path, message, "write a service prefix in the third field")
    if arn.service == arn.service.lower() or catalog.service(arn.service) is None:
        return None
    message = f"the service `{arn.service}` must be in lower case"
    return Issue("INVALID_ARN_SERVICE_CASE", item.path, message, f"write `{arn.service.lower()}`")


def _region(item: Text, arn: Arn) -> Issue | None:
    partitions = [arn.partition] if arn.partition in catalog.PARTITIONS else list(catalog.PARTITIONS)
    regions = frozenset().union(*(catalog.PARTITIONS[name] for name in partitions))
    if not arn.region or is_wild(arn.region) or arn.region in regions or not catalog.is_builtin(arn.service):
        return None
    near = catalog.closest(arn.region, sorted(regions))
    message = f"there is no Region `{arn.region}` in partition `{arn.partition}`"
    return Issue("INVALID_ARN_REGION", item.path, message, f"did you mean `{near}`?" if near else "")


def _account(item: Text, arn: Arn) -> Issue | None:
    if is_wild(arn.account) or _ACCOUNT.fullmatch(arn.account):
        return None
    return Issue("INVALID_ARN_ACCOUNT", item.path, f"`{arn.account}` is no account", "write the 12 digits of its id")


def _suggestion(arn: Arn, found: Mismatch) -> str:
    if found is Mismatch.SERVICE:
        near = catalog.closest_service(arn.service)
        return f"did you mean `{near}`?" if near else "write the service prefix of the resource in the third field"
    own = catalog.service(arn.service)
    kinds = [kind.arn.split(":", FIELDS - 1)[-1] for kind in own.resource_types.values()] if own else []
    return f"use a form such as {', '.join(f'`{kind}`' for kind in kinds[:4])}" if kinds else ""
