"""What a simulation leaves out of the policies that a user, group or role has."""

from __future__ import annotations

import re
from collections.abc import Sequence

from accounts.simulation.queries import Attached
from accounts.simulation.shapes import InlinePolicyIdentifier, PolicyIdentifier
from iamconsole.kernel.errors import InvalidInput
from iamconsole.storage.named import name_key
from policies.engine import matches

INLINE = ("user", "group", "role")
BOUNDARY = "permission-boundary"
ARN = re.compile(r"arn:aws:iam::(?:\d{12}|aws):policy/[!-)+-~]*\*?[!-)+-~]*", re.ASCII)
"""At most one `*`, and wildcards in the resource part alone."""


def check(excluded: Sequence[PolicyIdentifier]) -> None:
    """Refuse identifiers that are none (InvalidInput); one that finds no policy is ignored, as AWS does."""
    for number, identifier in enumerate(excluded, start=1):
        if len(identifier.model_dump(exclude_none=True)) != 1:
            raise InvalidInput(
                f"PolicyExclusionList.{number}: give one of PolicyType, PolicyArn and InlinePolicyIdentifier."
            )
        if identifier.policy_arn and not ARN.fullmatch(identifier.policy_arn):
            raise InvalidInput(f"PolicyExclusionList.{number}: ARN {identifier.policy_arn} is not valid.")


def left(policies: Sequence[Attached], excluded: Sequence[PolicyIdentifier]) -> list[Attached]:
    """The policies that no identifier means."""
    return [policy for policy in policies if not any(_means(identifier, policy) for identifier in excluded)]


def leave_out_boundary(excluded: Sequence[PolicyIdentifier]) -> bool:
    """Whether the permissions boundary is left out; only its type means it."""
    return any(identifier.policy_type == BOUNDARY for identifier in excluded)


def _means(identifier: PolicyIdentifier, policy: Attached) -> bool:
    source = policy.source
    if identifier.policy_type:
        return identifier.policy_type == ("inline" if source.type in INLINE else source.type)
    if identifier.policy_arn:
        return bool(source.arn) and matches(identifier.policy_arn, source.arn)
    return identifier.inline_policy_identifier is not None and _names(identifier.inline_policy_identifier, policy)


def _names(identifier: InlinePolicyIdentifier, policy: Attached) -> bool:
    wanted = (identifier.attachment_type, name_key(identifier.attachment_name), identifier.policy_name)
    return wanted == (policy.source.type, name_key(policy.owner), policy.source.name)
