"""A new master key, everything under it, the old one gone: nothing changes for anybody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError

from accounts.master_keys import notes, queries, ring
from accounts.master_keys.columns import COLUMNS
from accounts.master_keys.rewrapping import open_work
from accounts.models import AccessKey, MasterKey, MFADevice
from accounts.sts import tokens
from iamconsole.audit import checkpoints, verification
from iamconsole.audit.models import AuditEvent
from iamconsole.interfaces.workers import keys as tasks
from iamconsole.kernel import clock
from iamconsole.kernel.errors import (
    AccessDenied,
    DeleteConflict,
    InternalFailure,
    InvalidClientTokenId,
    NoSuchEntity,
    ValidationError,
)
from iamconsole.replication.models import ProjectedRow
from iamconsole.runtime import calls, rewrapping
from iamconsole.runtime.authentication.identities import of_operator, of_user
from iamconsole.sealing import KeyRing, SealBroken
from iamconsole.settings import key_file as files
from iamconsole.settings import keys
from tests.console.client import sign_in, with_password
from tests.masterkey.sealed import Sealed, everything_stored
from tests.query.aws import ANYTHING
from tests.support.tenants import Tenant, run
from tests.support.write_guard import setting_up

HEARD = timedelta(seconds=31)


def call(account_id: str) -> Any:
    return calls.call_for(of_operator(account_id), door="cli")


def rotated(place: Path) -> tuple[str, str]:
    """Make a new key the current one, as `manage.py master-key add` does; gives the old and the new id."""
    old = ring.current().current_id
    rewrapping.note(call)
    new = files.stage(place)
    files.promote(place, new)
    assert ring.refresh()
    rewrapping.note(call)
    return old, new


def behind(place: Path, current: str) -> KeyRing:
    """The ring of a process that knows every key, but not yet which one is the current one."""
    found = keys.read(place, source="the test")
    return KeyRing(current, found)


def retire(key_id: str, **members: Any) -> Any:
    return run(call("aws"), "iamconsole:RetireMasterKey", master_key_id=key_id, **members)


def rewrap() -> int:
    return sum(progress.rewrapped for progress in rewrapping.rewrap(call))


def test_everything_goes_on_without_the_old_key(sealed: Sealed, key_file: Path) -> None:
    checkpoints.close_segment(sealed.tenant.account_id, at_once=True)
    old, new = rotated(key_file)
    sealed.check()
    sealed.check_session()
    assert {kind for _, kind in open_work()} == COLUMNS.keys()
    assert rewrap() > len(COLUMNS)
    assert open_work() == []
    sealed.check()
    with time_machine.travel(clock.now() + queries.KEPT + HEARD, tick=False):
        retire(old)
        files.remove(key_file, old)
        ring.refresh()
        ring.forget()
        assert list(ring.current()) == [new]
        sealed.check()
    assert verification.verify(sealed.tenant.account_id).intact
    left = [where for where, text in everything_stored() if f"s1.{old}." in text]
    assert left == []


def test_a_second_rotation_hands_down_what_the_first_one_left(sealed: Sealed, key_file: Path) -> None:
    checkpoints.close_segment(sealed.tenant.account_id, at_once=True)
    for _ in range(2):
        old, _new = rotated(key_file)
        rewrap()
        with time_machine.travel(clock.now() + HEARD):
            retire(old, end_sessions=True)
        files.remove(key_file, old)
        ring.refresh()
        assert len(ring.current()) == 1
        sealed.check()
        assert verification.verify(sealed.tenant.account_id).intact


def test_a_session_keeps_its_key_for_as_long_as_it_may_last(sealed: Sealed, key_file: Path) -> None:
    old, _ = rotated(key_file)
    rewrap()
    begun = clock.now()
    almost = begun + queries.KEPT - timedelta(seconds=5)
    said = "sessions issued under it may last until"
    with time_machine.travel(almost, tick=False), pytest.raises(DeleteConflict, match=said):
        retire(old)
    with time_machine.travel(begun + queries.KEPT, tick=False):
        retire(old)


def test_a_key_that_is_no_secret_any_more_takes_its_sessions_along(sealed: Sealed, key_file: Path) -> None:
    old, _ = rotated(key_file)
    rewrap()
    with pytest.raises(DeleteConflict, match="requests that began under it may still run"):
        retire(old, end_sessions=True)
    sealed.check_session()
    with time_machine.travel(clock.now() + HEARD):
        retire(old, end_sessions=True)
    files.remove(key_file, old)
    ring.refresh()
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        sealed.check_session()
    with pytest.raises(InvalidClientTokenId):  # nor is it remembered where signing keys are
        tokens.opened(sealed.session["AccessKeyId"], sealed.session["SessionToken"])


def test_a_key_that_is_needed_stays(sealed: Sealed, key_file: Path) -> None:
    with pytest.raises(DeleteConflict, match="it is the current one"):
        retire(ring.current().current_id)
    old, _ = rotated(key_file)
    with pytest.raises(DeleteConflict) as refusal:
        retire(old, end_sessions=True)
    for kind in (*COLUMNS, "projected keys"):
        assert queries.words(kind) in refusal.value.message
    with pytest.raises(NoSuchEntity):
        retire("unknown")


def test_the_projection_follows(tenant: Tenant, key_file: Path) -> None:
    _, new = rotated(key_file)
    rewrap()
    rows = ProjectedRow.objects.filter(account_id=tenant.account_id, kind="key")
    assert [row.body["secret"].split(".")[1] for row in rows] == [new]
    assert rows[0].body["secret"] == AccessKey.objects.get(account_id=tenant.account_id).sealed_secret


def test_no_nonce_is_used_twice(sealed: Sealed, key_file: Path) -> None:
    def nonces() -> set[str]:
        found = {
            text.split(".")[place][:16]
            for column in COLUMNS.values()
            for text in column.model._base_manager.exclude(**{column.column: ""}).values_list(column.column, flat=True)
            for place in (2, 3)
        }
        assert len(found) == 2 * sum(sum(column.counted().values()) for column in COLUMNS.values())
        return found

    before = nonces()
    rotated(key_file)
    rewrap()
    assert len(nonces() - before) == len(before) // 2, "each data key is wrapped under another, each secret as it was"


def test_people_stay_signed_in_until_the_key_is_gone(tenant: Tenant, key_file: Path) -> None:
    with_password(tenant, "ada", ANYTHING)
    browser = sign_in(tenant, "ada")
    old, _ = rotated(key_file)
    assert browser.get("/console/").status_code == 200
    rewrap()
    with time_machine.travel(clock.now() + HEARD):
        retire(old, end_sessions=True)
    files.remove(key_file, old)
    ring.refresh()
    assert browser.get("/console/").status_code == 302, "it ends with its key, long after it would by itself"


def test_only_what_is_not_done_is_done(tenant: Tenant, key_file: Path) -> None:
    for number in range(5):
        tenant.user(f"user-{number}")
    rotated(key_file)
    first = tenant.run("iamconsole:RewrapSecrets", sealed_kind="access-keys", max_items=2)
    assert (first.rewrapped, first.is_truncated) == (2, True)
    before = set(AccessKey.objects.filter(account_id=tenant.account_id).values_list("sealed_secret", flat=True))
    assert rewrap() == 4  # whoever begins again finds what is left
    after = set(AccessKey.objects.filter(account_id=tenant.account_id).values_list("sealed_secret", flat=True))
    assert len(before & after) == 2
    assert rewrap() == 0
    changes = AuditEvent.objects.filter(account_id=tenant.account_id, name="RewrapSecrets").count()
    assert changes == 2


def test_a_secret_that_is_changed_meanwhile_is_left_alone(
    tenant: Tenant, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotated(key_file)
    own = AccessKey.objects.filter(account_id=tenant.account_id)
    column = COLUMNS["access-keys"]

    def meanwhile(row: AccessKey) -> tuple[str, ...]:
        own.update(sealed_secret="s1.written.by.another")
        return bound_to(row)

    bound_to = column.bound_to
    object.__setattr__(column, "bound_to", meanwhile)
    try:
        done = tenant.run("iamconsole:RewrapSecrets", sealed_kind="access-keys")
    finally:
        object.__setattr__(column, "bound_to", bound_to)
    assert done.rewrapped == 0
    assert own.get().sealed_secret == "s1.written.by.another"


def test_a_secret_of_another_row_opens_nowhere_and_is_named(tenant: Tenant, key_file: Path) -> None:
    mine, theirs = tenant.user("ada")["AccessKeyId"], tenant.user("eve")["AccessKeyId"]
    rows = AccessKey.objects.filter(account_id=tenant.account_id)
    stolen = rows.get(pk=theirs).sealed_secret
    with setting_up():
        rows.filter(pk=mine).update(sealed_secret=stolen)
    rotated(key_file)
    (found,) = [each for each in rewrapping.rewrap(call) if each.unusable]
    assert found.unusable == (mine,)
    assert rows.get(pk=mine).sealed_secret == stolen
    assert rewrap() == 0  # and holds nothing else up
    with pytest.raises(SealBroken):
        ring.sealer().open(stolen, bound_to=COLUMNS["access-keys"].bound_to(rows.get(pk=mine)))


def test_a_code_that_was_shown_once_stays_used(sealed: Sealed, key_file: Path) -> None:
    from accounts.mfa import totp

    device = MFADevice.objects.get(account_id=sealed.tenant.account_id)
    code, now = sealed.phone.code(), clock.now()
    with setting_up():
        assert totp.spend(device, code, now)
        MFADevice.objects.filter(account_id=device.account_id, pk=device.pk).update(last_step=-1)  # rolled back
    rotated(key_file)
    rewrap()
    with setting_up():
        assert not totp.spend(MFADevice.objects.get(account_id=device.account_id), code, now + timedelta(seconds=1))


def test_beat_does_it_by_itself(sealed: Sealed, key_file: Path) -> None:
    assert tasks.rewrap_secrets() == 0
    records = AuditEvent.objects.filter(account_id="aws").count()
    old, _ = rotated(key_file)
    assert tasks.rewrap_secrets() > len(COLUMNS)
    sealed.check()
    done = AuditEvent.objects.filter(account_id="aws").count()
    assert tasks.rewrap_secrets() == 0
    assert AuditEvent.objects.filter(account_id="aws").count() == done > records
    assert not any("seals" in held for held in queries.obstacles(old, clock.now()))


@pytest.mark.parametrize(
    ("action", "members"),
    [
        ("NoteMasterKeys", {}),
        ("RewrapSecrets", {"sealed_kind": "access-keys"}),
        ("RetireMasterKey", {"master_key_id": "k1"}),
    ],
)
def test_no_policy_allows_it(tenant: Tenant, action: str, members: dict[str, Any]) -> None:
    from accounts.users import queries as users

    admin = of_user(users.find(tenant.account_id, "admin"))
    with pytest.raises(AccessDenied, match="not the local operator"):
        run(calls.call_for(admin, door="query"), f"iamconsole:{action}", **members)


def test_only_known_kinds_are_wrapped(tenant: Tenant) -> None:
    with pytest.raises(ValidationError, match="sealedKind"):
        tenant.run("iamconsole:RewrapSecrets", sealed_kind="passwords")


def test_a_process_that_is_behind_prolongs_the_life_of_its_key(tenant: Tenant, key_file: Path, settings: Any) -> None:
    old, _ = rotated(key_file)
    settings.IAM_KEY_RING, settings.IAM_MASTER_KEY_FILE = behind(key_file, old), None
    with time_machine.travel(clock.now() + timedelta(hours=30), tick=False):
        tenant.key("admin")
        assert MasterKey.objects.get(pk=old).replaced == clock.now()


def test_a_process_that_missed_the_end_of_its_key_seals_nothing(tenant: Tenant, key_file: Path, settings: Any) -> None:
    old, _ = rotated(key_file)
    rewrap()
    with time_machine.travel(clock.now() + HEARD):
        retire(old, end_sessions=True)
    settings.IAM_KEY_RING, settings.IAM_MASTER_KEY_FILE = behind(key_file, old), None
    with pytest.raises(InternalFailure):
        tenant.key("admin")
    assert AccessKey.objects.filter(account_id=tenant.account_id).count() == 1


def test_a_key_that_was_staged_is_told_from_an_old_one(tenant: Tenant, key_file: Path) -> None:
    rewrapping.note(call)
    staged = files.stage(key_file)
    ring.refresh()
    assert notes.waiting(ring.current()) == [staged]
    states = {each.id: each.state for each in queries.statuses(clock.now())}
    assert states[staged] is queries.State.WAITING
    files.promote(key_file, staged)
    ring.refresh()
    assert notes.waiting(ring.current()) == []
