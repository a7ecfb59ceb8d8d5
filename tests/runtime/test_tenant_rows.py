"""No query looks across accounts by accident."""

from __future__ import annotations

import pytest

from accounts.models import Membership, User
from iamconsole.storage.tenant import UnscopedQuery
from tests.support.tenants import Tenant, open_account


@pytest.mark.parametrize(
    "ask",
    [
        lambda: list(User.objects.all()),
        lambda: User.objects.count(),
        lambda: User.objects.filter(name="admin").first(),
        lambda: User.objects.exclude(account_id="1").exists(),
        lambda: User.objects.filter(name="admin").update(path="/x/"),
        lambda: User.objects.filter(name="admin").delete(),
        lambda: list(User.objects.filter(name="admin").iterator()),
        lambda: User.objects.get(unique_id="AIDA"),
    ],
)
def test_an_unscoped_query_is_refused(db: None, ask: object) -> None:
    with pytest.raises(UnscopedQuery, match="without an account"):
        ask()  # type: ignore[operator]


def test_scoped_by_account_by_row_and_on_purpose(tenant: Tenant) -> None:
    other = open_account(tenant.app)
    mine = User.objects.get(account_id=tenant.account_id, name="admin")
    assert User.objects.filter(account_id__in=[tenant.account_id, other.account_id], name="admin").count() == 2
    assert list(Membership.objects.filter(user=mine)) == []
    assert User.objects.across_accounts("this test looks at both").filter(name="admin").count() >= 2
