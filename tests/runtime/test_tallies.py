"""Quotas: exact where they may be reached, without a count of everything where they are far away."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tenancy.models import QuotaOverride
from iamconsole.kernel.errors import LimitExceeded
from tests.support.tenants import Tenant, open_account
from tests.support.write_guard import setting_up


def allow(tenant: Tenant, users: int) -> None:
    with setting_up():
        chosen = {"account_id": tenant.account_id, "name": "UsersPerAccount"}
        QuotaOverride.objects.update_or_create(**chosen, defaults={"limit": users})


def test_users_are_not_counted_again_while_the_ceiling_is_far_away(tenant: Tenant) -> None:
    tenant.run("iam:CreateUser", user_name="first")
    with CaptureQueriesContext(connection) as asked:
        tenant.run("iam:CreateUser", user_name="second")
    assert not [each["sql"] for each in asked if "COUNT(" in each["sql"] and '"accounts_user"' in each["sql"]]


def test_the_ceiling_is_exact_whatever_happened_meanwhile(tenant: Tenant, app: Any) -> None:
    allow(tenant, 4)  # the administrator is the first
    other = open_account(app)
    for name in ("a", "b"):
        tenant.run("iam:CreateUser", user_name=name)
        other.run("iam:CreateUser", user_name=name)
    tenant.run("iam:DeleteUser", user_name="a")
    for name in ("c", "d"):
        tenant.run("iam:CreateUser", user_name=name)
    with pytest.raises(LimitExceeded):
        tenant.run("iam:CreateUser", user_name="e")
    assert User.objects.filter(account_id=tenant.account_id, is_root=False).count() == 4
    allow(tenant, 5)
    tenant.run("iam:CreateUser", user_name="e")
