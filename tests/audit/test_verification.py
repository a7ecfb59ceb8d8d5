"""Every way to tamper with the trail is found, at the first record that it touched."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from iamconsole.audit import chain, checkpoint_files, checkpoints, guard, signatures, verification
from iamconsole.audit.models import AuditChain, AuditEvent, AuditSegment
from iamconsole.audit.verification import verify
from iamconsole.sealing import KeyRing
from tests.audit import tampering
from tests.audit.support import rehash, sql
from tests.audit.tampering import Trail
from tests.support.tenants import Tenant

pytestmark = pytest.mark.usefixtures("unguarded")
EDITED = {
    "time": "2020-01-01 00:00:00+00:00",
    "event_id": uuid.UUID(int=1),
    "name": "ListUsers",
    "principal": "arn:aws:iam::1:user/mallory",
    "access_key_id": "AKIAXXXXXXXXXXXXXXXX",
    "source_ip": "198.51.100.1",
    "error_code": "AccessDenied",
    "resource": "arn:aws:iam::1:user/bob",
}


@pytest.fixture
def trail(tenant: Tenant, write: Callable[..., None]) -> Trail:
    write(6)
    return Trail(tenant.account_id)


TAMPERINGS: list[tuple[Callable[[Trail], None], int, str]] = [
    (tampering.edit_body, 3, "its digest does not fit its body"),
    (tampering.edit_digest, 3, "its digest does not fit its body"),
    (tampering.edit_previous, 3, "it does not follow record 2"),
    (tampering.edit_body_and_digest, 4, "it does not follow record 3"),
    (tampering.delete_in_the_middle, 3, "records from here to 4 are missing"),
    (tampering.delete_and_renumber, 3, "it does not follow record 2"),
    (tampering.delete_the_beginning, 1, "records from here to 2 are missing"),
    (tampering.delete_the_tail, -1, "are missing: the chain's head counts them"),
    (tampering.delete_everything, 1, "are missing: the chain's head counts them"),
    (tampering.reorder, 3, "it does not follow record 2"),
    (tampering.insert, 5, "it does not follow record 4"),
    (tampering.append_beyond_the_head, +1, "it lies beyond the chain's head"),
    (tampering.lower_the_head_alone, -1, "it lies beyond the chain's head"),
    (tampering.forget_the_head, 1, "it lies beyond the chain's head"),
    (tampering.edit_the_head, 0, "the chain's head has another digest"),
]


@pytest.mark.parametrize(("tamper", "place", "why"), TAMPERINGS, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("closed", [False, True], ids=["open", "checkpointed"])
def test_the_first_broken_record_is_named(
    trail: Trail, tamper: Callable[[Trail], None], place: int, why: str, closed: bool
) -> None:
    if closed:
        witness(trail)
    assert verify(trail.account_id).intact
    tamper(trail)
    if place <= 0 or tamper is tampering.append_beyond_the_head:
        place += trail.length
    broken = verify(trail.account_id).broken
    assert broken
    assert (broken.sequence, why in broken.why) == (place, True), broken


@pytest.mark.parametrize("column", EDITED)
def test_a_column_that_disagrees_with_its_body_is_named(trail: Trail, column: str) -> None:
    trail.at(4).update(**{column: EDITED[column]})
    broken = verify(trail.account_id).broken
    assert broken
    assert broken.sequence == 4
    assert f"its column {column} disagrees" in broken.why


def test_the_table_of_columns_is_complete(trail: Trail) -> None:
    covered = {*EDITED, "id", "account_id", "sequence", "body", "previous", "digest"}
    assert {field.attname for field in AuditEvent._meta.fields} == covered


@pytest.mark.parametrize("body", ["", "[]", "{}", "null", '{"userIdentity":1}', '{"recipientAccountId":"1"}'])
def test_a_body_that_is_no_record_is_named_even_if_its_digest_fits(trail: Trail, body: str) -> None:
    trail.at(4).update(body=body)
    rehash(trail.account_id)
    broken = verify(trail.account_id).broken
    assert broken
    assert (broken.sequence, broken.why) == (4, "its body is not an audit record")


def test_swapped_accounts_are_found_even_after_rehashing(trail: Trail, other: Tenant) -> None:
    mine, his = trail.account_id, other.account_id
    for old, new in ((mine, "0"), (his, mine), ("0", his)):
        for table in ("audit_auditevent", "audit_auditchain"):
            sql(f"UPDATE {table} SET account_id = %s WHERE account_id = %s", new, old)
    for account in (mine, his):
        broken = verify(account).broken
        assert broken
        assert (broken.sequence, "digest" in broken.why) == (1, True)
        rehash(account)
        broken = verify(account).broken
        assert broken
        assert broken.sequence == 1
        assert "it belongs to account" in broken.why


def witness(trail: Trail) -> checkpoints.Checkpoint:
    made = checkpoints.close_segment(trail.account_id, at_once=True)
    assert made
    assert checkpoint_files.export_missing(trail.account_id) == 1
    return made


def test_rewriting_and_rehashing_is_caught_by_the_checkpoint(trail: Trail) -> None:
    made = witness(trail)
    tampering.edit_body(trail)
    rehash(trail.account_id)
    broken = verify(trail.account_id).broken
    assert broken
    assert broken.sequence == 1
    assert f"of the records from here to {made.last} some were rewritten: checkpoint 1" in broken.why


def test_only_the_segment_that_was_rewritten_is_accused(trail: Trail, write: Callable[..., None]) -> None:
    one = witness(trail)
    write(4, begin=50)
    two = witness(trail)
    row = trail.row(one.last + 2)
    trail.at(one.last + 2).update(body=row.body.replace('"readOnly":false', '"readOnly":true'))
    rehash(trail.account_id)
    broken = verify(trail.account_id).broken
    assert broken
    assert broken.sequence == two.first
    assert "checkpoint 2" in broken.why


@pytest.mark.parametrize("thorough", [False, True], ids=["records", "records and checkpoints"])
def test_truncating_with_head_and_rehash_is_caught_by_the_export(trail: Trail, thorough: bool) -> None:
    witness(trail)
    tampering.delete_the_tail(trail)
    rehash(trail.account_id)
    if thorough:
        AuditSegment.objects.all().delete()
    broken = verify(trail.account_id).broken
    assert broken
    if thorough:
        assert broken.sequence == 1
        assert "was exported, but the database has lost it" in broken.why
    else:
        assert broken.sequence == trail.length - 1
        assert "a signed checkpoint vouches for them" in broken.why


def test_truncating_and_signing_anew_is_caught_by_the_export(trail: Trail) -> None:
    """Even our own worker's signature over the rewritten trail does not replace what was exported."""
    witness(trail)
    tampering.delete_the_tail(trail)
    rehash(trail.account_id)
    AuditSegment.objects.all().delete()
    assert checkpoints.close_segment(trail.account_id, at_once=True)
    assert checkpoint_files.export_missing(trail.account_id) == 0
    broken = verify(trail.account_id).broken
    assert broken
    assert "checkpoint 1, which begins here, is not the one that was exported" in broken.why


