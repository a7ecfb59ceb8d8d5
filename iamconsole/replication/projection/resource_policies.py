"""The policies that cover a resource, read from the projection and compiled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamconsole.replication.models import ProjectedDocument, ProjectedRow
from iamconsole.replication.projection.bodies import within
from policies.engine import Bound, PolicyKind, Source, compiled

LONGEST = 2000  # characters of an ARN that can have a policy
FIELDS = 6  # of an ARN; the last is the resource


def covering(account_id: str, resource_arn: str) -> tuple[Bound, ...]:
    """The policies that an account attached to a resource and to what the resource lies in, the nearest last.

    `arn:aws:s3:::bucket/a/b` lies in `arn:aws:s3:::bucket/a` and `arn:aws:s3:::bucket`. Principals are bound by unique
    id. `account_id` is the owner of the resource, whatever account its ARN names. At most two queries, read anew each
    time: `runtime.decisions` remembers what it gives for as long as the account does not change.
    """
    return covering_each(account_id, [resource_arn])[resource_arn]


def covering_each(account_id: str, resource_arns: Iterable[str]) -> dict[str, tuple[Bound, ...]]:
    """The same for several resources, in the same two queries."""
    above = {arn: list(_up_to(arn)) for arn in resource_arns}
    ids = {within(account_id, arn) for arns in above.values() for arn in arns}
    rows = ProjectedRow.objects.filter(kind="resource_policy", id__in=ids, account_id=account_id) if ids else ()
    digests = {row.arn: row.body["bound"] for row in rows}
    wanted = set(digests.values())
    texts = dict(ProjectedDocument.objects.filter(digest__in=wanted).values_list("digest", "text")) if wanted else {}
    return {
        resource: tuple(_bound(arn, texts[digests[arn]]) for arn in arns if arn in digests)
        for resource, arns in above.items()
    }


def _bound(arn: str, text: str) -> Bound:
    return Bound(Source(id=arn, type="resource", arn=arn), compiled(text, PolicyKind.RESOURCE))


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
