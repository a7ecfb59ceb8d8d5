"""What each kind of scheduled work may do: a policy of its own per worker, and nothing beyond it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from policies.engine import Bound, Policies, PolicyKind, Source, compiled

# A worker's name: the actions that its tasks take.
ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {
    "keys": (
        "iamconsole:NoteMasterKeys",
        "iamconsole:RewrapSecrets",
        "iamconsole:RotateOutboundSigningKeys",
    ),
    "rotation": (
        "iamconsole:StartDueKeyRotation",
        "iamconsole:AdvanceKeyRotation",
        "iamconsole:DeliverRotatedKey",
    ),
    "reports": ("iamconsole:WriteCredentialReport",),
    "stale-credentials": (
        "iamconsole:NoticeStaleCredentials",
        "iamconsole:SettleStaleKey",
        "iamconsole:SkipStaleCredentials",
        "iam:UpdateAccessKey",
    ),
    "notices": ("iamconsole:RaiseNotices",),
}


def policies_of(name: str) -> Policies:
    """The policies of a worker; one that is not in the table may do nothing."""
    return _compiled(name) if name in ALLOWED else Policies()


@lru_cache(maxsize=64)
def _compiled(name: str) -> Policies:
    statement = {"Sid": "Work", "Effect": "Allow", "Action": ALLOWED[name], "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    source = Source(id=f"worker/{name}", type="aws-managed", name=f"Worker{name.title().replace('-', '')}")
    return Policies(identity=(Bound(source, compiled(text, PolicyKind.IDENTITY)),))
