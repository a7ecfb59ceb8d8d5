"""A verification that takes long is a job: ordered, gone on with by any worker, and told about meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iamconsole.audit import checkpoints, inspection, tasks, verification
from iamconsole.audit.inspection import claimed, work
from iamconsole.audit.models import AuditVerificationJob
from iamconsole.interfaces.workers import hints
from iamconsole.kernel import clock
from iamconsole.kernel.errors import NoSuchEntity
from tests.audit.support import sql, trail_of
from tests.support.tenants import Tenant

TRAIL, VERIFY, GET = (f"iamconsole:{name}" for name in ("GetAuditTrail", "VerifyAuditTrail", "GetAuditVerification"))


@pytest.fixture
def long(tenant: Tenant, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Tenant:
    """A chain that is too long to be verified at once, and workers who look at the clock after each two records."""
    monkeypatch.setattr(inspection, "AT_ONCE", 3)
    monkeypatch.setattr(verification, "LOOK_EVERY", 2)
    write(6)
    return tenant


def turns(tenant: Tenant) -> int:
    """How many turns workers without any time take."""
    for turn in range(1, 100):
        for job in claimed(clock.now()):
            if work(job, seconds=-1):
                return turn
    raise AssertionError("it never ends")


def test_a_short_chain_is_verified_at_once(tenant: Tenant) -> None:
    found = tenant.run(VERIFY)
    assert (found.job_status, found.intact, found.records) == ("COMPLETED", True, len(trail_of(tenant.account_id)))
    assert tenant.run(GET, job_id=found.job_id) == found == tenant.run(TRAIL).verification
    assert tenant.run(TRAIL).running is None
    assert tasks.verify_ordered() == 0


def test_a_long_one_goes_on_from_turn_to_turn_and_finds_what_a_verification_at_once_finds(long: Tenant) -> None:
    asked = long.run(VERIFY)
    assert (asked.job_status, asked.intact, asked.records, asked.total) == (
        "IN_PROGRESS",
        None,
        0,
        len(trail_of(long.account_id)),
    )
    (job,) = claimed(clock.now())
    assert not work(job, seconds=-1)
    told = long.run(GET, job_id=asked.job_id)
    assert (told.records, told.first, told.last) == (2, 1, 2)
    assert long.run(TRAIL).running == told == long.run(VERIFY)  # one at a time
    assert turns(long) > 1
    done, at_once = long.run(GET, job_id=asked.job_id), verification.verify(long.account_id)
    assert (done.job_status, done.intact, done.checkpoints) == ("COMPLETED", True, at_once.checkpoints)
    assert (done.records, done.first, done.last) == (at_once.records, at_once.first, at_once.last)
    assert long.run(VERIFY).job_id != asked.job_id
    assert long.run(TRAIL).verification == done  # until the next one is done
    with pytest.raises(NoSuchEntity):
        long.run(GET, job_id=asked.job_id)


@pytest.mark.parametrize("at", [1, 2, 3, 5])
def test_a_break_is_found_in_whichever_turn_it_lies(long: Tenant, unguarded: None, at: int) -> None:
    sql("UPDATE audit_auditevent SET body = '{}' WHERE account_id = %s AND sequence = %s", long.account_id, at)
    job = long.run(VERIFY)
    turns(long)
    found = long.run(GET, job_id=job.job_id)
    assert (found.intact, found.broken_at) == (False, at)


def test_records_and_checkpoints_that_come_meanwhile_are_no_break(long: Tenant, write: Callable[..., None]) -> None:
    job = long.run(VERIFY)
    (claim,) = claimed(clock.now())
    assert not work(claim, seconds=-1)
    write(2, begin=50)
    assert checkpoints.close_segment(long.account_id, at_once=True)
    turns(long)
    found = long.run(GET, job_id=job.job_id)
    assert (found.intact, found.records) == (True, len(trail_of(long.account_id)))


def test_a_segment_that_is_let_go_meanwhile_is_no_break(long: Tenant, write: Callable[..., None]) -> None:
    assert checkpoints.close_segment(long.account_id, at_once=True)
    write(3, begin=50)
    job = long.run(VERIFY)
    (claim,) = claimed(clock.now())
    assert not work(claim, seconds=-1)
    long.run("iamconsole:DropAuditSegment", segment_number=1)
    turns(long)
    found = long.run(GET, job_id=job.job_id)
    assert (found.intact, found.reason) == (True, None)
    assert found.first > 1


def test_a_worker_that_is_lost_loses_the_job_after_its_lease(long: Tenant) -> None:
    long.run(VERIFY)
    now = clock.now()
    assert len(list(claimed(now))) == 1
    assert list(claimed(now)) == []
    assert len(list(claimed(now + inspection.LEASE))) == 1


def test_an_order_that_was_replaced_is_not_written_to(long: Tenant) -> None:
    long.run(VERIFY)
    (job,) = claimed(clock.now())
    other = AuditVerificationJob.objects.filter(account_id=long.account_id)
    other.update(job_id="another")
    assert work(job, seconds=60)
    assert other.get().finished is None


def test_workers_are_told_at_once(
    long: Tenant, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(hints, "_send_soon", sent.append)
    with django_capture_on_commit_callbacks(execute=True):
        long.run(VERIFY)
        long.run(VERIFY)
    assert sent == ["audit.verify_ordered"]
