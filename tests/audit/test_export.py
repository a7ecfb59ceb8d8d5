"""An export carries the chain with it: it is verified without the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iamconsole.audit import checkpoints, export, verification
from iamconsole.audit.models import AuditEvent
from iamconsole.sealing import KeyRing
from tests.audit.support import records_of, trail_of
from tests.support.tenants import Tenant


@pytest.fixture
def exported(tenant: Tenant, write: Callable[..., None], tmp_path: Path) -> Path:
    """Two segments, of which the older is gone, and some open records."""
    for number in range(2):
        write(3, begin=number * 10)
        checkpoints.close_segment(tenant.account_id, at_once=True)
    tenant.run("iamconsole:DropAuditSegment", segment_number=1)
    write(2, begin=90)
    place = tmp_path / "export.jsonl"
    place.write_text("".join(f"{line}\n" for line in export.lines(tenant.account_id)))
    return place


def lines_of(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.read_text().splitlines()]


def store(place: Path, lines: list[dict[str, Any]]) -> None:
    place.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def test_an_export_says_what_the_database_says(tenant: Tenant, exported: Path) -> None:
    found = [line for line in lines_of(exported) if "sequence" in line]
    kept = trail_of(tenant.account_id)
    assert [(line["sequence"], line["digest"], line["previous"]) for line in found] == [
        (event.sequence, event.digest, event.previous) for event in kept
    ]
    assert [line["record"] for line in found] == records_of(tenant.account_id)
    assert sum("checkpoint" in line for line in lines_of(exported)) == 2


def test_an_export_verifies_without_the_database(
    tenant: Tenant, exported: Path, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        report = export.verify_file(exported)
    stored = verification.verify(tenant.account_id)
    assert report.intact
    assert report.notices == []
    assert (report.account_id, report.records, report.first, report.last, report.checkpoints) == (
        tenant.account_id,
        stored.records,
        stored.first,
        stored.last,
        2,
    )


def records(lines: list[dict[str, Any]]) -> list[int]:
    return [index for index, line in enumerate(lines) if "sequence" in line]


def edit_a_record(lines: list[dict[str, Any]]) -> None:
    lines[records(lines)[1]]["record"]["eventName"] = "Other"


def edit_a_place(lines: list[dict[str, Any]]) -> None:
    lines[records(lines)[1]]["sequence"] += 100


def edit_an_account(lines: list[dict[str, Any]]) -> None:
    lines[records(lines)[1]]["account"] = "000000000000"


def drop_a_record(lines: list[dict[str, Any]]) -> None:
    del lines[records(lines)[1]]


def drop_the_last_record(lines: list[dict[str, Any]]) -> None:
    del lines[records(lines)[-1]]


def drop_the_first_record(lines: list[dict[str, Any]]) -> None:
    del lines[records(lines)[0]]


def swap_records(lines: list[dict[str, Any]]) -> None:
    one, two = records(lines)[1:3]
    lines[one], lines[two] = lines[two], lines[one]


def repeat_a_record(lines: list[dict[str, Any]]) -> None:
    lines.insert(records(lines)[1], lines[records(lines)[1]])


def drop_the_closing_line(lines: list[dict[str, Any]]) -> None:
    del lines[-1]


def edit_the_closing_line(lines: list[dict[str, Any]]) -> None:
    del lines[records(lines)[-1]]
    lines[-1]["end"]["last"] -= 1
    lines[-1]["end"]["digest"] = lines[records(lines)[-1]]["digest"]


def edit_a_checkpoint(lines: list[dict[str, Any]]) -> None:
    lines[1]["checkpoint"]["digest"] = "0" * 64


def drop_a_checkpoint(lines: list[dict[str, Any]]) -> None:
    del lines[0]


def drop_the_checkpoints(lines: list[dict[str, Any]]) -> None:
    del lines[:2]


def hide_the_body(lines: list[dict[str, Any]]) -> None:
    lines[records(lines)[1]].pop("record")
    lines[records(lines)[1]]["body"] = "{}"


@pytest.mark.parametrize(
    "tamper",
    [
        edit_a_record,
        edit_a_place,
        edit_an_account,
        drop_a_record,
        drop_the_last_record,
        drop_the_first_record,
        swap_records,
        repeat_a_record,
        drop_the_closing_line,
        edit_the_closing_line,
        edit_a_checkpoint,
        drop_a_checkpoint,
        drop_the_checkpoints,
        hide_the_body,
    ],
    ids=lambda tamper: tamper.__name__,
)
def test_an_export_that_was_tampered_with_is_broken(
    exported: Path, tamper: Callable[[list[dict[str, Any]]], None]
) -> None:
    lines = lines_of(exported)
    tamper(lines)
    store(exported, lines)
    assert not export.verify_file(exported).intact


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[]",
        "{}",
        '{"sequence":1}',
        '{"sequence":"1","account":"1","previous":"","digest":"","body":""}',
        '{"checkpoint":{}}',
        '{"checkpoint":1}',
        '{"end":{}}',
        '{"end":[]}',
    ],
)
def test_a_file_that_is_no_export_is_refused(exported: Path, line: str) -> None:
    text = exported.read_text().splitlines()
    exported.write_text("\n".join([*text[:3], line, *text[3:]]) + "\n")
    with pytest.raises(ValueError, match="line"):
        export.verify_file(exported)


def test_an_auditor_without_the_secret_verifies_with_the_public_key(
    exported: Path, settings: Any, data_dir: Path
) -> None:
    from iamconsole.audit import signatures

    settings.IAM_KEY_RING, ours = KeyRing.from_text("other:" + "33" * 32), settings.IAM_KEY_RING
    assert not export.verify_file(exported).intact
    place = data_dir / "audit" / "checkpoints" / f"public-key-{ours.current_id}.pem"
    assert export.verify_file(exported, known=dict([signatures.read_public_key(place)])).intact


@pytest.mark.usefixtures("unguarded")
def test_a_broken_trail_is_exported_as_it_is(tenant: Tenant, tmp_path: Path) -> None:
    AuditEvent.objects.filter(account_id=tenant.account_id, sequence=2).update(body="not JSON\u2028\n")
    place = tmp_path / "export.jsonl"
    place.write_text("".join(f"{line}\n" for line in export.lines(tenant.account_id)))
    assert lines_of(place)[1]["body"] == "not JSON\u2028\n"
    broken = export.verify_file(place).broken
    assert broken
    assert broken.sequence == 2


def test_an_empty_trail_has_an_empty_export(db: Any, tmp_path: Path) -> None:
    place = tmp_path / "export.jsonl"
    place.write_text("".join(f"{line}\n" for line in export.lines("123456789012")))
    report = export.verify_file(place)
    assert report.intact
    assert report.records == 0
