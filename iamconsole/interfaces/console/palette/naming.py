"""The ARN that a bare name stands for, as the resource types of an action say."""

from __future__ import annotations

import re

from policies import catalog

PLACE = re.compile(r"\$\{(\w+)\}")
REGION = "us-east-1"  # AWS's own default
ANY = "*"


def arn_of(action: str, name: str, account_id: str) -> str:
    """`reports` as `arn:aws:s3:::reports` for s3:ListBucket, and as `arn:aws:s3:::reports/*` for s3:GetObject.

    An ARN stays as it is; without a name, or for an action on no resource, it is `*`.
    """
    if not name or name == ANY or name.startswith("arn:"):
        return name or ANY
    formats = _formats(action)
    return _filled(formats[0], name, account_id) if formats else ANY


def _formats(action: str) -> list[str]:
    """The ARN formats of what an action works on: the required ones first, then the plainest."""
    known = catalog.action(action)
    service = catalog.service(action.partition(":")[0])
    if known is None or service is None:
        return []
    kinds = [(not kind.required, service.resource_types.get(kind.name.lower())) for kind in known.resource_types]
    ranked = sorted((optional, len(kind.arn), kind.arn) for optional, kind in kinds if kind)
    return [arn for _optional, _length, arn in ranked]


def _filled(arn: str, name: str, account_id: str) -> str:
    """The format with a name in its last places; what `a/b` does not say is anything."""
    known = {"Partition": "aws", "Region": REGION, "Account": account_id}
    places = [place for place in PLACE.findall(arn) if place not in known]
    parts = name.split("/", len(places) - 1) if places else []
    given = dict(zip(places, [*parts, *[ANY] * len(places)], strict=False))
    return PLACE.sub(lambda place: {**known, **given}[place[1]], arn)
