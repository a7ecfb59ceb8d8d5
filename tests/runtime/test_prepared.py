"""Queries whose SQL is written once answer as the queryset that they were written from."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.users.models import User
from iamconsole.storage.prepared import MISSING, Prepared
from tests.support.tenants import Tenant, open_account

NAMES = ("ada", "o.hara+s", "1")


def test_it_answers_as_its_queryset_whatever_the_values(tenant: Tenant, app: Any) -> None:
    named = Prepared(lambda account_id, key: User.objects.filter(account_id=account_id, name_key=key))
    tenants = (tenant, open_account(app))
    for mine in tenants:
        for name in NAMES:
            mine.run("iam:CreateUser", user_name=name)
    for account_id in (mine.account_id for mine in tenants):
        for key in (*NAMES, "' OR '1'='1", "%", "nobody"):
            rows = User.objects.filter(account_id=account_id, name_key=key)
            assert [(row.pk, row.name) for row in named(account_id, key)] == [(row.pk, row.name) for row in rows]


def test_numbers_are_values_as_well(tenant: Tenant) -> None:
    by_id = Prepared(lambda account_id, ident: User.objects.filter(account_id=account_id, pk=ident))
    user = User.objects.filter(account_id=tenant.account_id).earliest("pk")
    assert by_id.first(tenant.account_id, user.pk).unique_id == user.unique_id
    assert by_id.first(tenant.account_id, user.pk + 10_000) is None


def test_a_value_that_its_sql_does_not_name_is_refused(tenant: Tenant) -> None:
    changed = Prepared(lambda account_id, name: User.objects.filter(account_id=account_id, name_key=name.upper()))
    with pytest.raises(TypeError, match=MISSING):
        changed(tenant.account_id, "ada")