def test_wiping_an_account_is_caught_by_the_export(trail: Trail) -> None:
    witness(trail)
    trail.rows.delete()
    AuditChain.objects.all().delete()
    AuditSegment.objects.all().delete()
    assert trail.account_id in verification.accounts()
    assert not verify(trail.account_id).intact


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"digest": "0" * 64}, "its signature does not fit"),
        ({"last": 3}, "its signature does not fit"),
        ({"signature": "nonsense"}, "is not in the key ring"),
        ({"signature": ""}, "is not in the key ring"),
        ({"number": 2}, "is missing"),
        ({"first": 2}, "does not follow the one before it"),
        ({"account_id": "1"}, None),
    ],
)
def test_a_checkpoint_that_was_edited_is_named(trail: Trail, change: dict[str, Any], why: str | None) -> None:
    assert checkpoints.close_segment(trail.account_id, at_once=True)
    AuditSegment.objects.update(**change)
    if why is None:  # moved to another account, where it is refused; here nothing of it is left
        broken = verify("1").broken
        assert broken
        assert "cannot be trusted: its signature does not fit" in broken.why
        return
    broken = verify(trail.account_id).broken
    assert broken
    assert why in broken.why


def test_a_checkpoint_of_another_installation_is_not_believed(trail: Trail, settings: Any) -> None:
    ours = settings.IAM_KEY_RING
    settings.IAM_KEY_RING = KeyRing.from_text(f"{ours.current_id}:{'77' * 32}")
    tampering.edit_body(trail)
    rehash(trail.account_id)
    assert checkpoints.close_segment(trail.account_id, at_once=True)
    assert verify(trail.account_id).intact
    settings.IAM_KEY_RING = ours
    broken = verify(trail.account_id).broken
    assert broken
    assert "its signature does not fit" in broken.why


