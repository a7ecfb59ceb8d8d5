"""Without a record there is no change; questions are answered all the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, OperationalError

from accounts.users.models import User
from iamconsole.audit import chain
from iamconsole.kernel.errors import AccessDenied, Fault
from iamconsole.replication.models import ChangeEntry
from tests.audit.support import trail_of
from tests.audit.test_records import call_of
from tests.support.tenants import Tenant, run


@pytest.fixture
def broken_sink(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant.user("weak")

    def no_room(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("no space left on device")

    monkeypatch.setattr(chain, "append", no_room)


def test_a_change_that_cannot_be_recorded_does_not_happen(tenant: Tenant, broken_sink: None) -> None:
    records, changes = len(trail_of(tenant.account_id)), ChangeEntry.objects.count()
    with pytest.raises((Fault, DatabaseError)):
        tenant.run("iam:CreateUser", user_name="ada")
    assert not User.objects.filter(account_id=tenant.account_id, name="ada").exists()
    assert (len(trail_of(tenant.account_id)), ChangeEntry.objects.count()) == (records, changes)


def test_questions_go_on(tenant: Tenant, broken_sink: None) -> None:
    assert {user.user_name for user in tenant.run("iam:ListUsers").users} == {"admin", "weak"}
    assert tenant.run("iamconsole:LookupAuditEvents").events


def test_what_is_denied_stays_denied(tenant: Tenant, broken_sink: None) -> None:
    with pytest.raises((Fault, DatabaseError)):
        run(call_of(tenant, "weak"), "iam:ListUsers")


def test_the_first_record_after_a_failure_follows_the_last_before(tenant: Tenant) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "append", lambda *_a, **_k: (_ for _ in ()).throw(OperationalError("no space")))
        with pytest.raises((Fault, DatabaseError)):
            tenant.run("iam:CreateUser", user_name="ada")
    tenant.run("iam:CreateUser", user_name="bob")
    places = [event.sequence for event in trail_of(tenant.account_id)]
    assert places == list(range(1, len(places) + 1))


def test_denials_carry_their_fault_out(tenant: Tenant) -> None:
    tenant.user("weak")
    with pytest.raises(AccessDenied):
        run(call_of(tenant, "weak"), "iam:ListUsers")
