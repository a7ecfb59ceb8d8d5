"""Reading accounts."""

from __future__ import annotations

from accounts.tenancy.models import Account, QuotaOverride
from iamconsole.storage.prepared import Prepared
from iamconsole.storage.tenant import lock_account


def lock(account_id: str) -> Account:
    """The account's row, locked for this transaction: creations that count against a quota queue here."""
    account: Account = lock_account(account_id)
    return account


def limits(account_id: str) -> dict[str, int]:
    """The quotas that an operator set for this account."""
    return dict(_overrides(account_id))


_overrides = Prepared(
    lambda account_id: QuotaOverride.objects.filter(account_id=account_id).values_list("name", "limit")
)


def find(alias_or_id: str) -> Account | None:
    """The account with this id or alias; hyphens in an id (1234-5678-9012) are for reading only."""
    wanted = alias_or_id.strip()
    digits = wanted.replace("-", "")
    if digits.isdigit() and len(digits) == 12:
        return Account.objects.filter(pk=digits).first()
    return Account.objects.filter(alias=wanted.lower()).first()