def test_a_lost_checkpoint_among_others_is_named(trail: Trail, write: Callable[..., None]) -> None:
    for number in range(3):
        witness(trail)
        write(1, begin=50 + number)
    two = AuditSegment.objects.get(number=2)
    AuditSegment.objects.filter(number=2).delete()
    broken = verify(trail.account_id).broken
    assert broken
    assert (broken.sequence, "checkpoint 2" in broken.why) == (two.first, True)


def test_a_broken_record_is_named_before_a_later_broken_checkpoint(trail: Trail) -> None:
    witness(trail)
    AuditSegment.objects.update(digest="0" * 64)
    tampering.edit_body(trail)
    broken = verify(trail.account_id).broken
    assert broken
    assert broken.sequence == 3


def test_lines_that_cannot_be_read_are_told(trail: Trail) -> None:
    witness(trail)
    with checkpoint_files.path_of(trail.account_id).open("a") as file:
        file.write("nonsense\n{}\n")
    report = verify(trail.account_id)
    assert report.intact
    assert [n for n in report.notices if "line" in n] == [
        "line 2 of the checkpoint file cannot be read",
        "line 3 of the checkpoint file cannot be read",
    ]


def test_a_missing_guard_is_told(trail: Trail) -> None:
    assert any("trigger audit_auditevent__no_update is missing" in n for n in verify(trail.account_id).notices)
    guard.install(connection)
    assert verify(trail.account_id).notices == []


def test_records_that_are_written_meanwhile_are_no_break(
    trail: Trail, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The head is read, then somebody writes and a worker closes the segment, then the records are read."""
    head = verification._head

    def slow(account_id: str) -> tuple[int, str]:
        found = head(account_id)
        monkeypatch.setattr(verification, "_head", head)
        tenant.run("iam:CreateUser", user_name="meanwhile")
        checkpoints.close_segment(account_id, at_once=True)
        return found

    monkeypatch.setattr(verification, "_head", slow)
    report = verify(trail.account_id)
    assert report.intact
    assert report.records == trail.length + 1


def test_verification_streams(
    trail: Trail, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(verification, "PROGRESS_EVERY", 2)
    seen: list[int] = []
    with django_assert_max_num_queries(5):
        verify(trail.account_id, on_progress=seen.append)
    assert seen == list(range(2, trail.length + 1, 2))


def test_an_account_without_a_trail_is_intact(db: Any) -> None:
    report = verify("123456789012")
    assert report.intact
    assert report.records == 0


def test_a_signature_is_needed_for_every_word_of_a_receipt(trail: Trail) -> None:
    with pytest.raises(signatures.NotSigned):
        signatures.check(chain.canonical({"dropped": "x"}), signatures.sign(chain.canonical({"dropped": "y"})))
