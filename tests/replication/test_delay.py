"""IAM_REPLICATION_DELAY: a region as of then, not newer; revocations too; the same again with the same seed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from iamconsole.kernel import clock
from iamconsole.replication import log
from iamconsole.replication.regions import applier, digests, holding, store
from tests.decisions.asking import READ_REPORTS
from tests.replication.test_doors import X, ask, look_always  # noqa: F401
from tests.support.tenants import Tenant


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock of the appliers; requests stay signed as of now."""
    began = clock.now()

    def move(seconds: float) -> None:
        monkeypatch.setattr(holding.clock, "now", lambda: began + timedelta(seconds=seconds))

    return move


def test_a_region_lags_and_home_does_not(tenant: Tenant, regions: Any, settings: Any, later: Any) -> None:
    tenant.user("ada", READ_REPORTS)
    applier.apply("eu")
    settings.IAM_REPLICATION_DELAY = (5.0, 5.0)
    tenant.run("iam:DeleteUserPolicy", user_name="ada", policy_name="p0")
    token = log.token(tenant.account_id, log.position_of(tenant.account_id))
    applier.apply("eu")
    assert ask(tenant, "eu").body["decision"] == "allow"
    told = ask(tenant, "eu", atLeast=token).body
    assert (told["decision"], told["region"]) == ("deny", "home")
    assert ask(tenant, "home").body["decision"] == "deny"
    later(2)
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="p0", policy_document=READ_REPORTS)
    applier.apply("eu")
    later(5.5)
    applier.apply("eu")
    assert ask(tenant, "eu").body["decision"] == "deny"  # as it was then, though home allows again
    assert ask(tenant, "home").body["decision"] == "allow"
    later(8)
    applier.apply("eu")
    assert ask(tenant, "eu").body["decision"] == "allow"
    assert digests.verify("eu")


def test_a_delay_that_is_switched_off_is_over(tenant: Tenant, regions: Any, settings: Any) -> None:
    applier.apply("eu")
    settings.IAM_REPLICATION_DELAY = (60.0, 60.0)
    tenant.run("iam:CreateUser", user_name="ada")
    applier.apply("eu")
    place = store.reading("eu")
    generation = place.generation()
    assert place.ask("LLEN", f"{generation}:held") == 1
    assert place.cursor(0, generation=generation).applied < log.head(0)
    settings.IAM_REPLICATION_DELAY = (0.0, 0.0)
    applier.apply("eu")
    assert place.ask("LLEN", f"{generation}:held") == 0
    assert place.cursor(0, generation=generation).applied == log.head(0)
    assert digests.verify("eu")


def test_the_same_seed_draws_the_same_delays(settings: Any) -> None:
    settings.IAM_REPLICATION_DELAY = (2.0, 8.0)
    first = [holding.delay("eu", 0, position) for position in range(50)]
    assert first == [holding.delay("eu", 0, position) for position in range(50)]
    assert len(set(first)) == 50
    assert all(timedelta(seconds=2) <= each <= timedelta(seconds=8) for each in first)
    settings.IAM_REPLICATION_SEED = "another"
    assert first != [holding.delay("eu", 0, position) for position in range(50)]
