"""Applied in order, once: whatever is repeated, late, lost or cut short; and what is shown of that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.core.cache import cache

from iamconsole.kernel import clock
from iamconsole.replication import log, tasks
from iamconsole.replication.models import ChangeEntry, LogHead, ProjectedRow
from iamconsole.replication.regions import applier, digests, feed, hints, progress, status, store, upkeep
from iamconsole.replication.regions.store import LEASE, Misplaced, Outrun, Unreachable
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up


class Region:
    """A region's store in a test's hands."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.store = store.writing(name)

    @property
    def generation(self) -> str:
        return self.store.generation()

    def cursor(self) -> store.Cursor:
        return self.store.cursor(0, generation=self.generation)

    def has(self, kind: str, ident: str) -> bool:
        return bool(self.store.ask("HEXISTS", f"{self.generation}:rows", f"{kind}/{ident}"))

    def batch(self) -> str:
        found = feed.after(0, self.cursor())
        assert found
        return found.payload(self.store.packer)

    def write(self, payload: str) -> None:
        fence = self.store.lease()
        assert fence
        try:
            self.store.write("apply", fence, self.generation, payload, LEASE, "")
        finally:
            self.store.release(fence)


@pytest.fixture
def eu(tenant: Tenant, regions: Any) -> Region:
    applier.apply("eu")
    return Region("eu")


def create(tenant: Tenant, name: str) -> str:
    return str(tenant.run("iam:CreateUser", user_name=name).user.user_id)


def test_a_batch_twice_is_once_and_an_old_one_changes_nothing(tenant: Tenant, eu: Region) -> None:
    ident = create(tenant, "ada")
    created = eu.batch()
    eu.write(created)
    with pytest.raises(Outrun, match="moved"):
        eu.write(created)
    tenant.run("iam:DeleteUser", user_name="ada")
    deleted = eu.batch()
    eu.write(deleted)
    for late in (created, deleted):
        with pytest.raises(Outrun, match="moved"):
            eu.write(late)
    assert not eu.has("user", ident)
    assert digests.verify("eu")


def test_a_tombstone_beats_a_late_create_even_under_the_right_cursor(tenant: Tenant, eu: Region) -> None:
    ident = create(tenant, "ada")
    created = eu.batch()
    tenant.run("iam:DeleteUser", user_name="ada")
    applier.apply("eu")
    said = orjson.loads(created) | {"from": str(eu.cursor()), "to": str(eu.cursor())}
    eu.write(orjson.dumps(said).decode())
    assert not eu.has("user", ident)
    assert digests.verify("eu")


def test_whoever_lost_the_lease_writes_nothing(tenant: Tenant, eu: Region) -> None:
    ident = create(tenant, "ada")
    slow = eu.store.lease()
    payload = eu.batch()
    assert eu.store.lease() is None
    eu.store.ask("DEL", "lease")  # his time is over
    applier.apply("eu")
    with pytest.raises(Outrun, match="fenced"):
        eu.store.write("apply", slow, eu.generation, payload, LEASE, "")
    assert eu.has("user", ident)
    assert digests.verify("eu")


