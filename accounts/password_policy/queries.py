"""Reading password policies."""

from __future__ import annotations

from accounts.password_policy.models import PasswordPolicy


def of(account_id: str) -> PasswordPolicy | None:
    """The account's policy, or None: then AWS's default rule holds."""
    found: PasswordPolicy | None = PasswordPolicy.objects.filter(account_id=account_id).first()
    return found
