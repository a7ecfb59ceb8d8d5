"""Finding rows of the projection by what questions name: ARNs, names and access key ids."""

from __future__ import annotations

from iamconsole.replication.models import ProjectedRow


def by_arn(kind: str, arn: str, *, account_id: str) -> ProjectedRow | None:
    """The row of this ARN; case counts."""
    return ProjectedRow.objects.filter(arn=arn, kind=kind, account_id=account_id).first()


def by_name(kind: str, name: str, *, account_id: str) -> ProjectedRow | None:
    """The user or role of this name, whatever its path."""
    found = by_arn(kind, f"arn:aws:iam::{account_id}:{kind}/{name}", account_id=account_id)
    if found is not None:
        return found
    # Names with a path are rare, and who asks for one remembers it.
    rows = ProjectedRow.objects.filter(kind=kind, account_id=account_id, arn__endswith=f"/{name}")
    return next((row for row in rows if row.body["name"] == name), None)  # SQLite's LIKE ignores case


def by_id(kind: str, ident: str) -> ProjectedRow | None:
    """The row of this unique id or access key id, in whichever account it is."""
    return ProjectedRow.objects.filter(kind=kind, id=ident).first()


def with_resource_policy(account_id: str) -> frozenset[str]:
    """The ARNs to which the account attached a policy."""
    rows = ProjectedRow.objects.filter(kind="resource_policy", id__startswith=f"{account_id}/", account_id=account_id)
    return frozenset(rows.values_list("arn", flat=True))
