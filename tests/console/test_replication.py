"""The page of replication: every state says itself and what to do next; who may not ask sees nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from iamconsole.interfaces.console.pages.replication import chart, words
from iamconsole.kernel import clock
from iamconsole.replication import tasks
from iamconsole.replication.regions import applier, lags, reconciling, shapes, status, store
from tests.console.furniture import allowing
from tests.support.servers import ValkeyServer
from tests.support.tenants import Tenant, open_account

PAGE, PART = "/console/replication/", "/console/replication/regions/"
PARTLY = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    with ValkeyServer(fresh=True) as running:
        yield running


@pytest.fixture
def eu(server: ValkeyServer, settings: Any) -> ValkeyServer:
    """A second region, empty."""
    server.client().flushall()
    lags.forget()
    settings.IAM_REGIONS = {"home": "", "eu": server.url}
    return server


def shown(client: Client, address: str = PAGE, **options: Any) -> str:
    """The page with its spaces taken together."""
    answer = client.get(address, **options)
    assert answer.status_code == 200, answer.content.decode()
    return re.sub(r"\s+", " ", answer.content.decode())


def text(client: Client) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown(client)))


def test_one_region_alone_teaches_how_to_add_another(admin: Client) -> None:
    html = shown(admin)
    assert "There is one region, home" in html
    assert "manage.py region add eu" in html
    assert "hx-get" not in html


def test_a_region_that_is_being_built_then_healthy(tenant: Tenant, admin: Client, eu: ValkeyServer) -> None:
    said = text(admin)
    assert "Being built" in said
    assert "manage.py region add eu" in said
    assert "No worker has looked at the regions yet" in said
    assert 'hx-trigger="every 3s"' in shown(admin)
    status.polled()
    assert tasks.bring_up_to_date("eu")
    html, said = shown(admin), text(admin)
    assert "All 2 regions are up to date." in said
    assert "nothing missing" in said
    assert "What to do" not in said
    assert "No worker" not in said
    assert "hx-trigger" not in html  # nothing to wait for


def test_a_region_that_lacks_changes_is_asked_for_again(tenant: Tenant, admin: Client, eu: ValkeyServer) -> None:
    applier.apply("eu")
    tenant.run("iam:CreateUser", user_name="ada")
    html = shown(admin)
    assert re.search(r"\d+ changes? to come", html)
    address = re.search(r'hx-get="([^"]+)"', html)
    assert address
    part = shown(admin, address[1].replace("&amp;", "&"), headers=PARTLY)
    assert "<html" not in part
    assert "hx-swap-oob" not in part  # nothing new to read out
    applier.apply("eu")
    part = shown(admin, f"{PART}?said=another", headers=PARTLY)
    assert 'hx-swap-oob="innerHTML">All 2 regions' in part
    assert "hx-get" not in part
    assert admin.get(PART)["Location"] == PAGE


def test_a_region_that_is_down(tenant: Tenant, admin: Client, eu: ValkeyServer, settings: Any) -> None:
    applier.apply("eu")
    tenant.run("iam:CreateUser", user_name="before")
    applier.apply("eu")
    settings.IAM_REGIONS = {"home": "", "eu": "unix:///nowhere/valkey.sock"}
    assert not tasks.bring_up_to_date("eu")
    began = clock.now()
    tenant.run("iam:CreateUser", user_name="after")
    said = text(admin)
    assert "1 of 2 regions is up to date. eu: Down." in said
    assert "Its store does not answer." in said
    assert "manage.py region list" in said
    listed = tenant.run("iamconsole:ListRegions").regions[1]
    age = (clock.now() - began) / timedelta(milliseconds=1)
    assert 0 < listed.lag_milliseconds <= age + 1000  # of what came since it failed, not since ever
    assert lags.of(["eu"])["eu"][-1][1] is not None


def test_a_batch_that_fails_each_time(tenant: Tenant, admin: Client, eu: ValkeyServer) -> None:
    applier.apply("eu")
    tenant.run("iam:CreateUser", user_name="ada")
    for _ in range(status.POISON):
        status.failed("eu", ValueError("poison"))
    said = text(admin)
    assert "Stuck" in said
    assert "manage.py region bootstrap eu" in said
    assert "ValueError" in said


def test_workers_that_went_away(admin: Client, eu: ValkeyServer) -> None:
    status.polled()
    assert "No worker" not in text(admin)
    later = clock.now() + timedelta(minutes=5)
    assert "No worker looks at the regions any more" in words.unwatched(status.last_polled(), later)


def test_repairs_and_the_delay_on_purpose(tenant: Tenant, admin: Client, eu: ValkeyServer, settings: Any) -> None:
    applier.apply("eu")
    place = store.writing("eu")
    place.ask("HDEL", f"{place.generation()}:rows", f"user/{user_id(tenant)}")
    assert reconciling.reconcile() == 1
    settings.IAM_REPLICATION_DELAY = (2.0, 8.0)
    said = text(admin)
    assert "2 s to 8 s" in said
    assert "manage.py region verify eu" in said
    listed = tenant.run("iamconsole:ListRegions")
    assert listed.regions[1].differences == 1
    assert listed.regions[1].compared_date
    assert (listed.least_delay_milliseconds, listed.most_delay_milliseconds) == (2000, 8000)


def user_id(tenant: Tenant) -> str:
    return str(tenant.run("iam:GetUser", user_name="admin").user.user_id)


def test_how_much_all_accounts_hold_is_not_for_one_of_them(
    tenant: Tenant, admin: Client, eu: ValkeyServer, app: Any
) -> None:
    applier.apply("eu")
    reconciling.reconcile()
    assert "Rows compared" in text(admin)
    open_account(app)
    assert "Rows compared" not in text(admin)
    assert "Last compared" in text(admin)
    assert tenant.run("iamconsole:ListRegions").regions[1].rows_compared  # the operator's


def test_delays_are_drawn_and_told(tenant: Tenant, admin: Client, eu: ValkeyServer) -> None:
    assert "Nobody has measured anything in the last hour." in text(admin)
    lags.note("eu", 0)
    lags.note("eu", 340)
    lags.note("eu", 120)
    assert "At most 340 ms, in 1 minute that was measured." in text(admin)
    found = tenant.run("iamconsole:ListRegionLags").regions
    assert [each.region_name for each in found] == ["eu"]
    assert [minute.lag_milliseconds for minute in found[0].minutes] == [None] * 59 + [340]


def test_a_change_that_arrives_is_measured(tenant: Tenant, eu: ValkeyServer) -> None:
    applier.apply("eu")
    assert lags.of(["eu"])["eu"][-1][1] is None  # building a region tells nothing of how late changes come
    tenant.run("iam:CreateUser", user_name="ada")
    applier.apply("eu")
    assert 0 < lags.of(["eu"])["eu"][-1][1] < 60_000


def test_bars_end_where_the_scale_does() -> None:
    began = clock.now().replace(second=0, microsecond=0)
    values = [None] * 57 + [0, 200, 100]
    minutes = [shapes.LagMinute(start_date=began, lag_milliseconds=value) for value in values]
    drawn = chart.of(shapes.RegionLags(region_name="eu", minutes=minutes))
    foot = chart.HEIGHT - chart.BOTTOM
    assert [bar["y"] for bar in drawn["bars"]] == [foot - chart.LEAST, chart.TOP, (chart.TOP + foot) / 2]
    assert [line["label"] for line in drawn["lines"]] == ["0 ms", "100 ms", "200 ms"]
    assert [label["text"] for label in drawn["labels"]][::4] == ["60 min ago", "now"]


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [
        (0, "0 ms"),
        (999, "999 ms"),
        (1000, "1 s"),
        (2500, "2.5 s"),
        (119_000, "119 s"),
        (120_000, "2 min"),
        (3 * 3_600_000, "3 h"),
        (50 * 3_600_000, "2 d"),
    ],
)
def test_lengths(milliseconds: int, said: str) -> None:
    assert words.length(milliseconds) == said


def test_whoever_may_not_ask_sees_no_region(tenant: Tenant, weak: Client, eu: ValkeyServer) -> None:
    for address in (PAGE, PART):
        answer = weak.get(address)
        assert answer.status_code == 403
        assert "iamconsole:ListRegions" in answer.content.decode()
    assert PAGE not in weak.get("/console/").content.decode()
    document = allowing("iamconsole:ListRegions")
    tenant.run("iam:PutUserPolicy", user_name="weak", policy_name="p", policy_document=document)
    html = shown(weak)
    assert "Comparison and repairs" in html
    assert "minute by minute" not in html  # ListRegionLags is another right
    assert PAGE in weak.get("/console/").content.decode()


def test_a_change_names_the_state_of_each_region(tenant: Tenant, admin: Client, eu: ValkeyServer) -> None:
    applier.apply("eu")
    saved = admin.post("/console/create/group/", {"group_name": "devs", "path": "/"})
    address = f"/api/v1/changes/{saved['X-Iam-Consistency-Token']}"
    states = [(each["name"], each["state"], each["applied"]) for each in admin.get(address).json()["regions"]]
    assert states == [("home", "home", True), ("eu", "current", False)]
    applier.apply("eu")
    assert admin.get(address).json()["everywhere"]
