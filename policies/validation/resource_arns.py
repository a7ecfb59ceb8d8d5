"""Comparing the ARN that a policy writes with the ARN formats of its service."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from policies import catalog
from policies.validation.globs import overlap

FIELDS: Final = 6
_UNDOCUMENTED: Final = {
    "apigateway": ("arn:*:apigateway:*::/*",),
    "cloudformation": ("arn:*:cloudformation:*:*:transform/*",),
    "resource-explorer-2": ("arn:*:resource-explorer-2:*::view/*",),
    "waf": ("arn:*:waf::*:changetoken/*",),
    "waf-regional": ("arn:*:waf-regional:*:*:changetoken/*",),
}
_PLACE: Final = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Arn:
    """The six fields of an ARN pattern, variables turned into `*`."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


class Mismatch(Enum):
    """Why an ARN names nothing that its service has."""

    SERVICE = "service"
    RESOURCE = "resource"
    REGION_NOT_ALLOWED = "region not allowed"
    REGION_MISSING = "region missing"
    ACCOUNT_NOT_ALLOWED = "account not allowed"
    ACCOUNT_MISSING = "account missing"


def split(text: str) -> Arn | None:
    """The fields of an ARN; None if it has not six of them."""
    prefix, *fields = _PLACE.sub("*", text).split(":", FIELDS - 1)
    return Arn(*fields) if prefix == "arn" and len(fields) == FIELDS - 1 else None


@catalog.cached(4_096)
def mismatch(arn: Arn) -> Mismatch | None:
    """The first field in which an ARN is unlike every format of its service, or None if it fits one.

    Services that do not say what their ARNs look like accept any.
    """
    own = catalog.service(arn.service)
    formats = [split(kind.arn) for kind in own.resource_types.values()] if own else []
    found = _best(arn, formats)
    if found is None or (own and not catalog.is_builtin(arn.service)):
        return found if formats else None
    # ARNs of some services are documented by another service, some nowhere.
    everywhere = (*catalog.arn_formats().get(arn.service, ()), *_UNDOCUMENTED.get(arn.service, ()))
    if not own and not everywhere:
        return Mismatch.SERVICE
    return _best(arn, [split(text) for text in everywhere]) if everywhere else None


def _best(arn: Arn, formats: list[Arn | None]) -> Mismatch | None:
    nearest = Mismatch.RESOURCE
    for known in formats:
        if known and overlap(known.resource, arn.resource):
            fault = _fault(arn, known)
            if fault is None:
                return None
            nearest = fault if nearest is Mismatch.RESOURCE else nearest
    return nearest


def _fault(arn: Arn, known: Arn) -> Mismatch | None:
    if not overlap(known.region, arn.region):
        return Mismatch.REGION_MISSING if not arn.region else Mismatch.REGION_NOT_ALLOWED
    if not overlap(known.account, arn.account):
        return Mismatch.ACCOUNT_MISSING if not arn.account else Mismatch.ACCOUNT_NOT_ALLOWED
    if not arn.region and known.region == "*":
        return Mismatch.REGION_MISSING
    if not arn.account and known.account == "*":
        return Mismatch.ACCOUNT_MISSING
    return None
