"""Scheduled work acts under a name of its own, within a policy of its own, and on record."""

from __future__ import annotations

import pytest

from iamconsole.interfaces.workers import calling
from iamconsole.kernel.errors import AccessDenied
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime import workers
from tests.audit.support import records_of
from tests.support.tenants import Tenant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sweeper(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(workers, "ALLOWED", {"sweeper": ("iam:CreateGroup", "iam:ListGroups")})
    return "sweeper"


def test_a_worker_does_what_its_policy_allows_and_is_named_in_the_trail(tenant: Tenant, sweeper: str) -> None:
    calling.run(tenant.account_id, sweeper, "iam:CreateGroup", group_name="swept")
    record = records_of(tenant.account_id)[-1]
    assert record["eventName"] == "CreateGroup"
    assert record["userIdentity"] == {
        "type": "Worker",
        "principalId": "worker:sweeper",
        "arn": f"arn:aws:iam::{tenant.account_id}:worker/sweeper",
        "accountId": tenant.account_id,
        "userName": "sweeper",
    }


@pytest.mark.parametrize("worker", ["sweeper", "unheard-of"])
def test_what_is_not_in_its_policy_is_denied(tenant: Tenant, sweeper: str, worker: str) -> None:
    with pytest.raises(AccessDenied, match=f"worker/{worker} is not authorized to perform: iam:CreateUser"):
        calling.run(tenant.account_id, worker, "iam:CreateUser", user_name="eve")


def test_every_action_of_a_worker_is_an_operation() -> None:
    assert {action for actions in workers.ALLOWED.values() for action in actions} <= set(REGISTRY)