def test_a_backlog_counts_as_applied_only_when_it_is_whole(
    tenant: Tenant, eu: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that changed again later is read later: before that, the region is as of no moment of home's."""
    before = eu.cursor().applied
    for number in range(7):
        create(tenant, f"u{number}")
    tenant.run("iam:TagUser", user_name="u0", tags=[{"key": "a", "value": "b"}])
    cursor, seen = eu.cursor(), []
    while batch := feed.after(0, cursor, most=2):
        assert len(batch.rows) <= 2
        seen.append((batch.to.position, batch.to.applied, batch.cut))
        eu.write(batch.payload(eu.store.packer))
        cursor = batch.to
    head = log.head(0)
    assert [applied for *_, applied, cut in seen if cut] == [before] * (len(seen) - 1)
    assert seen[-1] == (head, head, False)
    assert digests.verify("eu")


def test_what_one_change_wrote_is_never_cut(tenant: Tenant, eu: Region, settings: Any) -> None:
    settings.IAM_TEST_MODE = True
    for number in range(6):
        create(tenant, f"u{number}")
    tenant.run("iamconsole:ResetAccount")
    sizes, cursor = [], eu.cursor()
    while batch := feed.after(0, cursor, most=2):
        sizes.append(len({row.position for row in batch.rows}))
        eu.write(batch.payload(eu.store.packer))
        cursor = batch.to
    assert sizes == [1]
    assert digests.verify("eu")


def test_a_store_that_lost_everything_is_built_anew(tenant: Tenant, eu: Region) -> None:
    ident = create(tenant, "ada")
    eu.store.ask("FLUSHDB")
    applier.apply("eu")
    assert eu.has("user", ident)
    assert digests.verify("eu")


def test_another_history_is_not_gone_on_with(tenant: Tenant, eu: Region) -> None:
    """A backup was restored: positions mean other changes now."""
    first = eu.generation
    with setting_up():
        ChangeEntry.objects.filter(position=eu.cursor().position).update(request_id="of another history")
    create(tenant, "ada")
    applier.apply("eu")
    assert eu.generation != first
    assert digests.verify("eu")


def test_tombstones_go_when_every_region_is_past_them(
    tenant: Tenant, eu: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    applier.apply("ap")
    create(tenant, "ada")
    tenant.run("iam:DeleteUser", user_name="ada")
    gone = ProjectedRow.versions.filter(body__isnull=True)
    assert gone.count() == 1
    applier.apply("eu")
    now = clock.now()
    with setting_up():
        assert upkeep.sweep() == 0  # of today
        monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2))
        assert upkeep.sweep() == 0  # ap has not seen it
        applier.apply("ap")
        assert upkeep.sweep() == 1
    assert not gone.exists()
    for region in ("eu", "ap"):
        assert digests.verify(region)
    assert LogHead.objects.get(shard=0).swept > 0


def test_a_region_that_slept_through_a_sweep_begins_anew(tenant: Tenant, eu: Region) -> None:
    ident = create(tenant, "ada")
    applier.apply("eu")
    tenant.run("iam:DeleteUser", user_name="ada")
    with setting_up():
        ProjectedRow.versions.filter(body__isnull=True).delete()
        LogHead.objects.update(swept=log.head(0))
    first = eu.generation
    applier.apply("eu")
    assert eu.generation != first
    assert not eu.has("user", ident)
    assert digests.verify("eu")


def test_documents_that_nobody_names_are_swept(tenant: Tenant, eu: Region) -> None:
    text = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:%d","Resource":"*"}]}'
    create(tenant, "ada")
    for number in range(3):
        tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="p", policy_document=text % number)
        applier.apply("eu")
    held = eu.store.ask("HLEN", f"{eu.generation}:documents")
    upkeep.sweep()
    assert eu.store.ask("HLEN", f"{eu.generation}:documents") == held - 2
    assert digests.verify("eu")


def test_tampering_is_found_and_mended(tenant: Tenant, eu: Region) -> None:
    idents = [create(tenant, name) for name in ("ada", "bob", "eve")]
    applier.apply("eu")
    rows, documents = f"{eu.generation}:rows", f"{eu.generation}:documents"
    ada, bob, eve = (f"user/{ident}" for ident in idents)
    eu.store.ask("HDEL", rows, ada)
    eu.store.ask("HSET", rows, bob, eu.store.ask("HGET", rows, eve))
    eu.store.ask("HSET", rows, eve, eu.store.ask("HGET", rows, eve)[:-4] + "AAAA")
    found = digests.verify("eu")
    assert not found
    assert found.missing == [("user", idents[0])]
    assert sorted(found.altered) == sorted(("user", ident) for ident in idents[1:])
    assert digests.repair("eu")
    assert digests.verify("eu")
    digest = eu.store.ask("HKEYS", documents)[0]
    eu.store.ask("HSET", documents, digest, '{"Version":"2012-10-17","Statement":[]}')
    assert digests.verify("eu").documents
    assert digests.repair("eu")
    eu.store.ask("HSET", f"{eu.generation}:rows", "user/AIDAINVENTED", "t1.e30.AAAA")
    assert digests.verify("eu").surplus == [("user", "AIDAINVENTED")]
    assert digests.repair("eu")


def test_what_changes_meanwhile_is_no_difference(tenant: Tenant, eu: Region) -> None:
    ident = create(tenant, "ada")
    applier.apply("eu")
    tenant.run("iam:TagUser", user_name="ada", tags=[{"key": "a", "value": "b"}])
    create(tenant, "bob")
    assert digests._compare(eu.store, eu.generation)
    eu.store.ask("HDEL", f"{eu.generation}:rows", f"user/{ident}")
    applier.apply("eu")
    assert eu.has("user", ident)


