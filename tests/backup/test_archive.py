"""What is refused of a backup before anything is touched: altered, cut, foreign, too new, of another kind."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.db import connection

from iamconsole.backup import archive, postgres, restoring
from iamconsole.backup.archive import Archive
from iamconsole.backup.manifest import FORMAT, Manifest
from iamconsole.backup.refusal import Refused
from iamconsole.backup.taking import DATABASES
from iamconsole.sealing import KeyRing

DATABASE, CHECKPOINT = b"SQLite format 3 " * 50, b'{"account":"123456789012"}\n'


def manifest() -> Manifest:
    ring = settings.IAM_KEY_RING
    keys = {ring.current_id: ring.check_value(ring.current_id)}
    return Manifest(FORMAT, "0.1.0", "2026-11-22T12:00:00Z", "sqlite", "", [], {"0": 7}, 1, keys)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup with a database and a checkpoint file."""
    place = tmp_path / "backup.tar"
    with archive.staging(tmp_path) as stage:
        files = {"database.sqlite3": DATABASE, "checkpoints/123456789012.jsonl": CHECKPOINT}
        written = {name: stage / name.replace("/", "-") for name in files}
        for name, content in files.items():
            written[name].write_bytes(content)
        archive.write(place, manifest(), written, stage=stage)
    return place


def unpacked(place: Path, stage: Path) -> dict[str, bytes]:
    with Archive.opened(place) as opened:
        opened.demand_signature()
        return {name: file.read_bytes() for name, file in opened.unpack(stage).items()}


@pytest.fixture
def altered(backup: Path, tmp_path: Path) -> Callable[..., Path]:
    """The backup with members replaced, added, or (None) left out."""

    def alter(changes: dict[str, bytes | None]) -> Path:
        place = tmp_path / "altered.tar"
        with tarfile.open(backup) as old, tarfile.open(place, "w") as new:
            content: dict[str, Any] = {member.name: old.extractfile(member).read() for member in old}  # type: ignore[union-attr]
            for name, data in {**content, **changes}.items():
                if data is not None:
                    file = tmp_path / "member"
                    file.write_bytes(data)
                    new.add(file, name)
        return place

    return alter


def test_what_was_written_is_read(backup: Path, tmp_path: Path) -> None:
    (stage := tmp_path / "stage").mkdir()
    assert unpacked(backup, stage) == {"database.sqlite3": DATABASE, "checkpoints/123456789012.jsonl": CHECKPOINT}
    assert all(file.stat().st_mode & 0o077 == 0 for file in stage.iterdir())
    with tarfile.open(backup) as tar:
        assert {(member.mode, member.uid, member.uname) for member in tar} == {(0o600, 0, "")}


ALTERED = {
    "a member": ({"database.sqlite3": DATABASE[:-1] + b"!"}, "database.sqlite3 is not as it was backed up"),
    "a member left out": ({"database.sqlite3": None}, "incomplete: database.sqlite3"),
    "the manifest": ({"manifest.json": replace(manifest(), epoch=9).json}, "not signed with this installation's"),
    "the signature": ({"manifest.signature": b"t1.e30.AAAA"}, "not signed with this installation's"),
    "no signature": ({"manifest.signature": None}, "incomplete: manifest.signature"),
    "no manifest": ({"manifest.json": None}, "incomplete: manifest.json"),
    "a manifest that is none": ({"manifest.json": b"[]"}, "manifest cannot be read"),
    "another format": ({"manifest.json": orjson.dumps({"format": 2, "version": "9.0"})}, "restore it with version"),
}


@pytest.mark.parametrize("case", ALTERED)
def test_an_altered_backup_is_refused(case: str, altered: Callable[..., Path], tmp_path: Path) -> None:
    (stage := tmp_path / "stage").mkdir()
    changes, message = ALTERED[case]
    with pytest.raises(Refused, match=message):
        unpacked(altered(changes), stage)


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (place := tmp_path / "x.tar").write_bytes(b"nothing of the kind" * 99)
    with pytest.raises(Refused, match="cannot be read as a backup"):
        unpacked(place, tmp_path)


@pytest.mark.parametrize("name", ["../escaped", "/etc/passwd", "checkpoints/../../x.jsonl", "database.sqlite3/x"])
def test_no_name_leads_elsewhere(name: str, backup: Path, tmp_path: Path) -> None:
    (stage := tmp_path / "stage").mkdir()
    with Archive.opened(backup) as opened:
        opened.manifest = replace(opened.manifest, members={name: "00"})
        with pytest.raises(Refused, match="which no backup has"):
            opened.unpack(stage)
    assert not list(stage.iterdir())


def test_a_backup_signed_by_somebody_else_is_refused(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "IAM_KEY_RING", KeyRing.from_text("ab" * 32))
    with Archive.opened(backup) as opened, pytest.raises(Refused, match="not signed"):
        opened.demand_signature()


def test_nothing_is_written_over_and_nothing_is_left_behind(backup: Path, tmp_path: Path) -> None:
    before = backup.read_bytes()
    with archive.staging(tmp_path) as stage, pytest.raises(Refused, match="never written over"):
        archive.write(backup, manifest(), {}, stage=stage)
    assert backup.read_bytes() == before
    assert list(tmp_path.iterdir()) == [backup]


def judged(**changes: Any) -> Manifest:
    here = {"database": connection.vendor, "schema": DATABASES[connection.vendor].schema()}
    return replace(manifest(), members={DATABASES[connection.vendor].MEMBER: "00"}, **{**here, **changes})


OTHER_KIND = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.mark.django_db
def test_what_fits_is_restored_and_what_does_not_is_told() -> None:
    restoring._judge(judged())
    restoring._judge(judged(migrations=[["accounts", "0001_initial"]]))
    for changes, message in (
        ({"database": OTHER_KIND[connection.vendor]}, "restore it into one of its own kind"),
        ({"migrations": [["accounts", "9999_future"]]}, "newer than this one .*accounts.9999_future"),
        ({"schema": "elsewhere"}, "schema `elsewhere`"),
        ({"members": {}}, "no database in it"),
        ({"master_keys": {"k1": "00"}}, "needs master keys k1 .*IAM_MASTER_KEY_FILE"),
        ({"master_keys": {settings.IAM_KEY_RING.current_id: "00"}}, "not the one that sealed the data"),
    ):
        with pytest.raises(Refused, match=message):
            restoring._judge(replace(judged(), **changes))  # type: ignore[arg-type]


def test_programs_that_are_missing_or_too_old_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.2'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(postgres.shutil, "which", lambda _name: str(old))
    monkeypatch.setattr(postgres, "PLACES", tmp_path / "none")
    assert postgres.program("pg_dump", major=14) == str(old)
    with pytest.raises(Refused, match=r"pg_dump of PostgreSQL 18 or newer .*apt-get install postgresql-client-18"):
        postgres.program("pg_dump", major=18)
