"""The policies that resources of an account have: trust policies of roles, and what was attached to others."""

from __future__ import annotations

from collections.abc import Sequence

from iamconsole.replication.models import ProjectedDocument, ProjectedRow
from iamconsole.replication.projection.resource_policies import covering_each
from policies.engine import Bound, PolicyKind, Source, compiled
from policies.simulator import Attached


def attached(account_id: str, resources: Sequence[str]) -> Attached:
    """A look-up of these resources' policies, as decisions use them; at most four queries however many they are."""
    found = covering_each(account_id, resources) | _trust(account_id, resources)
    return lambda resource: found.get(resource, ())


def _trust(account_id: str, resources: Sequence[str]) -> dict[str, tuple[Bound, ...]]:
    wanted = [arn for arn in resources if ":role/" in arn]
    if not wanted:
        return {}
    rows = ProjectedRow.objects.filter(kind="role", arn__in=wanted, account_id=account_id)
    digests = {row.arn: row.body["trust_bound"] for row in rows}
    texts = ProjectedDocument.objects.filter(digest__in=set(digests.values()))
    by_digest = dict(texts.values_list("digest", "text"))
    return {arn: (trust_of(arn, by_digest[digest]),) for arn, digest in digests.items()}


def trust_of(arn: str, text: str) -> Bound:
    """A role's trust policy, bound as the authorizer binds it."""
    return Bound(Source(id=arn, type="resource", arn=arn), compiled(text, PolicyKind.TRUST))
