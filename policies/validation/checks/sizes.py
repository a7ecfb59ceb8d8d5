"""How long a policy may be, in characters without white space."""

import re
from collections.abc import Iterator
from typing import Final

from policies.engine import PolicyKind
from policies.validation.finding import Issue
from policies.validation.registry import each_policy
from policies.validation.tree import Policy

_SPACE: Final = re.compile(r"[\t\n\r ]")
_QUOTAS: Final = {
    PolicyKind.IDENTITY: ("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", 6_144),
    PolicyKind.BOUNDARY: ("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", 6_144),
    PolicyKind.SESSION: ("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", 2_048),
    PolicyKind.TRUST: ("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", 2_048),
    # The smallest and the largest quotas of resource policies are services' own; S3's is that of most.
    PolicyKind.RESOURCE: ("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", 20_480),
    PolicyKind.SCP: ("POLICY_SIZE_EXCEEDS_SCP_QUOTA", 5_120),
    PolicyKind.RCP: ("POLICY_SIZE_EXCEEDS_RCP_QUOTA", 5_120),
}


@each_policy(*dict.fromkeys(code for code, _ in _QUOTAS.values()))
def size(policy: Policy) -> Iterator[Issue]:
    """The policy fits the default quota of its kind."""
    code, quota = _QUOTAS[policy.kind]
    length = len(_SPACE.sub("", policy.text))
    if length > quota:
        message = f"the policy has {length:,} characters without white space, {length - quota:,} more than the quota"
        yield Issue(code, (), message, "split it into several policies, or use wildcards")
