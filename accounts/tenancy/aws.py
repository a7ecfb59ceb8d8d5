"""The account `aws` and the built-in managed policies it owns; made by migrations, so present in every database."""

from __future__ import annotations

from django.db import transaction

from accounts.tenancy.models import AWS, Account
from policies.documents import importing
from policies.documents.builtin import builtin_policies
from policies.documents.models import ManagedPolicy


def install() -> None:
    """Write whatever is missing or older than ours; what an operator imported later stays."""
    with transaction.atomic():
        Account.objects.get_or_create(pk=AWS, defaults={"created": builtin_policies()[0].create_date})
        newer = {
            row.name
            for row in ManagedPolicy.objects.filter(account_id=AWS)
            if row.updated > builtin_policies()[0].create_date
        }
        importing.put(
            importing.ImportedPolicy(
                name=policy.name,
                path=policy.path,
                unique_id=policy.unique_id,
                description=policy.description,
                document=policy.document,
                created=policy.create_date,
            )
            for policy in builtin_policies()
            if policy.name not in newer
        )
