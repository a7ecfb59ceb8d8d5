"""The file of master keys: changed as a whole or not at all, and read anew by whoever runs."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.core.exceptions import ImproperlyConfigured

from accounts.master_keys import ring, starting
from accounts.models import MasterKey
from iamconsole.sealing import UnknownKey
from iamconsole.settings import key_file as files
from iamconsole.settings import keys
from iamconsole.settings.environment import EnvironmentRefused
from tests.masterkey.conftest import KEY
from tests.support.tenants import Tenant

OWNER = ("test",)
# What writing the file is made of; a crash may come before any of these.
STEPS = ["tempfile.mkstemp", "os.fchmod", "os.fsync", "os.replace"]


class Crash(BaseException):
    """The end of a process, which nothing handles."""


def ids(place: Path) -> list[str]:
    return list(keys.read(place, source="the test"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    found = tmp_path / "master.key"
    found.write_text(f"{KEY}\n")
    found.chmod(0o640)
    return found


def test_a_key_is_staged_promoted_and_removed(place: Path) -> None:
    (old,) = ids(place)
    new = files.stage(place)
    assert ids(place) == [old, new]
    files.promote(place, new)
    assert ids(place) == [new, old]
    with pytest.raises(ValueError, match="current"):
        files.remove(place, new)
    files.remove(place, old)
    files.remove(place, old)
    assert ids(place) == [new]
    assert stat.S_IMODE(place.stat().st_mode) == 0o640
    assert [each.name for each in place.parent.iterdir()] == ["master.key"]


def test_nobody_else_may_read_it(place: Path) -> None:
    place.chmod(0o644)
    files.stage(place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o640


def test_a_link_stays_a_link(place: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(place)
    files.stage(link)
    assert link.is_symlink()
    assert len(ids(place)) == 2


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("change", ["stage", "promote", "remove"])
def test_a_crash_before_any_step_leaves_all_as_before(
    place: Path, monkeypatch: pytest.MonkeyPatch, step: str, change: str
) -> None:
    second = files.stage(place)
    before = ids(place)

    def crash(*_args: Any, **_members: Any) -> None:
        raise Crash

    changes: dict[str, Callable[[], object]] = {
        "stage": lambda: files.stage(place),
        "promote": lambda: files.promote(place, second),
        "remove": lambda: files.remove(place, second),
    }
    with monkeypatch.context() as patch:
        patch.setattr(f"iamconsole.settings.key_file.{step}", crash)
        with pytest.raises(Crash):
            changes[change]()
    assert ids(place) == before
    changes[change]()
    assert ids(place) != before


def test_what_a_killed_process_left_lying_about_is_removed(place: Path) -> None:
    left = place.with_name(".master.key.changed-abc")
    left.write_text(KEY)
    files.stage(place)
    assert not left.exists()


def test_two_changes_at_once_are_both_made(place: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        staged = set(pool.map(lambda _: files.stage(place), range(16)))
    assert staged < set(ids(place))
    assert len(ids(place)) == 17


# --- processes that run -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_change_is_noticed(key_file: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring, "LOOK", 0.0)
    before, session = ring.current(), signing.dumps("session")
    new = files.stage(key_file)
    assert list(ring.current()) == [before.current_id, new]
    files.promote(key_file, new)
    starting.look_at_key_file()
    assert settings.IAM_KEY_RING.current_id == new
    assert signing.loads(session) == "session", "a session that was signed under the old key"
    files.promote(key_file, before.current_id)
    sealed = signing.dumps("newer")
    ring.refresh()
    assert signing.loads(sealed) == "newer"


@pytest.mark.django_db
def test_looking_costs_nothing_most_of_the_time(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring.current()
    files.stage(key_file)
    monkeypatch.setattr(Path, "stat", lambda *_args, **_members: pytest.fail("looked again within a second"))
    assert len(ring.current()) == 1


@pytest.mark.django_db
def test_a_text_under_a_key_that_just_came_makes_the_file_be_read(key_file: Path) -> None:
    ring.current()
    new = files.stage(key_file)
    files.promote(key_file, new)
    elsewhere = ring.Sealer(ring.KeyRing.of(keys.read(key_file, source="the test")))
    sealed = elsewhere.seal(b"secret", bound_to=OWNER)
    assert ring.sealer().open(sealed, bound_to=OWNER) == b"secret"
    stranger = ring.Sealer(ring.KeyRing("x", {"x": bytes(32)})).seal(b"secret", bound_to=OWNER)
    with pytest.raises(UnknownKey):
        ring.sealer().open(stranger, bound_to=OWNER)


@pytest.mark.parametrize("content", ["", "nonsense", "ab" * 32])
def test_a_file_that_cannot_be_used_changes_nothing(tenant: Tenant, key_file: Path, content: str) -> None:
    before = ring.current()
    key_file.write_text(content)
    assert not ring.refresh()
    assert ring.current() is before
    assert tenant.client("sts").get_caller_identity()
    key_file.unlink()
    assert not ring.refresh()


def test_a_wrong_key_refuses_to_start(tenant: Tenant, settings: Any) -> None:
    starting.refuse_wrong_master_keys()
    assert starting.check_master_keys(databases=["default"]) == []
    settings.IAM_KEY_RING = ring.KeyRing.from_text("ab" * 32)
    known = MasterKey.objects.get().pk
    with pytest.raises(ImproperlyConfigured, match=f"does not start: master key `{known}` is not in the ring"):
        starting.refuse_wrong_master_keys()
    (fault,) = starting.check_master_keys(databases=["default"])
    assert "IAM_MASTER_KEY" in str(fault.hint)
    assert starting.check_master_keys() == []


# --- what the environment holds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", "\n", " , "])
def test_several_keys_the_current_one_first(separator: str) -> None:
    env = {"IAM_MASTER_KEY": f"new:{'ab' * 32}{separator}{KEY}"}
    (new, old) = keys.master_keys(env)
    assert new == "new"
    assert [old] == list(keys.master_keys({"IAM_MASTER_KEY": KEY})), "a key keeps its id when another comes before it"
    secret, fallback = keys.django_keys(keys.master_keys(env))
    assert [fallback] == keys.django_keys(keys.master_keys({"IAM_MASTER_KEY": KEY}))
    assert secret != fallback


@pytest.mark.parametrize("text", [f"a:{KEY},a:{'ab' * 32}", f"not an id:{KEY}", f"{KEY},short"])
def test_keys_that_cannot_be_used_are_refused_without_repeating_them(text: str) -> None:
    with pytest.raises(EnvironmentRefused) as refusal:
        keys.master_keys({"IAM_MASTER_KEY": text})
    assert KEY not in str(refusal.value)


def test_the_owner_stays(place: Path) -> None:
    before = place.stat()
    files.stage(place)
    assert (place.stat().st_uid, place.stat().st_gid) == (before.st_uid, before.st_gid)
    assert os.access(place, os.R_OK)
