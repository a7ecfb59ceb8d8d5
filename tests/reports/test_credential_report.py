"""The credential report: its states, its lines, and that no size of account is too large for it."""

from __future__ import annotations

import csv
import gc
import io
import tracemalloc
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import CredentialReport, User
from accounts.reports import credentials, queries
from iamconsole.interfaces.workers import hints, reports
from iamconsole.kernel import clock
from iamconsole.kernel.call import Change
from iamconsole.kernel.errors import Fault
from iamconsole.runtime.publishing import committed
from tests.passwords.conftest import later as later  # a fixture
from tests.reports.furnished import HEADER, draw, expected, furnish
from tests.support.tenants import Tenant, open_account

Later = Callable[..., None]


def code_of(ask: Callable[[], Any]) -> tuple[str, int]:
    with pytest.raises(ClientError) as refused:
        ask()
    response = refused.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def lines(iam: Any) -> list[dict[str, str]]:
    content = iam.get_credential_report()["Content"].decode()
    assert content.splitlines()[0] == HEADER
    return list(csv.DictReader(io.StringIO(content)))


def test_from_the_order_to_the_next_one(iam: Any, tenant: Tenant, later: Later) -> None:
    assert code_of(iam.get_credential_report) == ("ReportNotPresent", 410)
    ordered = iam.generate_credential_report()
    assert ordered["State"] == "STARTED"
    assert ordered["Description"] == "No report exists. Starting a new report generation task"
    assert iam.generate_credential_report()["State"] == "INPROGRESS"
    assert code_of(iam.get_credential_report) == ("ReportInProgress", 404)
    assert reports.write_ordered() == 1
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    made = iam.get_credential_report()
    assert made["ReportFormat"] == "text/csv"
    later(hours=3, minutes=59)
    tenant.run("iam:CreateUser", user_name="ada")
    assert tenant.run("iam:GenerateCredentialReport").state == "COMPLETE"
    assert tenant.run("iam:GetCredentialReport").content == made["Content"]
    later(minutes=1)
    with pytest.raises(Fault, match="four hours old"):
        tenant.run("iam:GetCredentialReport")
    assert tenant.run("iam:GenerateCredentialReport").state == "STARTED"
    reports.write_ordered()
    assert b"user/ada" in tenant.run("iam:GetCredentialReport").content


def test_root_and_a_user_with_everything_by_way_of_operations(iam: Any, tenant: Tenant) -> None:
    iam.create_user(UserName="ada")
    iam.create_login_profile(UserName="ada", Password="Correct-horse-7")
    iam.update_account_password_policy(MaxPasswordAge=90)
    tenant.client("sts", tenant.key("ada")).get_caller_identity()
    tenant.run("iam:GenerateCredentialReport")
    reports.write_ordered()
    root, ada, admin = lines(iam)
    assert (root["user"], root["arn"]) == ("<root_account>", f"arn:aws:iam::{tenant.account_id}:root")
    assert (root["password_enabled"], root["password_last_used"]) == ("true", "no_information")
    assert root["password_next_rotation"] == "not_supported"
    assert (ada["user"], admin["user"]) == ("ada", "admin")
    assert ada["password_next_rotation"] > ada["password_last_changed"]
    assert (ada["access_key_1_active"], ada["access_key_2_active"]) == ("true", "false")
    assert (admin["password_enabled"], admin["password_next_rotation"]) == ("false", "N/A")


@pytest.mark.parametrize("max_age", [0, 45])
def test_every_line_is_what_was_drawn(iam: Any, tenant: Tenant, max_age: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "PAGE", 7)
    if max_age:
        iam.update_account_password_policy(MaxPasswordAge=max_age)
    drawn = [draw(Random(number), number) for number in range(60)]
    furnish(tenant, drawn)
    tenant.run("iam:GenerateCredentialReport")
    reports.write_ordered()
    found = {line["user"]: line for line in lines(iam)}
    assert len(found) == 62
    assert {name: found[name] for name in found if name.startswith("user-")} == {
        each.name: expected(tenant, each, max_age) for each in drawn
    }


