"""What limits a session: the policies passed with it. Together with its tags they have to fit into its token."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from accounts.sts.shapes import PolicyDescriptor
from accounts.tenancy.models import AWS
from iamconsole.kernel.errors import PackedPolicyTooLarge, ValidationError
from policies.documents import checks
from policies.documents.models import ManagedPolicy

MOST_POLICIES: Final = 10
PLAIN: Final = 2_048  # characters of the inline policy and the ARNs
PACKED: Final = 2_048  # bytes of policies and tags, compressed


@dataclass(frozen=True, slots=True)
class Limits:
    """Session policies; `packed` is how much of its room they and the tags take, in percent, None where there are none.

    Managed policies are bound by unique id: one that is deleted and created again limits nobody, and allows nothing.
    """

    policy: str
    policy_ids: tuple[str, ...]
    packed: int | None


def limits(
    account_id: str, *, policy: str | None, policy_arns: Sequence[PolicyDescriptor] | None, tags: Mapping[str, str]
) -> Limits:
    """Check what was passed: MalformedPolicyDocument, ValidationError for unknown policies, PackedPolicyTooLarge."""
    arns = [given.arn for given in policy_arns or () if given.arn]
    if len(arns) > MOST_POLICIES:
        raise ValidationError(f"At most {MOST_POLICIES} managed policies can be passed with a session.")
    packed = _packed(policy or "", arns, tags)
    if policy:
        checks.parsed(policy)
    return Limits(policy or "", _ids(account_id, arns), packed)


def _packed(policy: str, arns: Sequence[str], tags: Mapping[str, str]) -> int | None:
    if not (policy or arns or tags):
        return None
    size = len(zlib.compress(orjson.dumps([policy, list(arns), dict(tags)]), 9))
    percent = _percent(size, PACKED)
    worst = max(percent, _percent(len(policy) + sum(map(len, arns)), PLAIN))
    if worst > 100:
        raise PackedPolicyTooLarge(f"Packed policy consumes {worst}% of allotted space, please use smaller policy.")
    return percent


def _percent(size: int, room: int) -> int:
    return -(-100 * size // room)


def _ids(account_id: str, arns: Sequence[str]) -> tuple[str, ...]:
    owners = {AWS, account_id}
    names = {arn.rsplit("/", 1)[-1].lower() for arn in arns}
    rows = ManagedPolicy.objects.filter(account_id__in=owners, name_key__in=names) if arns else ()
    found = {row.arn: row.unique_id for row in rows}
    for arn in arns:
        if arn not in found:
            raise ValidationError(f"Policy {arn} does not exist or is not attachable.")
    return tuple(dict.fromkeys(found[arn] for arn in arns))
