"""Rows that belong to an account, and a manager that refuses to look across accounts by accident."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django.apps import apps
from django.db import models

from iamconsole.storage.prepared import Prepared

TENANT_LOOKUPS = frozenset({"account", "account_id", "account__in", "account_id__in"})


class UnscopedQuery(RuntimeError):
    """A query on tenant rows that names no account; say `.across_accounts(why)` where that is meant."""


class TenantQuerySet(models.QuerySet[Any]):
    """A queryset that runs only once it is scoped: by account, or by a row that belongs to one."""

    scoped = False

    def across_accounts(self, why: str) -> Self:
        """Leave the tenant on purpose; `why` is for the reader (finding the account of an access key, …)."""
        if not why:
            raise ValueError("say why this query crosses accounts")
        clone = self._chain()
        clone.scoped = True
        return clone

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]
        clone.scoped = self.scoped
        return clone  # type: ignore[no-any-return]

    def _filter_or_exclude(self, negate: bool, args: Any, kwargs: Any) -> Self:
        clone = super()._filter_or_exclude(negate, args, kwargs)  # type: ignore[misc]
        clone.scoped = self.scoped or (not negate and any(_scopes(name, value) for name, value in kwargs.items()))
        return clone  # type: ignore[no-any-return]

    def _demand_scope(self) -> None:
        if not self.scoped:
            raise UnscopedQuery(f"{self.model.__name__} queried without an account")

    def _fetch_all(self) -> None:
        self._demand_scope()
        super()._fetch_all()  # type: ignore[misc]

    def iterator(self, *args: Any, **kwargs: Any) -> Any:
        self._demand_scope()
        return super().iterator(*args, **kwargs)

    def count(self) -> int:
        self._demand_scope()
        return super().count()

    def exists(self) -> bool:
        self._demand_scope()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._demand_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._demand_scope()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._demand_scope()
        return super().delete()


def _scopes(lookup: str, value: Any) -> bool:
    if lookup in TENANT_LOOKUPS:
        return True
    if isinstance(value, TenantRow):
        return True
    return isinstance(value, Iterable) and not isinstance(value, str) and _all_tenant_rows(value)


def _all_tenant_rows(values: Iterable[Any]) -> bool:
    return isinstance(values, list | tuple | set) and bool(values) and all(isinstance(v, TenantRow) for v in values)


def lock_account(account_id: str) -> Any:
    """The account's row, locked for this transaction: creations that count against a quota queue here."""
    accounts = apps.get_model("accounts.Account")
    found = _lock.first(account_id)
    if found is None:
        raise accounts.DoesNotExist(account_id)
    return found


_lock = Prepared(
    lambda account_id: apps.get_model("accounts.Account")._default_manager.select_for_update().filter(pk=account_id)
)


TenantManager = models.Manager.from_queryset(TenantQuerySet)


class TenantRow(models.Model):
    """A row of one account."""

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")

    objects = TenantManager()

    class Meta:
        abstract = True
