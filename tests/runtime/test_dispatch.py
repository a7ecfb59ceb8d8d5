"""What `execute()` guarantees by its structure."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel.errors import AccessDenied, EntityAlreadyExists, InternalFailure, ValidationError
from iamconsole.kernel.operation import REGISTRY
from iamconsole.replication.models import ChangeEntry
from iamconsole.runtime import calls, catalogue, dispatch
from iamconsole.runtime.authentication.identities import of_user
from tests.support.tenants import Tenant, run


def events(tenant: Tenant, name: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(account_id=tenant.account_id, name=name).order_by("sequence"))


def test_an_operation_is_not_callable(tenant: Tenant) -> None:
    with pytest.raises(TypeError, match=r"run it with iamconsole\.runtime\.dispatch\.execute"):
        REGISTRY["iam:CreateUser"](tenant.operator(), user_name="ada")


def test_execute_within_execute_is_refused(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = catalogue.find("iam", "ListUsers")
    outer = catalogue.find("iam", "GetAccountSummary")
    assert inner
    assert outer

    def handler(call: Any) -> None:
        dispatch.execute(call, inner, {})

    nested = type(outer)(**{name: getattr(outer, name) for name in outer.__slots__} | {"handler": handler})
    with pytest.raises(InternalFailure) as refused:
        dispatch.execute(tenant.operator(), nested, {})
    assert "share a function, not an operation" in str(refused.value.__cause__)


def test_a_change_leaves_one_row_one_record_and_one_event(tenant: Tenant) -> None:
    tenant.run("iam:CreateUser", user_name="ada")
    user = User.objects.get(account_id=tenant.account_id, name="ada")
    (record,) = [e for e in events(tenant, "CreateUser") if '"userName":"ada"' in e.body]
    (change,) = ChangeEntry.objects.filter(account_id=tenant.account_id, entity_id=user.unique_id)
    assert record.error_code == ""
    assert (change.entity, change.verb) == ("user", "created")


def test_a_failed_change_leaves_nothing_but_its_record(tenant: Tenant) -> None:
    before = ChangeEntry.objects.count()
    with pytest.raises(EntityAlreadyExists):
        tenant.run("iam:CreateUser", user_name="ADMIN")
    assert ChangeEntry.objects.count() == before
    assert events(tenant, "CreateUser")[-1].error_code == "EntityAlreadyExists"


def test_an_input_fault_of_a_change_is_on_record(tenant: Tenant) -> None:
    with pytest.raises(ValidationError):
        tenant.run("iam:CreateUser", user_name="not a name")
    assert events(tenant, "CreateUser")[-1].error_code == "ValidationError"


def test_an_unforeseen_error_is_an_internal_failure_that_leaves_only_its_record(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.users.queries.shown", lambda *a, **k: 1 / 0)
    with pytest.raises(InternalFailure, match="unknown error"):
        tenant.run("iam:CreateUser", user_name="ada")
    assert not User.objects.filter(account_id=tenant.account_id, name="ada").exists()
    assert events(tenant, "CreateUser")[-1].error_code == "InternalFailure"


def test_a_read_leaves_no_record_unless_it_is_denied(tenant: Tenant) -> None:
    tenant.run("iam:ListUsers")
    assert events(tenant, "ListUsers") == []
    tenant.run("iam:CreateUser", user_name="ada")
    ada = User.objects.get(account_id=tenant.account_id, name="ada")
    call = calls.call_for(of_user(ada), door="query")
    with pytest.raises(AccessDenied, match="because no identity-based policy allows the iam:ListUsers action"):
        run(call, "iam:ListUsers")
    (record,) = events(tenant, "ListUsers")
    assert record.error_code == "AccessDenied"
    assert "authorizationId" in record.body


def test_only_what_aws_leaves_open_needs_no_permission() -> None:
    assert {o.action for o in catalogue.operations() if o.unrestricted} == {
        "sts:GetCallerIdentity",
        "sts:GetSessionToken",
        "signin:CheckMFA",
        "signin:ConsoleLogin",
        "signin:ConsoleLogout",
        "iamconsole:GetWorkloadMetadata",  # open to a host as EC2's metadata service is
        "signin:GetSigninToken",
    }


def test_an_engine_fault_is_no_allow(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policies.engine.authorize", lambda *a: (_ for _ in ()).throw(RuntimeError("broken")))
    with pytest.raises(InternalFailure):
        tenant.run("iam:ListUsers")


def test_every_change_that_writes_is_in_the_change_log(tenant: Tenant) -> None:
    """The write guard of conftest watches tables; this watches that the log moved with each successful change."""
    before = ChangeEntry.objects.count()
    tenant.run("iam:CreateGroup", group_name="g")
    tenant.run("iam:AddUserToGroup", group_name="g", user_name="admin")
    tenant.run("iam:AddUserToGroup", group_name="g", user_name="admin")  # changes nothing
    assert ChangeEntry.objects.count() == before + 2
    positions = list(ChangeEntry.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(positions[0], positions[0] + len(positions)))
