"""Whatever happens in whatever order, a region ends where home is, and what was deleted stays deleted."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from iamconsole.kernel import clock
from iamconsole.kernel.errors import Fault
from iamconsole.replication import log, tasks
from iamconsole.replication.models import ProjectedRow
from iamconsole.replication.regions import applier, digests, feed, status, store, upkeep, views
from iamconsole.replication.regions.store import LEASE, Outrun, Store, Unreachable
from tests.decisions.asking import Doors, arn
from tests.decisions.wire import document, statement
from tests.support.servers import ValkeyServer
from tests.support.tenants import Tenant, open_account
from tests.support.write_guard import setting_up

NAMES, POLICIES, GROUPS = ["ada", "bob"], ["p", "q"], ["g"]
DOCUMENTS = [document(statement(effect, "s3:*")) for effect in ("Allow", "Deny")]
REGIONS = st.sampled_from(["eu", "ap"])
X = "arn:aws:s3:::reports/x"


class Crash(BaseException):
    """kill -9, as an applier meets it."""


class Regions(RuleBasedStateMachine):
    """One account, its keys, and two regions that fail in every way there is."""

    app: Any
    servers: dict[str, ValkeyServer]

    def __init__(self) -> None:
        super().__init__()
        self.down: set[str] = set()
        self.jump = timedelta(0)
        for server in self.servers.values():
            server.client().flushall()
        cache.clear()
        views.forget()
        self.tenant: Tenant = open_account(self.app)
        self.keys: dict[str, dict[str, str]] = {}
        self.deleted: set[str] = set()
        self.late: list[tuple[str, str, str]] = []
        self.history: dict[int, Any] = {}
        self.dice = random.Random(0)

    # --- what people do ---------------------------------------------------------------------------------------------

    def run(self, action: str, **members: Any) -> Any:
        try:
            return self.tenant.run(f"iam:{action}", **members)
        except Fault:
            return None

    @rule(name=st.sampled_from(NAMES))
    def create_user_and_key(self, name: str) -> None:
        self.run("CreateUser", user_name=name)
        made = self.run("CreateAccessKey", user_name=name)
        if made:
            self.keys[made.access_key.access_key_id] = {"user": name}

    @rule(name=st.sampled_from(NAMES), policy=st.sampled_from(POLICIES), text=st.sampled_from(DOCUMENTS))
    def put_policy(self, name: str, policy: str, text: str) -> None:
        self.run("PutUserPolicy", user_name=name, policy_name=policy, policy_document=text)

    @rule(name=st.sampled_from(NAMES), policy=st.sampled_from(POLICIES))
    def delete_policy(self, name: str, policy: str) -> None:
        self.run("DeleteUserPolicy", user_name=name, policy_name=policy)

    @rule(name=st.sampled_from(NAMES), text=st.sampled_from(DOCUMENTS))
    def join_a_group(self, name: str, text: str) -> None:
        self.run("CreateGroup", group_name="g")
        self.run("PutGroupPolicy", group_name="g", policy_name="p", policy_document=text)
        self.run("AddUserToGroup", user_name=name, group_name="g")

    @rule(name=st.sampled_from(NAMES))
    def leave_the_group(self, name: str) -> None:
        self.run("RemoveUserFromGroup", user_name=name, group_name="g")

    @rule(name=st.sampled_from(NAMES), to=st.sampled_from(NAMES))
    def rename(self, name: str, to: str) -> None:
        self.run("UpdateUser", user_name=name, new_user_name=to)

    @precondition(lambda self: self.keys)
    @rule(data=st.data(), status=st.sampled_from(["Active", "Inactive"]))
    def switch_a_key(self, data: Any, status: str) -> None:
        ident = data.draw(st.sampled_from(list(self.keys)))  # as made: their ids differ from run to run
        self.on_key("UpdateAccessKey", ident, status=status)

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def delete_a_key(self, data: Any) -> None:
        ident = data.draw(st.sampled_from(list(self.keys)))  # as made: their ids differ from run to run
        self.on_key("DeleteAccessKey", ident)
        self.deleted.add(ident)
        del self.keys[ident]

    def on_key(self, action: str, ident: str, **members: Any) -> None:
        """Whoever has the key by now."""
        for name in NAMES:
            self.run(action, user_name=name, access_key_id=ident, **members)

    # --- what becomes of it -----------------------------------------------------------------------------------------

    @rule(region=REGIONS)
    def apply(self, region: str) -> None:
        tasks.bring_up_to_date(region)

    @rule(region=REGIONS, most=st.sampled_from([1, 2, 5]))
    def crash_between_two_batches(self, region: str, most: int) -> None:
        """Batches of a row or two, and a kill before or after one of them."""
        with self.crashing("write", after=self.dice.randint(0, 2)), self.batches_of(most):
            self.attempt(region)

    @rule(region=REGIONS)
    def crash_while_building(self, region: str) -> None:
        with self.crashing("write", after=self.dice.randint(0, 3)), self.batches_of(400):
            self.attempt(region, applier.bootstrap)

    @rule(region=REGIONS)
    def a_message_is_read_and_delayed(self, region: str) -> None:
        """A batch that will arrive late, and twice."""
        if region in self.down:
            return
        place = store.writing(region)
        if not (generation := place.generation()):
            return
        batch = feed.after(0, place.cursor(0, generation=generation), most=self.dice.choice([1, 500]))
        if batch:
            self.late.append((region, generation, batch.payload(place.packer)))

    @precondition(lambda self: self.late)
    @rule(data=st.data(), times=st.integers(1, 2))
    def a_late_message_arrives(self, data: Any, times: int) -> None:
        region, generation, payload = data.draw(st.sampled_from(self.late))
        if region in self.down:
            return
        place = store.writing(region)
        fence = place.lease()
        if fence is None:
            return
        for _ in range(times):
            try:
                place.write("apply", fence, generation, payload, LEASE, "")
            except Outrun:
                continue
        place.release(fence)

    @rule(region=REGIONS)
    def a_region_goes_down_or_comes_back(self, region: str) -> None:
        self.down ^= {region}

    @rule(region=REGIONS)
    def a_region_loses_what_it_had(self, region: str) -> None:
        self.servers[region].client().flushall()

    @rule(minutes=st.integers(-600, 3000))
    def the_clock_jumps(self, minutes: int) -> None:
        self.jump = timedelta(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        with setting_up():
            upkeep.sweep()

    # --- what must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def a_deleted_key_never_comes_back(self) -> None:
        """Once a region knows of the deletion, for good."""
        for region in set(self.servers) - self.down:
            place = store.reading(region)
            generation = place.generation()
            if generation and place.cursor(0, generation=generation).applied == log.head(0):
                kept = set(place.ask("HKEYS", f"{generation}:rows"))
                assert not kept & {f"key/{ident}" for ident in self.deleted}

    @invariant()
    def what_counts_as_applied_is_what_home_had(self) -> None:
        """Exactly as of that position, unless the region is half-way through a backlog and has some of what follows."""
        self.history[log.head(0)] = at_home()
        for region in set(self.servers) - self.down:
            place = store.reading(region)
            generation = place.generation()
            cursor = place.cursor(0, generation=generation)
            if generation and cursor.position == cursor.applied and cursor.applied in self.history:
                assert held(place, generation) == self.history[cursor.applied]

    def teardown(self) -> None:
        """All faults end; a few seconds later every region is where home is."""
        self.down.clear()
        self.jump = timedelta(0)
        for region, server in self.servers.items():
            server.client().delete("lease")  # its time is over
            cache.delete(f"replication:state:{region}")
            assert tasks.bring_up_to_date(region)
            assert digests.verify(region)
            assert held(store.reading(region), store.reading(region).generation()) == at_home()
        self.every_door_says_the_same()

    def every_door_says_the_same(self) -> None:
        for name in NAMES:
            asked = {"principal": arn(self.tenant, f"user/{name}"), "action": "s3:GetObject", "resource": X}
            told = {
                region: Doors.of(self.tenant).post(f"/api/v1/authorize?region={region}", asked).body["decision"]
                for region in ("home", "eu", "ap")
            }
            assert len(set(told.values())) == 1, told

    # --- how it is made to happen -----------------------------------------------------------------------------------

    def attempt(self, region: str, work: Any = applier.apply) -> None:
        try:
            work(region)
        except (Crash, Unreachable, Outrun):
            return

    @contextmanager
    def crashing(self, method: str, *, after: int) -> Iterator[None]:
        """Die before or after the so-manieth write."""
        writing, left = getattr(applier.Applier, method), [after]

        def write(*arguments: Any, **members: Any) -> None:
            if left[0] <= 0:
                raise Crash
            left[0] -= 1
            writing(*arguments, **members)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(applier.Applier, method, write)
            yield

    @contextmanager
    def batches_of(self, most: int) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(feed, "MOST", most)
            yield


def held(place: Store, generation: str) -> dict[tuple[str, str], Any]:
    """The region's rows, without what is sealed differently."""
    found = {}
    for name, text in place.scan(f"{generation}:rows").items():
        kind, _, ident = name.partition("/")
        row = place.packer.unpack(kind, ident, text)
        found[kind, ident] = row.account_id, row.arn, plain(row.body), row.position
    return found


def at_home() -> dict[tuple[str, str], Any]:
    rows = ProjectedRow.objects.all()
    return {(row.kind, row.id): (row.account_id, row.arn, plain(row.body), row.position) for row in rows}


def plain(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "secret"}


@pytest.mark.slow
def test_any_interleaving_converges(db: Any, app: Any, regions: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "LOOK", 0.0)
    machines: list[Regions] = []

    class Machine(Regions):
        def __init__(self) -> None:
            machines[:] = [self]
            super().__init__()

    Machine.app, Machine.servers = staticmethod(app), regions
    asked, run, now = Store.ask, Store.run, clock.now

    def answering(method: Any) -> Any:
        def answer(place: Store, *arguments: Any) -> Any:
            if machines and place.region in machines[0].down:
                raise Unreachable("down")
            return method(place, *arguments)

        return answer

    monkeypatch.setattr(Store, "ask", answering(asked))
    monkeypatch.setattr(Store, "run", answering(run))
    monkeypatch.setattr(status, "is_due", lambda _region: True)
    monkeypatch.setattr(clock, "now", lambda: now() + (machines[0].jump if machines else timedelta(0)))
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
