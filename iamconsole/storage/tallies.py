"""How many rows an account has, for a ceiling that is far away: counted once a process, then judged by the keys since.

A key that was given since belongs to this account or to another, so there are never more rows than that.
"""

from __future__ import annotations

from typing import Any

from iamconsole.storage.tenant import TenantRow

_counted: dict[tuple[type[TenantRow], str], tuple[int, int]] = {}
"""Rows of an account, and the newest key of all accounts, when they were counted last."""


def at_most(model: type[TenantRow], account_id: str, *, limit: int, **where: Any) -> int:
    """A number of rows that the account does not exceed: exact where the limit may be reached.

    For callers that hold the lock of the account (`lock_account`), so that nobody adds to it meanwhile.
    """
    newest = (
        model.objects.across_accounts("keys are given across accounts").order_by("-pk").values_list("pk", flat=True)
    )
    key: int = newest.first() or 0
    count, before = _counted.get((model, account_id), (limit, 0))
    if before <= key and count + key - before < limit:
        return count + key - before
    found: int = model.objects.filter(account_id=account_id, **where).count()
    _counted[model, account_id] = found, key
    return found
