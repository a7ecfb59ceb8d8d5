"""The home region's rows, found by what questions name: ARNs, names, ids and digests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import Q

from accounts.access_keys.secrets import unseal
from iamconsole.replication.models import ProjectedDocument, ProjectedRow
from iamconsole.replication.projection.source import Key, Row
from iamconsole.replication.snapshots import snapshot

T = TypeVar("T")


class HomeRows:
    """The tables of the projection as a `Source`."""

    def by_arn(self, kind: str, arn: str, *, account_id: str) -> ProjectedRow | None:
        return ProjectedRow.objects.filter(arn=arn, kind=kind, account_id=account_id).first()

    def by_name(self, kind: str, name: str, *, account_id: str) -> ProjectedRow | None:
        found = self.by_arn(kind, f"arn:aws:iam::{account_id}:{kind}/{name}", account_id=account_id)
        if found is not None:
            return found
        # Names with a path are rare, and who asks for one remembers it.
        rows = ProjectedRow.objects.filter(kind=kind, account_id=account_id, arn__endswith=f"/{name}")
        return next((row for row in rows if row.body["name"] == name), None)  # SQLite's LIKE ignores case

    def by_id(self, kind: str, ident: str) -> ProjectedRow | None:
        return ProjectedRow.objects.filter(kind=kind, id=ident).first()

    def some(self, *keys: Key) -> Mapping[Key, Row]:
        wanted = [Q(kind=kind, id=ident) for kind, ident in keys]
        return {(row.kind, row.id): row for row in ProjectedRow.objects.filter(reduce(or_, wanted))}

    def of_ids(self, kind: str, ids: Collection[str]) -> list[Row]:
        return list(ProjectedRow.objects.filter(kind=kind, id__in=ids).order_by("id")) if ids else []

    def with_resource_policy(self, account_id: str) -> frozenset[str]:
        kept = ProjectedRow.objects.filter(kind="resource_policy", id__startswith=f"{account_id}/")
        return frozenset(kept.filter(account_id=account_id).values_list("arn", flat=True))

    def documents(self, digests: Collection[str]) -> Mapping[str, str]:
        if not digests:
            return {}
        return dict(ProjectedDocument.objects.filter(digest__in=digests).values_list("digest", "text"))

    def secret(self, sealed: str, *, account_id: str, access_key_id: str) -> str:
        return unseal(sealed, account_id=account_id, access_key_id=access_key_id)

    def consistent(self, load: Callable[[], T], *, account_id: str) -> T:
        with snapshot():
            return load()


HOME = HomeRows()