def test_two_regions_in_one_store_are_refused(tenant: Tenant, eu: Region, settings: Any) -> None:
    settings.IAM_REGIONS = settings.IAM_REGIONS | {"ap": settings.IAM_REGIONS["eu"]}
    with pytest.raises(Misplaced, match="is that of region eu"):
        applier.apply("ap")


def test_a_region_that_is_down_waits_longer_each_time(
    tenant: Tenant, regions: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_arguments: Any) -> Any:
        raise Unreachable("down")

    monkeypatch.setattr(applier, "apply", down)
    now, waits = clock.now(), []
    for _ in range(8):
        moment = now
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert not tasks.bring_up_to_date("eu")
        found = status.of("eu")
        waits.append(found.again - now.timestamp())
        assert not status.is_due("eu")
        now += timedelta(seconds=waits[-1] + 0.01)
    assert waits[0] < 1 < waits[2] < waits[4]
    assert max(waits) <= status.MOST * 1.25
    assert found.unreachable
    assert not found.dead_letter
    monkeypatch.undo()
    cache.set("replication:state:eu", {"error": "Unreachable", "again": 0.0}, None)
    assert tasks.bring_up_to_date("eu")
    assert status.of("eu") == status.WELL


def test_changes_that_fail_each_time_are_a_dead_letter_and_not_skipped(
    tenant: Tenant, eu: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = create(tenant, "ada")
    monkeypatch.setattr(feed, "_packed", _poison)
    monkeypatch.setattr(status, "is_due", lambda _region: True)
    for _ in range(status.POISON):
        assert not tasks.bring_up_to_date("eu")
    listed = {each.region_name: each for each in tenant.run("iamconsole:ListRegions").regions}
    assert (listed["eu"].state, listed["eu"].dead_letter, listed["eu"].error) == ("behind", True, "ValueError")
    assert listed["ap"].state == "new"
    assert not eu.has("user", ident)
    monkeypatch.undo()
    cache.delete("replication:state:eu")
    assert tasks.bring_up_to_date("eu")
    assert eu.has("user", ident)


def _poison(*_arguments: Any) -> Any:
    raise ValueError("poison")


def test_messages_are_signed(tenant: Tenant, eu: Region) -> None:
    ident = create(tenant, "ada")
    signed = hints.signed("eu")
    for forged in ("eu", signed[:-2] + "AA", log.token(tenant.account_id, 1), hints.signed("mars")):
        tasks.apply(forged)
    assert status.refusals() == 4
    assert not eu.has("user", ident)
    tasks.apply(signed)
    assert eu.has("user", ident)


def test_one_hint_at_a_time_is_under_way(regions: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []
    monkeypatch.setattr(hints, "_celery", lambda: type("App", (), {"send_task": lambda *a, **_k: sent.append(a)})())
    assert [hints.publish("eu") for _ in range(3)] == [True, False, False]
    hints.taken_up("eu")
    assert hints.publish("eu")
    assert len(sent) == 2


def test_a_write_does_not_wait_for_a_broker(tenant: Tenant, regions: Any, settings: Any) -> None:
    """Nobody listens where this publishes; the thread that finds out is not the writer's."""
    settings.IAM_REPLICATION_HINTS = True
    settings.CELERY_BROKER_URL = "redis+socket:///nowhere/valkey.sock"
    began = clock.now()
    hints.on_commit()
    assert clock.now() - began < timedelta(milliseconds=100)
    assert create(tenant, "ada")


def test_where_the_regions_are(tenant: Tenant, eu: Region) -> None:
    create(tenant, "ada")
    found = {each.region: each for each in progress.of(0)}
    assert {name: each.state for name, each in found.items()} == {"home": "home", "eu": "current", "ap": "new"}
    assert found["home"].has(log.head(0))
    assert not found["eu"].has(log.head(0))
    applier.apply("eu")
    assert progress.of(0)[1].lag_ms == 0
    listed = {each.region_name: each for each in tenant.run("iamconsole:ListRegions").regions}
    assert listed["eu"].position == listed["home"].position == log.head(0)
    assert listed["eu"].ninety_ninth_milliseconds
