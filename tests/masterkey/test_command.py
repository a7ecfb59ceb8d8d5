"""`manage.py master-key`, as an operator runs it, and after it was cut short."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import time_machine

from accounts.master_keys import ring
from accounts.models import MasterKey
from iamconsole.audit.models import AuditEvent
from iamconsole.interfaces.cli import operator
from iamconsole.kernel import clock
from iamconsole.settings import key_file as files
from iamconsole.settings import keys
from tests.masterkey.sealed import Sealed
from tests.support.commands import Ran
from tests.support.tenants import Tenant

command = import_module("iamconsole.interfaces.cli.management.commands.master-key")
Manage = Callable[..., Ran]


class Crash(BaseException):
    """The end of a process, which nothing handles."""


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "HEARD", 0.0)
    monkeypatch.setattr(ring, "LOOK", 0.0)


def ids(place: Path) -> list[str]:
    return list(keys.read(place, source="the test"))


def states(manage: Manage) -> dict[str, str]:
    return {each["Id"]: each["State"] for each in manage("master-key", "status", "--json").data["MasterKeys"]}


def test_a_whole_rotation(sealed: Sealed, key_file: Path, manage: Manage) -> None:
    (old,) = ids(key_file)
    assert manage("master-key", "add").code == 0
    new, _ = ids(key_file)
    shown = manage("master-key", "status").out
    assert f"{new}  current" in shown
    assert f"{old}  replaced since" in shown
    assert "stays: it seals 1 saml private keys: run `manage.py master-key rewrap`" in shown
    done = manage("master-key", "rewrap")
    assert "secrets were sealed anew" in done.out
    assert f"{sealed.tenant.account_id}: 1 mfa seeds" in done.err
    refused = manage("master-key", "retire", old)
    assert refused.code == 1
    assert "sessions issued under it may last until" in refused.err
    assert len(ids(key_file)) == 2
    with time_machine.travel(clock.now() + timedelta(hours=38)):
        assert f"can go: `manage.py master-key retire {old}`" in manage("master-key", "status").out
        assert manage("master-key", "retire", old).code == 0
    assert ids(key_file) == [new]
    assert states(manage) == {new: "current"}
    sealed.check()


def test_it_is_all_on_record_without_any_key(tenant: Tenant, key_file: Path, manage: Manage) -> None:
    for words in (["add"], ["rewrap"], ["retire", ids(key_file)[0], "--end-sessions"]):
        manage("master-key", *words)
    records = "\n".join(AuditEvent.objects.across_accounts("the test looks at all").values_list("body", flat=True))
    for name in ("NoteMasterKeys", "RewrapSecrets", "RetireMasterKey"):
        assert f'"{name}"' in records
    for key in keys.read(key_file, source="the test").values():
        assert key.hex() not in records


def test_a_key_given_for_its_id_is_on_no_record(tenant: Tenant, key_file: Path, manage: Manage) -> None:
    refused = manage("master-key", "retire", "ab" * 32)
    assert refused.code == 1
    assert "ab" * 32 not in refused.err
    records = AuditEvent.objects.across_accounts("the test looks at all").values_list("body", flat=True)
    assert not [body for body in records if "ab" * 32 in body]


def test_a_staged_key_waits_until_other_hosts_have_it(tenant: Tenant, key_file: Path, manage: Manage) -> None:
    (old,) = ids(key_file)
    assert "waits" in manage("master-key", "add", "--stage").out
    (_, staged) = ids(key_file)
    assert states(manage) == {old: "current", staged: "waiting to become current"}
    manage("master-key", "add", "--stage")
    assert ids(key_file) == [old, staged], "one is enough"
    manage("master-key", "add")
    assert ids(key_file) == [staged, old]


def test_a_staged_key_that_is_not_wanted_can_go(tenant: Tenant, key_file: Path, manage: Manage) -> None:
    (old,) = ids(key_file)
    manage("master-key", "add", "--stage")
    assert manage("master-key", "retire", ids(key_file)[1]).code == 0
    assert ids(key_file) == [old]


# The steps of a rotation: what a crash may come before.
ADDING = ["rewrapping.note", "key_file.stage", "time.sleep", "key_file.promote"]


@pytest.mark.parametrize("step", ADDING)
def test_an_add_that_was_cut_short_goes_on(
    sealed: Sealed, key_file: Path, manage: Manage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    crash_before(monkeypatch, f"{command.__name__}.{step}", lambda: manage("master-key", "add"))
    sealed.check()
    manage("master-key", "add")
    assert list(states(manage).values()) == ["current", "replaced"]
    manage("master-key", "rewrap")
    sealed.check()


def test_an_add_that_was_cut_short_at_its_end_is_done(
    sealed: Sealed, key_file: Path, manage: Manage, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote = files.promote

    def promote_and_crash(place: Path, key_id: str) -> None:
        promote(place, key_id)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(files, "promote", promote_and_crash)
        with pytest.raises(Crash):
            manage("master-key", "add")
    sealed.check()
    manage("master-key", "rewrap")
    assert list(states(manage).values()) == ["current", "replaced"]
    sealed.check()


@pytest.mark.parametrize("step", ["operator.run", "key_file.remove"])
def test_a_retire_that_was_cut_short_goes_on(
    sealed: Sealed, key_file: Path, manage: Manage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    (old,) = ids(key_file)
    manage("master-key", "add")
    manage("master-key", "rewrap")
    with time_machine.travel(clock.now() + timedelta(hours=38)):
        crash_before(monkeypatch, f"{command.__name__}.{step}", lambda: manage("master-key", "retire", old))
        sealed.check()
        assert old in states(manage)
        manage("master-key", "add", "--stage")
        assert len(ids(key_file)) == 3, "a key that is on its way out does not wait to become current"
        manage("master-key", "retire", old)
    assert old not in ids(key_file)
    sealed.check()


def crash_before(monkeypatch: pytest.MonkeyPatch, step: str, doing: Callable[[], Any]) -> None:
    module, name = step.rsplit(".", 2)[1:]

    def crash(*_args: Any, **_members: Any) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(getattr(command, module), name, crash)
        with pytest.raises(Crash):
            doing()


def test_keys_in_the_environment_are_changed_there(tenant: Tenant, settings: Any, manage: Manage) -> None:
    refused = manage("master-key", "add")
    assert refused.code == 1
    assert "docs/master-key.md" in refused.err
    settings.IAM_KEY_RING = ring.KeyRing.from_text(f"new:{'ab' * 32},{'5e' * 32}")
    ring.forget()
    old = MasterKey.objects.get().pk
    assert states(manage) == {"new": "current", old: "replaced"}
    manage("master-key", "rewrap")
    with time_machine.travel(clock.now() + timedelta(hours=38)):
        assert "take it out of IAM_MASTER_KEY" in manage("master-key", "retire", old).out
    settings.IAM_KEY_RING = ring.KeyRing.from_text(f"new:{'ab' * 32}")
    ring.forget()
    assert operator.run(tenant.account_id, "iam:ListUsers").users
    assert tenant.client("sts").get_caller_identity()


def test_the_wrong_key_is_told(tenant: Tenant, settings: Any, manage: Manage) -> None:
    settings.IAM_KEY_RING = ring.KeyRing.from_text("ab" * 32)
    refused = manage("master-key", "status")
    assert refused.code == 1
    assert "is not in the ring" in refused.err


def test_a_secret_that_cannot_be_opened_is_named(tenant: Tenant, key_file: Path, manage: Manage) -> None:
    from accounts.models import AccessKey
    from tests.support.write_guard import setting_up

    manage("master-key", "add")
    row = AccessKey.objects.get(account_id=tenant.account_id)
    with setting_up():
        AccessKey.objects.filter(account_id=tenant.account_id).update(sealed_secret="s1.lost.AAAA.AAAA")
    done = manage("master-key", "rewrap")
    assert done.code == 1
    assert f"{tenant.account_id}: access-keys: {row.pk}" in done.err
    assert states(manage)["lost"] == "missing"
