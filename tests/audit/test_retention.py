"""Old segments can go, oldest first and with a receipt; the chain verifies all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from iamconsole.audit import checkpoint_files, checkpoints, retention, signatures
from iamconsole.audit.models import AuditEvent, AuditSegment, DroppableSegment
from iamconsole.audit.verification import verify
from iamconsole.kernel.errors import AccessDenied, DeleteConflict, NoSuchEntity
from tests.audit.support import records_of, trail_of
from tests.audit.test_records import call_of
from tests.support.tenants import Tenant, run


@pytest.fixture
def three(tenant: Tenant, write: Callable[..., None]) -> list[checkpoints.Checkpoint]:
    """Three closed segments and some open records."""
    made = []
    for number in range(3):
        write(2, begin=10 * number)
        made.append(checkpoints.close_segment(tenant.account_id, at_once=True))
    write(1, begin=90)
    return [each for each in made if each]


def drop(tenant: Tenant, number: int) -> Any:
    return tenant.run("iamconsole:DropAuditSegment", segment_number=number)


def test_the_chain_goes_on_from_the_checkpoint(tenant: Tenant, three: list[checkpoints.Checkpoint]) -> None:
    length = len(trail_of(tenant.account_id))
    for checkpoint in three[:2]:
        drop(tenant, checkpoint.number)
        report = verify(tenant.account_id)
        assert report.intact
        assert report.first == checkpoint.last + 1
    assert trail_of(tenant.account_id)[0].previous == three[1].digest
    assert report.last == length + 2
    assert report.checkpoints == 3
    assert not DroppableSegment.objects.exists()
    assert AuditSegment.objects.count() == 3
    assert len(checkpoint_files.read(tenant.account_id).checkpoints) == 3


def test_every_segment_can_go(tenant: Tenant, three: list[checkpoints.Checkpoint]) -> None:
    for checkpoint in three:
        drop(tenant, checkpoint.number)
    assert verify(tenant.account_id).intact
    assert checkpoints.close_segment(tenant.account_id, at_once=True)
    drop(tenant, 4)
    assert verify(tenant.account_id).intact
    assert len(trail_of(tenant.account_id)) == 1


def test_other_accounts_keep_theirs(tenant: Tenant, other: Tenant, three: Any) -> None:
    kept = len(trail_of(other.account_id))
    drop(tenant, 1)
    assert len(trail_of(other.account_id)) == kept
    assert verify(other.account_id).intact


@pytest.mark.parametrize(
    ("number", "fault", "text"),
    [
        (4, NoSuchEntity, "not closed yet"),
        (99, NoSuchEntity, "does not exist"),
        (2, DeleteConflict, "Drop that one first"),
    ],
)
def test_only_the_oldest_closed_segment_can_go(
    tenant: Tenant, three: Any, number: int, fault: type[Exception], text: str
) -> None:
    before = len(trail_of(tenant.account_id))
    with pytest.raises(fault, match=text):
        drop(tenant, number)
    assert len(trail_of(tenant.account_id)) == before + 1  # the refusal


def test_a_segment_goes_once(tenant: Tenant, three: Any) -> None:
    drop(tenant, 1)
    with pytest.raises(DeleteConflict, match="gone already"):
        drop(tenant, 1)


def test_only_the_local_operator_lets_records_go(tenant: Tenant, three: Any) -> None:
    with pytest.raises(AccessDenied):
        run(call_of(tenant, "admin"), "iamconsole:DropAuditSegment", segment_number=1)
    assert verify(tenant.account_id).first == 1


def test_a_crash_after_deleting_keeps_everything(tenant: Tenant, three: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(trail_of(tenant.account_id))
    with monkeypatch.context() as patch:
        patch.setattr(signatures, "sign", lambda _payload: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            drop(tenant, 1)
    assert len(trail_of(tenant.account_id)) == before
    assert verify(tenant.account_id).intact
    assert not DroppableSegment.objects.exists()


def test_denials_that_are_still_counted_hold_their_segment(tenant: Tenant) -> None:
    tenant.user("weak")
    with pytest.raises(AccessDenied):
        run(call_of(tenant, "weak"), "iam:ListUsers")
    checkpoints.close_segment(tenant.account_id, at_once=True)
    with pytest.raises(DeleteConflict, match="still being counted"):
        drop(tenant, 1)


def test_without_the_operation_there_is_no_receipt(tenant: Tenant, three: Any) -> None:
    retention.drop_segment(tenant.account_id, 1)
    broken = verify(tenant.account_id).broken
    assert broken
    assert broken.sequence == 1
    assert "missing without a receipt" in broken.why


@pytest.mark.usefixtures("unguarded")
def test_a_whole_segment_that_was_stolen_is_missed(tenant: Tenant, three: list[checkpoints.Checkpoint]) -> None:
    drop(tenant, 1)
    AuditEvent.objects.filter(account_id=tenant.account_id, sequence__lte=three[1].last).delete()
    broken = verify(tenant.account_id).broken
    assert broken
    assert broken.sequence == 1
    assert "missing without a receipt" in broken.why


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("forgery", ["receipt", "segment", "failed"])
def test_a_receipt_cannot_be_forged(tenant: Tenant, write: Callable[..., None], forgery: str) -> None:
    write(2)
    checkpoints.close_segment(tenant.account_id, at_once=True)
    write(2, begin=10)
    two = checkpoints.close_segment(tenant.account_id, at_once=True)
    drop(tenant, 1)
    last = trail_of(tenant.account_id)[-1]
    record = records_of(tenant.account_id)[-1]
    match forgery:
        case "receipt":
            record["responseElements"]["receipt"] = signatures.sign("something else")
        case "segment":
            record["responseElements"]["segmentNumber"] = 2
            assert two
            AuditEvent.objects.filter(account_id=tenant.account_id, sequence__lte=two.last).delete()
        case "failed":
            record["errorCode"] = "AccessDenied"
    body = json.dumps(record, sort_keys=True, separators=(",", ":"))
    AuditEvent.objects.filter(pk=last.pk, account_id=tenant.account_id).update(
        body=body, error_code=record.get("errorCode", "")
    )
    rehash_last(tenant)
    broken = verify(tenant.account_id).broken
    assert broken
    assert "missing without a receipt" in broken.why


def rehash_last(tenant: Tenant) -> None:
    from iamconsole.audit.chain import digest_of
    from iamconsole.audit.models import AuditChain

    last = trail_of(tenant.account_id)[-1]
    digest = digest_of(account_id=last.account_id, sequence=last.sequence, previous=last.previous, body=last.body)
    AuditEvent.objects.filter(pk=last.pk, account_id=tenant.account_id).update(digest=digest)
    AuditChain.objects.filter(pk=tenant.account_id).update(digest=digest)
