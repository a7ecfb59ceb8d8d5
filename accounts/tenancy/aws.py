"""The account `aws` and the built-in managed policies it owns; made by migrations, so present in every database."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.tenancy.models import AWS, Account
from policies.documents import importing
from policies.documents.builtin import builtin_policies


def install(**_signal: Any) -> None:
    """Receive post_migrate: whatever is missing or out of date is written."""
    with transaction.atomic():
        Account.objects.get_or_create(pk=AWS, defaults={"created": builtin_policies()[0].create_date})
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
        )
