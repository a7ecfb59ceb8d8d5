"""Segments are closed when due, signed once, and exported whatever crashes in between."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from iamconsole.audit import checkpoint_files, checkpoints, links, signatures, tasks
from iamconsole.audit.chain import canonical
from iamconsole.audit.checkpoints import Checkpoint
from iamconsole.audit.models import AuditChain, AuditEvent, AuditSegment
from iamconsole.audit.verification import verify
from iamconsole.kernel import clock
from iamconsole.sealing import KeyRing
from tests.audit.support import trail_of
from tests.support.tenants import Tenant


@pytest.fixture
def close(tenant: Tenant) -> Callable[[], Checkpoint]:
    def now() -> Checkpoint:
        made = checkpoints.close_segment(tenant.account_id, at_once=True)
        assert made
        return made

    return now


def exported_lines(tenant: Tenant) -> list[str]:
    return checkpoint_files.path_of(tenant.account_id).read_text().splitlines()


def test_a_segment_covers_what_came_since_the_last(
    tenant: Tenant, close: Callable[[], Checkpoint], write: Callable[..., None]
) -> None:
    one = close()
    write(3)
    two = close()
    events = trail_of(tenant.account_id)
    assert (one.number, one.first, two.number, two.first, two.last) == (1, 1, 2, one.last + 1, len(events))
    assert [one.digest, two.digest] == [events[one.last - 1].digest, events[-1].digest]
    assert checkpoints.close_segment(tenant.account_id, at_once=True) is None


def test_the_signature_holds_for_exactly_this_checkpoint(close: Callable[[], Checkpoint]) -> None:
    made = close()
    said = json.loads(made.payload)
    assert sorted(said) == ["account", "closed", "digest", "first", "last", "number"]
    signatures.check(made.payload, made.signature)
    for member, value in said.items():
        other = canonical(said | {member: value + 1 if isinstance(value, int) else f"{value}0"})
        with pytest.raises(signatures.NotSigned, match="does not fit"):
            signatures.check(other, made.signature)


def test_a_segment_is_due_by_age(tenant: Tenant) -> None:
    oldest = trail_of(tenant.account_id)[0].time
    for age, due in ((checkpoints.SEGMENT_AGE - timedelta(seconds=1), False), (checkpoints.SEGMENT_AGE, True)):
        with time_machine.travel(oldest + age, tick=False):
            assert (checkpoints.close_segment(tenant.account_id) is not None) is due


def test_a_segment_is_due_by_count(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    have = len(trail_of(tenant.account_id))
    for limit, due in ((have + 1, False), (have, True)):
        monkeypatch.setattr(checkpoints, "SEGMENT_RECORDS", limit)
        assert (checkpoints.close_segment(tenant.account_id) is not None) is due


def test_an_account_without_a_trail_has_nothing_to_close(db: Any) -> None:
    assert checkpoints.close_segment("123456789012", at_once=True) is None
    assert not AuditChain.objects.filter(pk="123456789012").exists()


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("tamper", ["body", "tail", "head"])
def test_what_does_not_verify_is_not_signed(tenant: Tenant, tamper: str) -> None:
    rows = AuditEvent.objects.filter(account_id=tenant.account_id)
    match tamper:
        case "body":
            rows.filter(sequence=2).update(body="{}")
        case "tail":
            rows.filter(sequence=len(trail_of(tenant.account_id))).delete()
        case "head":
            AuditChain.objects.filter(pk=tenant.account_id).update(digest="f" * 64)
    with pytest.raises(links.Broken):
        checkpoints.close_segment(tenant.account_id, at_once=True)
    assert not AuditSegment.objects.exists()


def test_the_file_is_private_and_the_key_lies_beside(
    tenant: Tenant, close: Callable[[], Checkpoint], data_dir: Path
) -> None:
    made = close()
    assert checkpoint_files.export_missing(tenant.account_id) == 1
    place = data_dir / "audit" / "checkpoints" / f"{tenant.account_id}.jsonl"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert place.read_text() == made.line + "\n"
    key_id, _, encoded = made.signature.partition(".")
    public = load_pem_public_key((place.parent / f"public-key-{key_id}.pem").read_bytes())
    said = json.loads(place.read_text())
    said.pop("signature")
    payload = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    public.verify(signatures.urlsafe_b64decode(encoded), payload)  # type: ignore[union-attr, call-arg]


def test_exporting_again_adds_nothing(tenant: Tenant, close: Callable[[], Checkpoint]) -> None:
    close()
    assert [checkpoint_files.export_missing(tenant.account_id) for _ in range(3)] == [1, 0, 0]
    assert len(exported_lines(tenant)) == 1


def test_a_crash_between_signing_and_exporting_is_made_good(
    tenant: Tenant, close: Callable[[], Checkpoint], write: Callable[..., None]
) -> None:
    one = close()
    checkpoint_files.export_missing(tenant.account_id)
    write(1)
    two = close()  # and here the worker dies
    assert verify(tenant.account_id).notices == ["checkpoint 2 is not in the checkpoint file"]
    assert tasks.close_segments() == 1
    assert exported_lines(tenant) == [one.line, two.line]
    assert verify(tenant.account_id).notices == []


@pytest.mark.parametrize("kept", [0, 1, 40, -1])
def test_a_line_that_a_crash_tore_is_written_anew(
    tenant: Tenant, close: Callable[[], Checkpoint], write: Callable[..., None], kept: int
) -> None:
    one = close()
    checkpoint_files.export_missing(tenant.account_id)
    write(1)
    two = close()
    with checkpoint_files.path_of(tenant.account_id).open("a") as file:
        file.write(two.line[:kept] if kept >= 0 else two.line)
    assert checkpoint_files.export_missing(tenant.account_id) == 1
    assert exported_lines(tenant) == [one.line, two.line]


def test_a_long_file_is_not_read_whole(
    tenant: Tenant, close: Callable[[], Checkpoint], write: Callable[..., None]
) -> None:
    for number in range(40):
        write(1, begin=number)
        close()
    assert checkpoint_files.export_missing(tenant.account_id) == 40
    assert checkpoint_files.path_of(tenant.account_id).stat().st_size > checkpoint_files.TAIL
    assert checkpoint_files.export_missing(tenant.account_id) == 0
    report = verify(tenant.account_id)
    assert report.intact
    assert report.checkpoints == 40
    assert report.notices == []


def test_duplicate_delivery_closes_once(tenant: Tenant, other: Tenant) -> None:
    with time_machine.travel(clock.now() + checkpoints.SEGMENT_AGE, tick=False):
        assert [tasks.close_segments() for _ in range(3)] == [2, 0, 0]
    assert AuditSegment.objects.count() == 2


def test_two_workers_that_sign_the_same_run_make_one_segment(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    sign = signatures.sign

    def overtaken(payload: str) -> str:
        monkeypatch.setattr(signatures, "sign", sign)
        assert checkpoints.close_segment(tenant.account_id, at_once=True)
        return sign(payload)

    monkeypatch.setattr(signatures, "sign", overtaken)
    assert checkpoints.close_segment(tenant.account_id, at_once=True) is None
    assert AuditSegment.objects.count() == 1
    assert verify(tenant.account_id).intact


@pytest.mark.usefixtures("unguarded")
def test_a_broken_chain_stops_no_other_account(tenant: Tenant, other: Tenant, caplog: Any) -> None:
    AuditEvent.objects.filter(account_id=tenant.account_id, sequence=2).update(body="{}")
    with time_machine.travel(clock.now() + checkpoints.SEGMENT_AGE, tick=False):
        assert tasks.close_segments() == 1
    assert list(AuditSegment.objects.values_list("account_id", flat=True)) == [other.account_id]
    assert "audit chain is broken" in caplog.text
    assert tenant.account_id in caplog.text


@pytest.mark.usefixtures("unguarded")
def test_a_line_that_was_exported_is_never_replaced(
    tenant: Tenant, close: Callable[[], Checkpoint], write: Callable[..., None]
) -> None:
    witnessed = close()
    checkpoint_files.export_missing(tenant.account_id)
    AuditSegment.objects.all().delete()
    write(1)
    close()
    assert checkpoint_files.export_missing(tenant.account_id) == 0
    assert exported_lines(tenant) == [witnessed.line]


@pytest.mark.parametrize("account_id", ["../../etc/x", "", "1" * 13, "a/b", "12345678901\n"])
def test_no_account_id_chooses_another_path(account_id: str) -> None:
    with pytest.raises(ValueError, match="is not an account id"):
        checkpoint_files.path_of(account_id)


def test_a_rotated_master_key_still_vouches(
    tenant: Tenant, close: Callable[[], Checkpoint], write: Callable[..., None], settings: Any
) -> None:
    old, new = "11" * 32, "22" * 32
    settings.IAM_KEY_RING = KeyRing.from_text(f"old:{old}")
    close()
    checkpoint_files.export_missing(tenant.account_id)
    settings.IAM_KEY_RING = KeyRing.from_text(f"new:{new},old:{old}")
    write(1)
    close()
    checkpoint_files.export_missing(tenant.account_id)
    assert verify(tenant.account_id).intact
    settings.IAM_KEY_RING = KeyRing.from_text(f"new:{new}")
    report = verify(tenant.account_id)
    assert report.broken
    assert "which is not in the key ring" in report.broken.why
    known = signatures.read_public_key(checkpoint_files.directory() / "public-key-old.pem")
    assert verify(tenant.account_id, known=dict([known])).intact
