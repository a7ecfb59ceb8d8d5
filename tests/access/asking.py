"""Short words of the tests of access."""

from __future__ import annotations

from accounts.models import User
from tests.support.tenants import Tenant


def arn_of(tenant: Tenant, what: str) -> str:
    return f"arn:aws:iam::{tenant.account_id}:{what}"


def user_of(tenant: Tenant, name: str) -> User:
    return User.objects.get(account_id=tenant.account_id, name=name)
