"""Which accounts there are: for the operator, who stands above all of them."""

from __future__ import annotations

from accounts.tenancy.models import AWS, Account


def every() -> list[Account]:
    """Every account that people can sign in to, oldest first; `aws` is none of them."""
    return list(Account.objects.exclude(pk=AWS).order_by("created", "pk"))
