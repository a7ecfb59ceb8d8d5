"""Repeated denials become one record and a count, and no denial is lost on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from iamconsole.audit import chain, tasks, trail
from iamconsole.audit.models import DenialTally
from iamconsole.audit.verification import verify
from iamconsole.kernel.errors import AccessDenied
from tests.audit.support import records_of
from tests.audit.test_records import call_of
from tests.support.tenants import Tenant, run

START = datetime(2027, 3, 1, 12, tzinfo=UTC)
WINDOW = trail.WINDOW


@pytest.fixture
def denied(tenant: Tenant) -> Callable[..., None]:
    """A denial of user `weak` so long after START."""
    tenant.user("weak")

    def deny(after: timedelta = timedelta(), action: str = "iam:ListUsers", name: str = "weak") -> None:
        with time_machine.travel(START + after, tick=False), pytest.raises(AccessDenied):
            run(call_of(tenant, name), action)

    return deny


def denials(tenant: Tenant) -> list[dict[str, Any]]:
    return [record for record in records_of(tenant.account_id) if record.get("errorCode") == "AccessDenied"]


def counted(tenant: Tenant) -> int:
    """How many denials the trail and its tallies speak of."""
    on_record = sum(record.get("repeats", 1) for record in denials(tenant))
    return on_record + sum(DenialTally.objects.values_list("repeats", flat=True))


def test_repeats_within_the_window_are_counted(tenant: Tenant, denied: Callable[..., None]) -> None:
    for second in (0, 1, 59):
        denied(timedelta(seconds=second))
    assert len(denials(tenant)) == 1
    assert trail.fold_expired(START + WINDOW) == 1
    first, folded = denials(tenant)
    assert folded["repeats"] == 2
    assert folded["repeatsOf"] == first["eventID"]
    assert (folded["repeatsSince"], folded["eventTime"]) == ("2027-03-01T12:00:00Z", "2027-03-01T12:00:59Z")
    assert folded["eventID"] != first["eventID"]
    assert {**folded, **first} == {**first, **{k: folded[k] for k in ("repeats", "repeatsOf", "repeatsSince")}}
    assert verify(tenant.account_id).intact


@pytest.mark.parametrize(
    ("after", "records"),
    [(WINDOW - timedelta(microseconds=1), 1), (WINDOW, 2), (WINDOW + timedelta(microseconds=1), 2)],
)
def test_the_window_ends_to_the_microsecond(
    tenant: Tenant, denied: Callable[..., None], after: timedelta, records: int
) -> None:
    denied()
    denied(after)
    assert len(denials(tenant)) == records
    assert counted(tenant) == 2


@pytest.mark.parametrize(("after", "folded"), [(-timedelta(microseconds=1), 0), (timedelta(), 1)])
def test_beat_folds_what_can_grow_no_more(
    tenant: Tenant, denied: Callable[..., None], after: timedelta, folded: int
) -> None:
    denied()
    denied(timedelta(seconds=1))
    assert trail.fold_expired(START + WINDOW + after) == folded
    assert DenialTally.objects.count() == 1 - folded


def test_the_next_denial_folds_a_window_that_is_over(tenant: Tenant, denied: Callable[..., None]) -> None:
    for second in (0, 1, 2, 61, 62):
        denied(timedelta(seconds=second))
    assert [record.get("repeats") for record in denials(tenant)] == [None, 2, None]
    assert DenialTally.objects.get().repeats == 1
    assert counted(tenant) == 5


def test_a_lone_denial_folds_into_nothing(tenant: Tenant, denied: Callable[..., None]) -> None:
    denied()
    assert trail.fold_expired(START + WINDOW) == 1
    assert len(denials(tenant)) == 1
    assert not DenialTally.objects.exists()


def test_a_late_call_does_not_turn_the_clock_back(tenant: Tenant, denied: Callable[..., None]) -> None:
    for second in (10, 20, 5):
        denied(timedelta(seconds=second))
    tally = DenialTally.objects.get()
    assert (tally.repeats, tally.opened, tally.last) == (
        2,
        START + timedelta(seconds=10),
        START + timedelta(seconds=20),
    )


def test_other_callers_actions_and_faults_are_not_counted_together(tenant: Tenant, denied: Callable[..., None]) -> None:
    tenant.user("faint")
    denied()
    denied(name="faint")
    denied(action="iam:ListRoles")
    assert len(denials(tenant)) == 3
    assert DenialTally.objects.count() == 3


def test_folding_twice_counts_once(tenant: Tenant, denied: Callable[..., None]) -> None:
    denied()
    denied()
    with time_machine.travel(START + WINDOW, tick=False):
        assert [tasks.fold_denials(), tasks.fold_denials()] == [1, 0]
    assert counted(tenant) == 2


def test_a_crash_while_folding_loses_nothing(
    tenant: Tenant, denied: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    denied()
    denied()
    with monkeypatch.context() as patch:
        patch.setattr(DenialTally, "delete", lambda _tally: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            trail.fold_expired(START + WINDOW)
    assert (len(denials(tenant)), DenialTally.objects.get().repeats) == (1, 1)
    assert trail.fold_expired(START + WINDOW) == 1
    assert counted(tenant) == 2
    assert verify(tenant.account_id).intact


def test_a_crash_before_the_tally_opens_leaves_no_half_denial(
    tenant: Tenant, denied: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(DenialTally.objects, "create", lambda **_fields: (_ for _ in ()).throw(KeyboardInterrupt))
        with time_machine.travel(START, tick=False), pytest.raises(KeyboardInterrupt):
            run(call_of(tenant, "weak"), "iam:ListUsers")
    assert counted(tenant) == 0
    denied()
    assert counted(tenant) == 1


def in_threads(count: int, act: Callable[[int], None]) -> list[BaseException]:
    """Run `act` in so many threads that begin together; gives what they raised."""
    start, raised = threading.Barrier(count), []

    def work(number: int) -> None:
        try:
            start.wait()
            act(number)
        except BaseException as fault:
            raised.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_parallel_first_denials_leave_one_record_and_the_rest_counted(tenant: Tenant) -> None:
    tenant.user("weak")
    calls = [call_of(tenant, "weak") for _ in range(8)]
    raised = in_threads(8, lambda number: run(calls[number], "iam:ListUsers"))
    assert [type(fault) for fault in raised] == [AccessDenied] * 8
    assert len(denials(tenant)) == 1
    assert DenialTally.objects.get().repeats == 7
    assert verify(tenant.account_id).intact


@pytest.mark.django_db(transaction=True)
def test_counting_while_folding_loses_no_repeat(tenant: Tenant) -> None:
    """Half of the threads deny again and again, half fold everything as if its window were over."""
    tenant.user("weak")
    calls = [[call_of(tenant, "weak") for _ in range(6)] for _ in range(3)]

    def act(number: int) -> None:
        for turn in range(6):
            if number < 3:
                with pytest.raises(AccessDenied):
                    run(calls[number][turn], "iam:ListUsers")
            else:
                trail.fold_expired(calls[0][0].time + 2 * WINDOW)

    assert in_threads(6, act) == []
    assert counted(tenant) == 18
    assert verify(tenant.account_id).intact


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_keep_one_chain(tenant: Tenant) -> None:
    operators = [[tenant.operator() for _ in range(4)] for _ in range(6)]
    before = len(records_of(tenant.account_id))

    def act(number: int) -> None:
        for turn, call in enumerate(operators[number]):
            run(call, "iam:CreateUser", user_name=f"user-{number}-{turn}")

    assert in_threads(6, act) == []
    report = verify(tenant.account_id)
    assert report.intact
    assert report.records == before + 24
    names = [record["requestParameters"]["userName"] for record in records_of(tenant.account_id)[before:]]
    assert len(set(names)) == 24


@pytest.mark.django_db(transaction=True)
def test_two_first_records_of_an_account_share_one_chain(app: Any) -> None:
    record = {"eventName": "First", "userIdentity": {}, "sourceIPAddress": "", "resources": []}

    def act(number: int) -> None:
        from django.db import transaction

        from iamconsole.audit.records import columns_of

        body = record | {
            "eventID": f"00000000-0000-0000-0000-00000000000{number}",
            "eventTime": "2027-03-01T12:00:00Z",
            "recipientAccountId": "999999999999",
        }
        with transaction.atomic():
            chain.append("999999999999", body, time=START, columns=columns_of(body))

    assert in_threads(5, act) == []
    report = verify("999999999999")
    assert report.intact
    assert report.records == 5
