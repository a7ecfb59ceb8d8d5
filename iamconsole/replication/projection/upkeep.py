"""After a migration: AWS's policies are written by migrations, not by operations, and so projected here."""

from __future__ import annotations

from django.db import transaction

from accounts.tenancy import aws
from accounts.tenancy.models import AWS, Account
from iamconsole.replication.models import ProjectedRow
from iamconsole.replication.projection.projector import rebuild


def after_migration() -> None:
    """Install AWS's policies, and project account `aws` and every account that has no rows yet.

    An account without rows is one that is older than the projection.
    """
    with transaction.atomic():
        aws.install()
        present = set(ProjectedRow.objects.values_list("account_id", flat=True).distinct())
        for account_id in Account.objects.values_list("pk", flat=True):
            if account_id == AWS or account_id not in present:
                rebuild(account_id)
