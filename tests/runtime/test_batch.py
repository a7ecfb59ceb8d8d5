"""Batches: one transaction, all or nothing, each item on record."""

from __future__ import annotations

import pytest

from accounts.models import User
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel.operation import REGISTRY
from iamconsole.replication.models import ChangeEntry
from iamconsole.runtime import batch
from iamconsole.runtime.batch import execute_batch
from tests.support.tenants import Tenant

CREATE = REGISTRY["iam:CreateUser"]


def items(count: int, *, bad: int | None = None) -> list[tuple[object, dict[str, str]]]:
    return [(CREATE, {"user_name": "not a name" if n == bad else f"user-{n}"}) for n in range(count)]


def footprint(tenant: Tenant) -> tuple[int, int, int]:
    account = {"account_id": tenant.account_id}
    return (
        User.objects.filter(**account).count(),
        ChangeEntry.objects.filter(**account).count(),
        AuditEvent.objects.filter(**account).count(),
    )


def test_all_are_kept_with_a_record_and_a_change_each(tenant: Tenant) -> None:
    before = footprint(tenant)
    call = tenant.operator()
    outcomes = execute_batch(call, items(5))
    assert all(outcome.ok for outcome in outcomes)
    assert call.consistency_token
    assert footprint(tenant) == tuple(n + 5 for n in before)


def test_one_bad_item_of_a_hundred_leaves_nothing_but_its_record(tenant: Tenant) -> None:
    users, changes, records = footprint(tenant)
    outcomes = execute_batch(tenant.operator(), items(100, bad=41))
    assert [n for n, outcome in enumerate(outcomes) if not outcome.ok] == [41]
    assert outcomes[41].fault.code == "ValidationError"
    assert footprint(tenant) == (users, changes, records + 1)


def test_a_dry_run_tells_all_and_writes_nothing(tenant: Tenant) -> None:
    before = footprint(tenant)
    outcomes = execute_batch(tenant.operator(), items(5, bad=2), dry_run=True)
    assert [outcome.ok for outcome in outcomes] == [True, True, False, True, True]
    assert footprint(tenant) == before


def test_a_batch_that_is_refused_again_and_again_is_tried_no_further(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has no rights at all could else hold up the account, and fill its trail, with one file."""
    monkeypatch.setattr(batch, "MOST_REFUSALS", 2)
    users, changes, records = footprint(tenant)
    wrong = [(CREATE, {"user_name": "not a name"})]
    outcomes = execute_batch(tenant.operator(), [*wrong, *items(1), *wrong, *items(2)])
    assert [outcome.tried for outcome in outcomes] == [True, True, True, False, False]
    assert [outcome.ok for outcome in outcomes] == [False, True, False, False, False]
    assert str(outcomes[-1].fault) == "Not tried: 2 others were refused before it."
    assert footprint(tenant) == (users, changes, records + 2)


def test_a_question_cannot_be_batched(tenant: Tenant) -> None:
    with pytest.raises(TypeError, match="changes nothing"):
        execute_batch(tenant.operator(), [(REGISTRY["iam:ListUsers"], {})])


def test_an_unforeseen_error_of_one_item_is_reported_and_leaves_nothing(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    users, changes, records = footprint(tenant)
    monkeypatch.setattr("accounts.users.queries.shown", lambda *a, **k: 1 / 0)
    outcomes = execute_batch(tenant.operator(), [*items(1), (REGISTRY["iam:CreateGroup"], {"group_name": "g"})])
    assert [outcome.fault and outcome.fault.code for outcome in outcomes] == ["InternalFailure", None]
    assert footprint(tenant) == (users, changes, records + 1)