@pytest.mark.parametrize("name", ["=cmd", "+1", "-2", "@SUM"])
def test_a_name_that_a_spreadsheet_would_run_is_text(iam: Any, tenant: Tenant, name: str) -> None:
    iam.create_user(UserName=name)
    tenant.run("iam:GenerateCredentialReport")
    reports.write_ordered()
    assert f"'{name}" in {line["user"] for line in lines(iam)}


def test_a_report_knows_its_own_account_alone(iam: Any, tenant: Tenant, app: Any) -> None:
    other = open_account(app)
    other.run("iam:CreateUser", user_name="eve")
    for each in (tenant, other):
        each.run("iam:GenerateCredentialReport")
    assert reports.write_ordered() == 2
    assert {line["user"] for line in lines(iam)} == {"<root_account>", "admin"}


def test_memory_and_questions_do_not_grow_with_the_account(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "PAGE", 100)

    def measured() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as asked:  # and keeps them, so memory is measured without
            assert sum(1 for _line in credentials.lines(tenant.account_id))
        tracemalloc.start()
        for number, _line in enumerate(credentials.lines(tenant.account_id)):
            if number % credentials.PAGE == 0:
                gc.collect()  # rows and what is read with them hold each other: what counts is what stays
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak, len(asked)

    furnish(tenant, [draw(Random(n), n) for n in range(200)])
    few, asked_few = measured()
    furnish(tenant, [draw(Random(n), n) for n in range(200, 600)])
    many, asked_many = measured()
    assert many < few * 1.3
    pages = 400 // credentials.PAGE
    assert asked_many - asked_few == pages * (1 + len(credentials.COMBINED))
    assert len(credentials.compressed(tenant.account_id)) < 600 * 120
    assert User.objects.filter(account_id=tenant.account_id).count() > 600


def test_an_order_is_one_workers_until_that_is_lost(tenant: Tenant, later: Later) -> None:
    tenant.run("iam:GenerateCredentialReport")
    assert list(queries.claimed(clock.now())) == [tenant.account_id]
    assert list(queries.claimed(clock.now())) == []
    assert reports.write_ordered() == 0
    later(seconds=queries.LEASE.total_seconds() + 1)
    assert reports.write_ordered() == 1


def test_writing_it_twice_leaves_the_first(tenant: Tenant) -> None:
    tenant.run("iam:GenerateCredentialReport")
    reports.write_ordered()
    first = CredentialReport.objects.get(account_id=tenant.account_id).generated
    reports.calling.run(tenant.account_id, reports.WORKER, reports.WRITE)
    assert CredentialReport.objects.get(account_id=tenant.account_id).generated == first


def test_one_account_that_fails_keeps_no_other_from_its_report(
    tenant: Tenant, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = open_account(app)
    for each in (tenant, other):
        each.run("iam:GenerateCredentialReport")
    compressed = credentials.compressed

    def failing(account_id: str) -> bytes:
        if account_id == tenant.account_id:
            raise ArithmeticError("of this one")
        return compressed(account_id)

    monkeypatch.setattr(credentials, "compressed", failing)
    assert reports.write_ordered() == 1
    assert other.run("iam:GetCredentialReport").content


def test_only_workers_write(tenant: Tenant) -> None:
    tenant.run("iam:GenerateCredentialReport")
    with pytest.raises(Fault, match="no scheduled task"):
        tenant.run("iamconsole:WriteCredentialReport")


def test_an_order_is_a_hint_once_it_is_committed(
    transactional_db: None, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hinted: list[str] = []

    class AtOnce:
        def __init__(self, *, args: tuple[str], **_: Any) -> None:
            hinted.append(*args)

        def start(self) -> None:
            """Nothing is sent."""

    monkeypatch.setattr(hints, "Thread", AtOnce)
    tenant = open_account(app)
    assert hinted == []
    tenant.run("iam:GenerateCredentialReport")
    assert hinted == ["reports.write_ordered"]


def test_a_broker_that_is_away_loses_a_hint_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any, **_options: Any) -> None:
        raise hints.OperationalError("no broker")

    monkeypatch.setattr(hints.current_app, "send_task", away)
    hints.send("reports.write_ordered")
    committed.send(None, changes=(Change("user", "AIDA", "created"),))
