"""The guard that every test runs under can fail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.models import Group, User
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up


def test_a_write_outside_of_an_operation_fails(tenant: Tenant) -> None:
    user = User.objects.get(account_id=tenant.account_id, name="admin")
    user.path = "/elsewhere/"
    with pytest.raises(AssertionError, match="written outside of an operation"):
        user.save()


def test_setting_up_says_so(tenant: Tenant) -> None:
    with setting_up():
        Group.objects.create(
            account_id=tenant.account_id,
            unique_id="AGPATESTTESTTESTTEST2",
            name="g",
            created=datetime(2026, 1, 1, tzinfo=UTC),
        )
    assert tenant.run("iam:GetGroup", group_name="g").group.group_name == "g"
