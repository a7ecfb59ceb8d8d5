"""The queue and its thread: bounded, never in the way, and nothing is lost without being counted."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DataError, InterfaceError, OperationalError

from iamconsole.audit.history import folding, upserts
from iamconsole.audit.history import recorder as recording
from iamconsole.audit.history.models import AskedPolicies
from iamconsole.audit.history.recorder import Recorder, recorder
from policies.engine import Principal, PrincipalType
from tests.history.support import ACCOUNT, ADA, counted, decision, lost, note, rows

pytestmark = pytest.mark.usefixtures("db")
START = datetime(2027, 3, 1, 12, 30, tzinfo=UTC)


def test_what_does_not_fit_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "most", 10)
    note(25)
    assert recorder.flush()
    assert (counted(), lost()) == (10, {"decision": 15})
    note(12)
    assert recorder.flush()
    assert (counted(), lost()) == (20, {"decision": 17})


def test_repeats_of_an_hour_are_one_row() -> None:
    with time_machine.travel(START, tick=False) as clock:
        note(3)
        assert recorder.flush()
        clock.shift(timedelta(minutes=20))
        note(2)
        assert recorder.flush()
        (row,) = rows()
        assert (row.times, row.first_time, row.last_time) == (5, START, START + timedelta(minutes=20))
        clock.shift(timedelta(minutes=20))
        note(1)
        assert recorder.flush()
    assert [row.times for row in rows()] == [5, 1]


@pytest.mark.parametrize(
    "other",
    [
        {"resource": "arn:aws:s3:::reports/2"},
        {"action": "s3:PutObject"},
        {"principal": Principal(PrincipalType.USER, ACCOUNT, ADA.arn, "AIDAOTHER", "AIDAOTHER")},
        {"aws__SourceIp": "10.0.0.1"},
        {"orders__Kinds": ["a", "b"]},
    ],
    ids=lambda other: next(iter(other)),
)
def test_what_differs_is_another_row(other: dict[str, Any]) -> None:
    note(2)
    note(3, **other)
    note(1)
    assert recorder.flush()
    assert sorted(row.times for row in rows()) == [3, 3]


def test_the_moment_alone_is_no_difference() -> None:
    for second in range(5):
        note(aws__CurrentTime=f"2027-03-01T12:00:0{second}Z", aws__EpochTime=str(second))
    assert recorder.flush()
    (row,) = rows()
    assert row.times == 5


def test_a_key_of_ever_new_values_does_not_fill_the_history() -> None:
    for number in range(50):
        note(aws__RequestId=str(number))
        if number == 20:
            assert recorder.flush()
    assert recorder.flush()
    full = rows(detail="FULL")
    assert len(full) == folding.MOST_CONTEXTS
    (rest,) = rows(detail="WITHOUT_CONTEXT")
    assert (rest.times, rest.context, rest.resource) == (50 - len(full), "{}", "arn:aws:s3:::reports/1")


def test_a_flood_of_resources_folds_into_rows_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "MOST_ENTRIES", 20)
    for number in range(100):
        note(resource=f"arn:aws:s3:::reports/{number}")
    for number in range(100):
        note(action=f"s3:Get{number}")
    assert recorder.flush()
    assert len(rows(detail="FULL")) == 20
    assert next(row.times for row in rows(detail="WITHOUT_RESOURCE") if row.action == "s3:GetObject") == 80
    assert len(rows()) == 40
    assert counted() + lost()["decision"] == 200


def test_what_is_long_is_cut() -> None:
    note(**{f"orders__Key{number}": "x" * 5_000 for number in range(40)})
    note(resource="arn:aws:s3:::reports/" + "y" * 5_000, action="s3:" + "z" * 500, odd__Text="a\0\ud800")
    assert recorder.flush()
    assert all(len(row.context) < 4_300 and len(row.resource) <= 2048 and len(row.action) <= 256 for row in rows())
    assert "history:Truncated" in rows()[0].context or "history:Truncated" in rows()[1].context


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 10**400, "", [], ["a", 1, True]])
def test_every_value_of_a_context_can_be_written(value: Any) -> None:
    note(orders__Value=value)
    assert recorder.flush()
    assert (counted(), lost()) == (1, {})


def test_nothing_is_lost_whatever_the_threads_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "most", 500)
    threads = [threading.Thread(target=note, args=(2_000,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert recorder.flush()
    assert recorder.flush()
    assert counted() + lost().get("decision", 0) == 8_000


@pytest.mark.parametrize("fault", [OperationalError("locked"), InterfaceError("gone")])
def test_a_database_that_does_not_answer_loses_nothing(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    note(3)
    with monkeypatch.context() as broken:
        broken.setattr(upserts.Upsert, "write", _raising(fault, on="audit_lastaccess"))
        assert not recorder.flush()
        note(4, resource="arn:aws:s3:::reports/2")
        assert not recorder.flush()
        assert counted() == 0
    assert recorder.flush()
    assert (counted(), lost()) == (7, {})


def test_a_database_that_is_down_for_long_makes_what_is_beyond_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "MOST_ENTRIES", 5)
    with monkeypatch.context() as broken:
        broken.setattr(upserts.Upsert, "write", _raising(OperationalError("down"), on="audit_accesshistory"))
        for number in range(40):
            note(action=f"s3:Get{number}")
            assert not recorder.flush()
    assert recorder.flush()
    assert (counted(), lost()) == (10, {"decision": 30})


@pytest.mark.parametrize("fault", [DataError("no"), ValueError("ours")])
def test_what_can_never_be_written_is_counted(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    note(3)
    with monkeypatch.context() as broken:
        broken.setattr(upserts.Upsert, "write", _raising(fault, on="audit_accesshistory"))
        assert not recorder.flush()
    note(1)
    assert recorder.flush()
    assert (counted(), lost()) == (1, {"decision": 3})


def _raising(fault: Exception, *, on: str) -> Any:
    write = upserts.Upsert.write

    def raising(self: Any, rows: Any) -> None:
        write(self, rows)
        if self.model._meta.db_table == on:
            raise fault

    return raising


def test_a_child_begins_anew() -> None:
    note(2)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        note(1)
        os.write(writing, bytes([len(recorder._waiting), recorder._flushing.locked()]))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 2) == bytes([1, 0])
    os.close(reading)
    os.close(writing)
    assert len(recorder._waiting) == 2


def test_a_child_of_a_process_that_is_writing_is_not_held_up() -> None:
    with recorder._flushing, recorder._losing:
        child = os.fork()
        if not child:
            os._exit(int(recorder._flushing.locked() or recorder._losing.locked()))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_the_thread_is_started_by_the_first_decision_and_survives_faults(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.IAM_HISTORY_THREAD = True
    ended: list[Any] = []
    monkeypatch.setattr(recording, "Finalize", lambda *given, **_: ended.append(given[1]))
    monkeypatch.setattr(recording, "INTERVAL", 0.01)
    own = Recorder(most=10)
    flushes: list[float] = []

    def flush(*, pause: float = 0.0) -> bool:
        if len(flushes) > 1:
            own._ending.set()
        flushes.append(pause)
        raise RuntimeError("ours")

    monkeypatch.setattr(own, "flush", flush)
    before = threading.active_count()
    for _ in range(3):
        own.decided(decision(), "decisions")
    assert ended == [own._finish]
    deadline = time.monotonic() + 5
    while threading.active_count() > before:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert len(flushes) == 3


def test_policies_that_accounts_share_are_stored_for_each() -> None:
    for account_id in (ACCOUNT, "999999999999"):
        note(account_id=account_id)
    assert recorder.flush()
    assert AskedPolicies.objects.across_accounts("a test").filter(digest=rows()[0].policies).count() == 2


def test_policies_are_stored_once() -> None:
    note(1)
    assert recorder.flush()
    note(1, resource="arn:aws:s3:::reports/2")
    assert recorder.flush()
    assert AskedPolicies.objects.filter(account_id=ACCOUNT).count() == 1
    assert {row.policies for row in rows()} == {AskedPolicies.objects.get(account_id=ACCOUNT).digest}
