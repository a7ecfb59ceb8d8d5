"""The policies attached to the resources of an account, without a query for the many resources that have none."""

from __future__ import annotations

from typing import Final

from iamconsole.replication import freshness
from iamconsole.replication.projection import resource_policies
from policies.engine import Bound

ACCOUNTS: Final = 1_024  # accounts, and
KEPT: Final = 8_192  # resources with policies, that a process remembers

DEPENDS: Final = frozenset({("resource_policy", freshness.ANY)})

_with_policy: freshness.Kept[str, frozenset[str]] = freshness.Kept(ACCOUNTS)
_covering: freshness.Kept[tuple[str, str], tuple[Bound, ...]] = freshness.Kept(KEPT)


def covering(owner: str, resource: str, view: freshness.View) -> tuple[Bound, ...]:
    """The policies that the account `owner` attached to a resource, or to what it lies in."""
    arns = _with_policy.get(owner, view)
    if arns is None:
        stamp = view.stamp(owner)
        arns = view.source.with_resource_policy(owner)
        _with_policy.keep(owner, arns, account_id=owner, stamp=stamp, depends=DEPENDS)
    if not arns or not _is_within(resource, arns):
        return ()
    found = _covering.get((owner, resource), view)
    if found is None:
        stamp, source = view.stamp(owner), view.source
        found = source.consistent(lambda: resource_policies.covering(owner, resource, source), account_id=owner)
        _covering.keep((owner, resource), found, account_id=owner, stamp=stamp, depends=DEPENDS)
    return found


def is_withheld(owner: str, resource: str, view: freshness.View) -> bool:
    """Whether a policy that covers the resource, or may come to, is about to take something away."""
    arns = view.withheld_resources(owner)
    return bool(arns) and _is_within(resource, arns)


def _is_within(resource: str, arns: frozenset[str]) -> bool:
    """Whether a resource or anything it may lie in is among the ARNs: a quick no, never a wrong one."""
    if resource in arns:
        return True
    return any(resource[:end] in arns for end, letter in enumerate(resource) if letter in "/:")
