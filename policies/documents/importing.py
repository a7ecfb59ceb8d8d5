"""Managed policies from outside: AWS's own, under the account `aws`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from policies.documents import checks
from policies.documents.models import ManagedPolicy, PolicyVersion
from policies.documents.queries import AWS

KEPT = 5  # versions of a policy


@dataclass(frozen=True, slots=True)
class ImportedPolicy:
    """A policy to be present under an AWS ARN with exactly this document."""

    name: str
    path: str
    unique_id: str
    description: str
    document: str
    created: datetime


def put(policies: Iterable[ImportedPolicy]) -> list[ManagedPolicy]:
    """Make the policies present; one whose document differs gets a new default version. Gives those that changed."""
    present = {row.name_key: row for row in ManagedPolicy.objects.filter(account_id=AWS)}
    texts = dict(
        PolicyVersion.objects.filter(account_id=AWS, policy__default_version=F("number")).values_list(
            "policy_id", "document"
        )
    )
    changed = []
    for policy in policies:
        row = present.get(policy.name.lower())
        if row is not None and texts.get(row.pk) == policy.document:
            continue
        checks.parsed(policy.document)
        changed.append(_create(policy) if row is None else _revise(row, policy))
    return changed


def _create(policy: ImportedPolicy) -> ManagedPolicy:
    row = ManagedPolicy(
        account_id=AWS,
        unique_id=policy.unique_id,
        name=policy.name,
        path=policy.path,
        description=policy.description,
        created=policy.created,
        updated=policy.created,
    )
    row.save(force_insert=True)
    PolicyVersion.objects.create(account_id=AWS, policy=row, number=1, document=policy.document, created=policy.created)
    return row


def _revise(row: ManagedPolicy, policy: ImportedPolicy) -> ManagedPolicy:
    row.last_version += 1
    row.default_version, row.updated = row.last_version, policy.created
    row.save(update_fields=["last_version", "default_version", "updated"])
    PolicyVersion.objects.create(
        account_id=AWS, policy=row, number=row.last_version, document=policy.document, created=policy.created
    )
    PolicyVersion.objects.filter(policy=row, number__lte=row.last_version - KEPT).delete()
    return row
