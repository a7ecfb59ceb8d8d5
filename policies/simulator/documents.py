"""Policies that come as texts and are attached to nothing."""

from collections.abc import Iterable, Sequence

from policies.engine import Bound, Compiled, MalformedPolicy, PolicyKind, Source, parse
from policies.simulator.errors import UnusableInput


def bound(text: str, kind: PolicyKind, *, name: str, source_type: str = "none") -> Bound:
    """The policy of a text under the name of its input, such as `PolicyInputList.1`.

    Raises UnusableInput with AWS's sentence, the place and our explanation.
    """
    try:
        document = parse(text, kind)
    except MalformedPolicy as malformed:
        place = f"line {malformed.line}, column {malformed.column}: {malformed.detail}"
        raise UnusableInput(f"{name}: {malformed.message} ({place})") from None
    # Not by way of `compiled()`: what is tried out would push the policies that decide out of its cache.
    return Bound(Source(id=name, type=source_type), Compiled(document))


def listed(texts: Iterable[str], kind: PolicyKind, *, member: str) -> tuple[Bound, ...]:
    """The policies of a list of texts; AWS counts from one."""
    return tuple(bound(text, kind, name=f"{member}.{number}") for number, text in enumerate(texts, start=1))


def boundary(texts: Sequence[str]) -> Bound | None:
    """The permissions boundary; whoever has one has exactly one. Raises UnusableInput."""
    member = "PermissionsBoundaryPolicyInputList"
    if len(texts) > 1:
        raise UnusableInput(f"{member}: give one permissions boundary, not {len(texts)}.")
    return next(iter(listed(texts, PolicyKind.BOUNDARY, member=member)), None)


def levels(texts: Iterable[Iterable[str]]) -> tuple[tuple[Bound, ...], ...]:
    """The service control policies of each level of an organization. Raises UnusableInput."""
    member = "OrderedOrganizationPolicyInputList.{}.ServiceControlPolicyInputList"
    return tuple(
        listed(level, PolicyKind.SCP, member=member.format(number)) for number, level in enumerate(texts, start=1)
    )
