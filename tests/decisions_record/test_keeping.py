"""What is kept of a denial, for how long, at what price, and for whom."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from iamconsole.audit import tasks
from iamconsole.audit.decisions import keeping
from iamconsole.audit.models import AuditEvent, AuthorizationRecord, CapturedPolicy
from iamconsole.kernel.errors import AccessDenied, NoSuchEntity, ServiceUnavailable
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime import calls
from iamconsole.runtime.authentication.identities import of_user
from iamconsole.runtime.authorization import authorize, locate
from iamconsole.runtime.batch import execute_batch
from policies.engine import Decision, EngineFault
from tests.decisions_record.support import Denied
from tests.query.aws import allow, deny, document, policy
from tests.support.tenants import Tenant, run

START = datetime(2027, 3, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def records(tenant: Tenant) -> list[AuthorizationRecord]:
    return list(AuthorizationRecord.objects.filter(account_id=tenant.account_id).order_by("id"))


def texts(tenant: Tenant) -> set[str]:
    return set(CapturedPolicy.objects.filter(account_id=tenant.account_id).values_list("document", flat=True))


def call_of(tenant: Tenant, name: str = "ada") -> Any:
    return calls.call_for(of_user(User.objects.get(account_id=tenant.account_id, name=name)), door="query")


def refuse(tenant: Tenant, action: str = "iam:ListUsers", **members: Any) -> AccessDenied:
    with pytest.raises(AccessDenied) as caught:
        run(call_of(tenant), action, **members)
    return caught.value


# --- each denial has its own ----------------------------------------------------------------------------------------


def test_every_denial_has_an_id_of_its_own_though_the_trail_folds_repeats(tenant: Tenant, ada: Denied) -> None:
    ids = [ada.denied() for _ in range(3)]
    assert len(set(ids)) == 3
    assert [record.authorization_id for record in records(tenant)] == ids
    (event,) = AuditEvent.objects.filter(account_id=tenant.account_id, error_code="AccessDenied")
    assert json.loads(event.body)["authorizationId"] == ids[0]
    for authorization_id in ids:
        assert ada.explained(authorization_id).authorization_id == authorization_id


def test_a_denied_change_and_a_denied_item_of_a_batch_are_kept(tenant: Tenant, ada: Denied) -> None:
    fault = refuse(tenant, "iam:CreateUser", user_name="bob")
    assert fault.authorization_id
    assert str(fault).endswith(f" {fault.authorization_id}")
    (outcome,) = execute_batch(call_of(tenant), [(REGISTRY["iam:CreateUser"], {"user_name": "bob"})])
    assert isinstance(outcome.fault, AccessDenied)
    assert [record.authorization_id for record in records(tenant)] == [
        fault.authorization_id,
        outcome.fault.authorization_id,
    ]


def test_what_leaves_no_record_names_none(tenant: Tenant, ada: Denied) -> None:
    """Menus ask the authorizer, and dry runs try things out: neither may promise what nobody can answer."""
    operation = REGISTRY["iam:ListUsers"]
    call, request = call_of(tenant), operation.decode({})
    with pytest.raises(AccessDenied) as caught:
        authorize(call, operation, request, locate(call, operation.on, request))
    (outcome,) = execute_batch(call, [(REGISTRY["iam:CreateUser"], {"user_name": "bob"})], dry_run=True)
    for fault in (caught.value, outcome.fault):
        assert isinstance(fault, AccessDenied)
        assert fault.authorization_id is None
        assert "authorization id" not in fault.message
    assert records(tenant) == []


def test_policies_are_stored_once(tenant: Tenant, ada: Denied, iam: Any) -> None:
    managed = policy(iam, "reads", document(allow("s3:*")))
    iam.attach_user_policy(UserName="ada", PolicyArn=managed)
    for number in range(3):
        ada.may(deny("iam:List*") | {"Sid": f"No{number % 2}"})
        ada.denied()
    expected = {document(deny("iam:List*") | {"Sid": sid}) for sid in ("No0", "No1")}
    assert texts(tenant) == expected | {document(allow("s3:*"))}
    assert CapturedPolicy.objects.filter(account_id=tenant.account_id).count() == 3


def test_two_accounts_keep_their_own(tenant: Tenant, other: Tenant, ada: Denied) -> None:
    ada.may(deny())
    theirs = Denied(other, other.user("ada"))
    theirs.may(deny())
    mine, foreign = ada.denied(), theirs.denied()
    assert [record.authorization_id for record in records(tenant)] == [mine]
    assert [record.authorization_id for record in records(other)] == [foreign]
    assert texts(tenant) == texts(other) == {document(deny())}
    for asking, authorization_id in ((ada, foreign), (theirs, mine)):
        with pytest.raises(NoSuchEntity):
            asking.explained(authorization_id)


# --- when something fails -------------------------------------------------------------------------------------------


def test_a_denial_that_cannot_be_kept_is_not_audited_as_if_it_were(
    tenant: Tenant, ada: Denied, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(CapturedPolicy.objects, "bulk_create", fail)
    ada.may(deny())
    with pytest.raises(ServiceUnavailable):
        run(call_of(tenant), "iam:ListUsers")
    assert records(tenant) == []
    assert not AuditEvent.objects.filter(account_id=tenant.account_id, error_code="AccessDenied").exists()


def test_what_cannot_be_explained_is_denied_and_kept_all_the_same(
    tenant: Tenant, ada: Denied, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_decision: Decision) -> Any:
        raise EngineFault("a condition key is given twice")

    monkeypatch.setattr(Decision, "near_misses", fail)
    ada.may(deny())
    explained = ada.explained(ada.denied())
    assert (explained.evaluated_effect, explained.checks, explained.fixes) == ("EXPLICIT_DENY", [], [])
    assert tenant.client("iam-toolbox").get_request_authorization_details(authorizationId=explained.authorization_id)[
        "evaluations"
    ][0].keys() == {"action", "resource", "context", "evaluatedEffect", "matchedPolicies"}


# --- no secrets -----------------------------------------------------------------------------------------------------


def test_secrets_are_not_kept(tenant: Tenant, ada: Denied) -> None:
    secrets = ["Hunter2-is-no-password", ada.key["SecretAccessKey"], tenant.admin_key["SecretAccessKey"]]
    ada.denied("create_login_profile", UserName="ada", Password=secrets[0])
    ada.denied("update_login_profile", UserName="ada", Password=secrets[0])
    ada.denied("create_access_key", UserName="ada")
    kept = "".join(record.body for record in records(tenant)) + "".join(texts(tenant))
    assert len(records(tenant)) == 3
    assert [secret for secret in secrets if secret in kept] == []


# --- retention and bounds -------------------------------------------------------------------------------------------


@pytest.fixture
def denied_at(tenant: Tenant, ada: Denied) -> Callable[..., str]:
    def deny_at(after: timedelta) -> str:
        with time_machine.travel(START + after, tick=False):
            return refuse(tenant).authorization_id or ""

    return deny_at


@pytest.mark.parametrize(("after", "is_kept"), [(WEEK, True), (WEEK + timedelta(microseconds=1), False)])
def test_a_denial_is_explained_for_a_week(
    tenant: Tenant, ada: Denied, denied_at: Callable[..., str], after: timedelta, is_kept: bool
) -> None:
    authorization_id = denied_at(timedelta())
    with time_machine.travel(START + after, tick=False):
        if is_kept:
            assert ada.explained(authorization_id).time == START
        else:
            with pytest.raises(NoSuchEntity):
                ada.explained(authorization_id)
        assert tasks.forget_old_decisions() == (not is_kept)
        assert tasks.forget_old_decisions() == 0
    assert len(records(tenant)) == is_kept


def test_the_retention_is_set(tenant: Tenant, ada: Denied, denied_at: Callable[..., str], settings: Any) -> None:
    denied_at(timedelta())
    settings.IAM_DECISION_RETENTION = timedelta(days=1)
    with time_machine.travel(START + timedelta(days=1, seconds=1), tick=False):
        assert tasks.forget_old_decisions() == 1


def test_a_policy_stays_as_long_as_a_record_needs_it(
    tenant: Tenant, ada: Denied, denied_at: Callable[..., str]
) -> None:
    ada.may(deny())
    hours = [timedelta(hours=each) for each in (0, 23, 25, 47)]
    ids = [denied_at(each) for each in hours]
    for moment in range(0, 24 * 12, 7):
        with time_machine.travel(START + timedelta(hours=moment), tick=False):
            tasks.forget_old_decisions()
            for authorization_id, at in zip(ids, hours, strict=True):
                if timedelta(hours=moment) <= at + WEEK:
                    assert ada.explained(authorization_id).policies[0].policy_document == document(deny())
    assert (records(tenant), texts(tenant)) == ([], set())


def test_forgetting_goes_in_chunks(
    tenant: Tenant, ada: Denied, denied_at: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "CHUNK", 2)
    for second in range(5):
        denied_at(timedelta(seconds=second))
    assert keeping.forget_old(START + WEEK + timedelta(seconds=4)) == 4
    assert len(records(tenant)) == 1


def test_a_newer_denial_displaces_the_oldest_of_its_account(
    tenant: Tenant, other: Tenant, ada: Denied, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = Denied(other, other.user("ada")).denied()
    monkeypatch.setattr(keeping, "MOST_RECORDS", 3)
    monkeypatch.setattr(keeping, "DISPLACED_EVERY", 1)
    ids = [ada.denied() for _ in range(5)]
    assert [record.authorization_id for record in records(tenant)] == ids[2:]
    assert [record.authorization_id for record in records(other)] == [theirs]


# --- the price ------------------------------------------------------------------------------------------------------


def statements(tenant: Tenant) -> int:
    with CaptureQueriesContext(connection) as queries:
        refuse(tenant)
    return len(queries)


def test_a_denial_takes_the_same_statements_however_much_there_is(
    tenant: Tenant, ada: Denied, iam: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "DISPLACED_EVERY", 10**9)
    for number in range(8):
        arn = policy(iam, f"p{number}", document(allow("s3:*", f"arn:aws:s3:::{number}")))
        iam.attach_user_policy(UserName="ada", PolicyArn=arn)
    refuse(tenant)
    with_policies = statements(tenant)
    assert with_policies < 20
    for _ in range(20):
        refuse(tenant)
    assert statements(tenant) == with_policies
    for number in range(6):
        iam.detach_user_policy(UserName="ada", PolicyArn=f"arn:aws:iam::{tenant.account_id}:policy/p{number}")
    refuse(tenant)
    assert statements(tenant) == with_policies


def test_an_account_that_denies_without_end_stays_near_its_bound(
    tenant: Tenant, ada: Denied, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_RECORDS", 5)
    monkeypatch.setattr(keeping, "DISPLACED_EVERY", 4)
    for _ in range(25):
        refuse(tenant)
        assert len(records(tenant)) < 5 + 4


def test_keeping_takes_two_statements_and_more_for_new_policies(
    tenant: Tenant, ada: Denied, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "DISPLACED_EVERY", 10**9)

    def kept() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            refuse(tenant)
        tables = ("audit_authorizationrecord", "audit_capturedpolicy")
        return [each["sql"].split()[0] for each in queries if any(table in each["sql"] for table in tables)]

    ada.may(deny())
    assert kept() == ["INSERT", "SELECT", "INSERT"]
    assert kept() == ["INSERT", "SELECT"]


@pytest.mark.django_db(transaction=True)
def test_parallel_denials_are_all_kept(tenant: Tenant) -> None:
    tenant.user("ada", document(deny()))
    calling = [call_of(tenant) for _ in range(8)]
    start, ids = threading.Barrier(8), list[str]()

    def work(number: int) -> None:
        start.wait()
        try:
            run(calling[number], "iam:ListUsers")
        except AccessDenied as denied:
            ids.append(denied.authorization_id or "")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {record.authorization_id for record in records(tenant)} == set(ids)
    assert len(set(ids)) == 8
    assert texts(tenant) == {document(deny())}
