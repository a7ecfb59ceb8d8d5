"""The policies that cover a resource, read from the projection and compiled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamconsole.replication.projection.bodies import within
from iamconsole.replication.projection.rows import HOME
from iamconsole.replication.projection.source import Source
from policies.engine import Bound, PolicyKind, compiled
from policies.engine import Source as Origin

LONGEST = 2000  # characters of an ARN that can have a policy
FIELDS = 6  # of an ARN; the last is the resource


def covering(account_id: str, resource_arn: str, source: Source) -> tuple[Bound, ...]:
    """The policies that an account attached to a resource and to what the resource lies in, the nearest last.

    `arn:aws:s3:::bucket/a/b` lies in `arn:aws:s3:::bucket/a` and `arn:aws:s3:::bucket`. Principals are bound by unique
    id. `account_id` is the owner of the resource, whatever account its ARN names. At most two queries, read anew each
    time: `runtime.decisions` remembers what it gives for as long as the account does not change.
    """
    return covering_each(account_id, [resource_arn], source)[resource_arn]


def covering_each(account_id: str, resource_arns: Iterable[str], source: Source = HOME) -> dict[str, tuple[Bound, ...]]:
    """The same for several resources, with as many questions as for one."""
    above = {arn: [within(account_id, each) for each in _up_to(arn)] for arn in resource_arns}
    wanted = {ident for idents in above.values() for ident in idents}
    found = {row.id: row for row in source.of_ids("resource_policy", wanted)} if wanted else {}
    texts = source.documents({row.body["bound"] for row in found.values()}) if found else {}
    bound = {ident: _bound(row.arn, texts[row.body["bound"]]) for ident, row in found.items()}
    return {arn: tuple(bound[each] for each in idents if each in bound) for arn, idents in above.items()}


def _bound(arn: str, text: str) -> Bound:
    return Bound(Origin(id=arn, type="resource", arn=arn), compiled(text, PolicyKind.RESOURCE))


def _up_to(arn: str) -> Iterator[str]:
    """The ARN and those of everything it lies in: what stands before each `/` or `:` of its last field."""
    *fields, resource = arn.split(":", FIELDS - 1)
    if len(fields) < FIELDS - 1:
        return
    for end in range(len(arn) - len(resource) + 1, min(len(arn), LONGEST)):
        if arn[end] in "/:":
            yield arn[:end]
    if len(arn) <= LONGEST:
        yield arn
