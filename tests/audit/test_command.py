"""`manage.py audit`, as the local operator runs it."""

from __future__ import annotations

import io
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from iamconsole.audit import checkpoint_files, verification
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel.call import Origin
from tests.audit.support import trail_of
from tests.audit.test_records import FORGED, call_of
from tests.support.tenants import Tenant, run


def audit(*arguments: object) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("audit", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_verify_shows_every_account(tenant: Tenant, other: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "PROGRESS_EVERY", 3)
    out, err = audit("verify", "--all")
    head, *rows = out.splitlines()
    assert head.split() == ["ACCOUNT", "RECORDS", "RANGE", "CHECKPOINTS", "RESULT"]
    length = len(trail_of(tenant.account_id))
    for each in (tenant, other):
        assert [each.account_id, str(length), f"1-{length}", "0", "intact"] in [row.split() for row in rows]
    assert "3 records verified" in err


@pytest.mark.usefixtures("unguarded")
def test_verify_fails_with_the_first_broken_record(tenant: Tenant, capsys: Any) -> None:
    AuditEvent.objects.filter(account_id=tenant.account_id, sequence=2).update(body="{}")
    with pytest.raises(CommandError) as failed:
        audit("verify", "--account", tenant.account_id)
    assert failed.value.returncode == 1
    assert f"{tenant.account_id}: record 2: its digest does not fit its body" in str(failed.value)


def test_an_export_is_verified_offline(tenant: Tenant, tmp_path: Path) -> None:
    place = tmp_path / "trail.jsonl"
    audit("checkpoint", "--account", tenant.account_id)
    audit("export", "--account", tenant.account_id, "--output", place)
    assert audit("export", "--account", tenant.account_id)[0] == place.read_text()
    assert "intact" in audit("verify", "--file", place)[0]
    key = next(checkpoint_files.directory().glob("*.pem"))
    assert "intact" in audit("verify", "--file", place, "--public-key", key)[0]
    place.write_text(place.read_text().replace("CreateUser", "DeleteUser"))
    with pytest.raises(CommandError, match="the audit trail is broken"):
        audit("verify", "--file", place)


def test_an_export_overwrites_nothing_and_is_private(tenant: Tenant, tmp_path: Path) -> None:
    place = tmp_path / "trail.jsonl"
    audit("export", "--account", tenant.account_id, "--output", place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match="cannot be written: File exists"):
        audit("export", "--account", tenant.account_id, "--output", place)


@pytest.mark.parametrize("broken", ["absent", "nonsense"])
def test_a_file_that_cannot_be_verified_is_told(db: Any, tmp_path: Path, broken: str) -> None:
    place = tmp_path / "trail.jsonl"
    if broken == "nonsense":
        place.write_text("nonsense\n")
    with pytest.raises(CommandError, match=str(place)):
        audit("verify", "--file", place)


def test_checkpoint_signs_and_exports_now(tenant: Tenant, other: Tenant) -> None:
    made = [json.loads(line) for line in audit("checkpoint", "--all")[0].splitlines()]
    assert {tenant.account_id, other.account_id} == {line["account"] for line in made}
    for line in made:
        assert json.loads(checkpoint_files.path_of(line["account"]).read_text()) == line
    assert audit("checkpoint", "--all")[0] == ""
    assert "nothing" in audit("checkpoint", "--account", tenant.account_id)[0]


def test_list_shows_the_newest_first(tenant: Tenant, write: Callable[..., None]) -> None:
    write(3)
    lines = audit("list", "--account", tenant.account_id, "--name", "CreateUser", "--limit", "2")[0].splitlines()
    assert lines[0].split() == ["TIME", "NAME", "PRINCIPAL", "SOURCE", "RESOURCE", "RESULT"]
    assert ["user-2" in lines[1], "user-1" in lines[2], len(lines)] == [True, True, 3]
    found = [json.loads(line) for line in audit("list", "--account", tenant.account_id, "--json")[0].splitlines()]
    assert [record["eventID"] for record in found] == [str(e.event_id) for e in trail_of(tenant.account_id)[::-1]]


def test_list_goes_on_over_pages(tenant: Tenant, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iamconsole.interfaces.cli.management.commands.audit.PAGE", 2)
    write(5)
    lines = audit("list", "--account", tenant.account_id, "--since", "1h", "--limit", "5", "--json")[0].splitlines()
    assert len(lines) == 5


@pytest.mark.parametrize("since", ["yesterday", "2027-01-01T00:00:00", "-1h", "1y", "99999999h"])
def test_a_time_that_cannot_be_read_is_refused(tenant: Tenant, since: str) -> None:
    with pytest.raises(CommandError, match="--since"):
        audit("list", "--account", tenant.account_id, f"--since={since}")


def test_a_terminal_gets_nothing_to_obey(tenant: Tenant) -> None:
    call = call_of(tenant, "admin")
    call.origin = Origin(user_agent=FORGED)
    with pytest.raises(Exception, match="policy"):
        run(call, "iam:DeletePolicy", policy_arn=f"arn:aws:iam::{tenant.account_id}:policy/{FORGED}")
    for arguments in ([], ["--json"]):
        out, _ = audit("list", "--account", tenant.account_id, *arguments)
        assert all(line.isprintable() for line in out.split("\n"))
