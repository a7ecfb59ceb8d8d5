"""Another master key, or another history: regions are built anew upon it, and whoever asks meanwhile is answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from iamconsole.replication import log, tasks
from iamconsole.replication.regions import applier, digests, store, views
from iamconsole.replication.regions.store import Foundation
from tests.decisions.asking import READ_REPORTS, Doors, arn
from tests.masterkey.conftest import key_file as key_file  # a fixture
from tests.masterkey.test_rewrap import behind, rewrap, rotated
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

X = "arn:aws:s3:::reports/x"


@pytest.fixture(autouse=True)
def look_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "LOOK", 0.0)


@pytest.fixture
def ada(key_file: Path, tenant: Tenant, regions: Any) -> dict[str, str]:
    """A user who may read reports, known everywhere."""
    key = tenant.user("ada", READ_REPORTS)
    bring_up()
    return key


def bring_up() -> None:
    for region in store.remote():
        assert tasks.bring_up_to_date(region)


def foundations() -> set[Foundation]:
    return {Foundation.of(store.writing(region).generation()) for region in store.remote()}


def demand_answers(tenant: Tenant, **members: Any) -> None:
    """Signed with a key whose secret lies in the region, decided by its rows."""
    question = {"principal": arn(tenant, "user/ada"), "action": "s3:GetObject", "resource": X, **members}
    for region in store.remote():
        told = Doors.of(tenant).post(f"/api/v1/authorize?region={region}", question)
        assert (told.status, told.body.get("decision")) == (200, "allow"), told.content


def test_another_master_key_builds_regions_anew_without_a_gap(
    tenant: Tenant, ada: Any, key_file: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = rotated(key_file)
    demand_answers(tenant)
    rewrap()
    demand_answers(tenant)
    assert {each.key_id for each in foundations()} == {old}

    written = applier.Applier.write

    def between(self: applier.Applier, *arguments: Any, **members: Any) -> None:
        """Half-way through: readers still have the generation before."""
        written(self, *arguments, **members)
        demand_answers(tenant)

    monkeypatch.setattr(applier.Applier, "write", between)
    bring_up()
    assert {each.key_id for each in foundations()} == {new}
    demand_answers(tenant)
    settings.IAM_KEY_RING = behind(key_file, old)  # a process that did not hear of it yet
    demand_answers(tenant)
    settings.IAM_KEY_RING = behind(key_file, new)
    assert all(digests.verify(region) for region in store.remote())


def test_an_applier_that_did_not_hear_of_the_key_yet_does_no_harm(
    tenant: Tenant, ada: Any, key_file: Path, settings: Any
) -> None:
    """Two appliers that disagree for a moment build the region to and fro; it answers all the while, and settles."""
    old, new = rotated(key_file)
    for current in (new, old, new):
        settings.IAM_KEY_RING = behind(key_file, current)
        tenant.run("iam:TagUser", user_name="ada", tags=[{"key": "seen", "value": current}])
        bring_up()
        assert {each.key_id for each in foundations()} == {current}
        demand_answers(tenant)


def test_after_a_restore_regions_begin_anew_and_refuse_tokens_of_the_lost_history(tenant: Tenant, ada: Any) -> None:
    lost = log.token(tenant.account_id, log.position_of(tenant.account_id))
    demand_answers(tenant, atLeast=lost)
    with setting_up():
        number = log.begin_epoch()
    bring_up()
    assert {each.epoch for each in foundations()} == {number}
    kept = log.token(tenant.account_id, log.position_of(tenant.account_id))
    demand_answers(tenant, atLeast=kept)
    question = {"principal": arn(tenant, "user/ada"), "action": "s3:GetObject", "resource": X, "atLeast": lost}
    for region in ("home", *store.remote()):
        refused = Doors.of(tenant).post(f"/api/v1/authorize?region={region}", question)
        assert (refused.status, refused.code) == (400, "InvalidInput")
        assert b"history before a restore" in refused.content


def test_a_node_without_a_database_takes_tokens_of_its_own_history(tenant: Tenant, ada: Any, settings: Any) -> None:
    with setting_up():
        log.begin_epoch()
    bring_up()
    token = log.token(tenant.account_id, log.position_of(tenant.account_id))
    settings.IAM_REGION = "eu"

    def lost(*_arguments: Any) -> Any:
        raise AssertionError("the primary was asked")

    question = {"principal": arn(tenant, "user/ada"), "action": "s3:GetObject", "resource": X, "atLeast": token}
    with connection.execute_wrapper(lost):
        told = Doors.of(tenant).post("/api/v1/authorize", question)
        assert (told.body["decision"], told.body["region"]) == ("allow", "eu")
