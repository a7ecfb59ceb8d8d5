"""Fifty at once: the quota of two keys holds, on SQLite by its lock, on PostgreSQL by the user's row and the slots."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.models import AccessKey
from iamconsole.audit import verification
from iamconsole.kernel.errors import Fault
from iamconsole.replication.models import ChangeEntry
from tests.support.tenants import open_account
from tests.support.write_guard import guarded

AT_ONCE = 50


@pytest.mark.slow
def test_fifty_parallel_create_access_key_leave_exactly_two(transactional_db: Any, app: Any) -> None:
    tenant = open_account(app)
    tenant.run("iam:CreateUser", user_name="ada")
    gate = Barrier(AT_ONCE)

    def create(_: int) -> str:
        gate.wait()
        try:
            with guarded():
                tenant.run("iam:CreateAccessKey", user_name="ada")
        except Fault as refused:
            return refused.code
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = Counter(pool.map(create, range(AT_ONCE)))
    assert answers == {"made": 2, "LimitExceeded": AT_ONCE - 2}
    assert AccessKey.objects.filter(account_id=tenant.account_id, user__name="ada").count() == 2
    assert ChangeEntry.objects.filter(account_id=tenant.account_id, entity="access_key").count() == 2 + 1  # the admin's
    assert verification.verify(tenant.account_id).intact
