"""A decision node is pointed at a region and needs nothing else; the commands that look after regions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iamconsole.client import AccessKey, Client
from iamconsole.interfaces.cli.management.commands import region as command
from iamconsole.replication.regions import applier, store
from tests.decisions.asking import READ_REPORTS
from tests.support.commands import Ran
from tests.support.product import Product, free_port
from tests.support.servers import ValkeyServer
from tests.support.tenants import Tenant, run

X = "arn:aws:s3:::reports/x"


@pytest.mark.slow
def test_a_node_decides_while_the_primary_is_away(tables: None, tmp_path: Path) -> None:
    """It is started when the database cannot be reached at all, and told of the region's outage too."""
    with ValkeyServer(fresh=True) as broker, ValkeyServer(fresh=True, durable=True) as eu:
        places = {"REDIS_URL": broker.url, "IAM_REGIONS": f"home,eu={eu.url}"}
        product = Product(tmp_path, **places)
        made = product.bootstrap("nodes")
        ada = f"arn:aws:iam::{made['AccountId']}:user/ada"
        own = ("--account", made["AccountId"], "--user-name", "ada")
        product.manage("iam", "create-user", *own)
        product.manage("iam", "put-user-policy", *own, "--policy-name", "p", "--policy-document", READ_REPORTS)
        product.manage("region", "add", "eu")
        unreachable = f"postgres://nobody@127.0.0.1:{free_port()}/gone"
        key = AccessKey(made["Admin"]["AccessKeyId"], made["Admin"]["SecretAccessKey"])
        with Product(tmp_path, processes=1, **places, IAM_REGION="eu", DATABASE_URL=unreachable) as node:
            node.start()
            with Client(node.url, key=key) as asking:
                for _ in range(20):
                    assert asking.authorize(ada, "s3:GetObject", X)
                    assert not asking.authorize(ada, "s3:DeleteObject", X)
                told = asking.authorize(ada, "s3:GetObject", X)
                assert told
                eu.kill()
                assert asking.authorize(ada, "s3:GetObject", X)
                eu.restart()
                assert asking.authorize(ada, "s3:GetObject", X)


@pytest.fixture
def eu(tenant: Tenant, regions: Any) -> store.Store:
    tenant.run("iam:CreateUser", user_name="ada")
    applier.apply("eu")
    return store.writing("eu")


def test_listing_regions(eu: store.Store, manage: Callable[..., Ran]) -> None:
    rows = {row["Region"]: row for row in manage("region", "list").data["Regions"]}
    assert {name: row["State"] for name, row in rows.items()} == {"home": "home", "eu": "current", "ap": "new"}
    assert rows["eu"]["Position"] == rows["home"]["Position"] == rows["eu"]["Of"]


def test_adding_a_region(eu: store.Store, manage: Callable[..., Ran], settings: Any) -> None:
    assert manage("region", "add", "ap").out == "region ap was built\n"
    assert "is there already" in manage("region", "add", "ap").out
    refused = manage("region", "add", "mars")
    assert refused.code == 1
    assert "put it into IAM_REGIONS" in refused.err
    assert "home region" in manage("region", "bootstrap", "home").err
    settings.IAM_REGIONS = settings.IAM_REGIONS | {"moon": settings.IAM_REGIONS["eu"]}
    assert "is that of region eu" in manage("region", "bootstrap", "moon").err
    settings.IAM_REGIONS = settings.IAM_REGIONS | {"sun": "unix:///nowhere/valkey.sock"}
    assert "does not answer" in manage("region", "add", "sun").err


def test_verifying_and_repairing(eu: store.Store, manage: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "holds what home holds" in manage("region", "verify", "eu").out
    name = f"{eu.generation()}:rows"
    eu.ask("HDEL", name, *eu.ask("HKEYS", name)[:5])
    monkeypatch.setattr(command, "SHOWN", 3)
    found = manage("region", "verify", "eu")
    assert found.code == 1
    assert found.out.count("missing: ") == 4
    assert "missing: and 2 more" in found.out
    assert "repair eu" in found.err
    assert "holds what home holds" in manage("region", "repair", "eu").out
    first = eu.generation()
    assert manage("region", "bootstrap", "eu").code == 0
    assert eu.generation() != first


def test_readiness_and_figures_name_regions(eu: store.Store, client: Any, settings: Any) -> None:
    told = json.loads(client.get("/readyz").content)
    assert told["ready"] is True
    assert told["regions"] == {"home": "home", "eu": "current", "ap": "new", "applier": "not running"}
    settings.IAM_REGIONS = settings.IAM_REGIONS | {"ap": "unix:///nowhere/valkey.sock"}
    told = client.get("/readyz")
    assert (told.status_code, told.json()["regions"]["ap"]) == (200, "down")
    figures = client.get("/metrics").content.decode()
    for line in (
        'iam_replication_up{region="eu"} 1.0',
        'iam_replication_up{region="ap"} 0.0',
        'iam_replication_lag_seconds{region="eu"} 0.0',
        'iam_replication_latency_seconds_bucket{le="+Inf",region="eu"}',
        'iam_replication_overlay_entries{region="eu"} 0.0',
        "iam_replication_messages_refused 0.0",
    ):
        assert line in figures


def test_waiting_is_for_all_regions(tenant: Tenant, eu: store.Store, manage: Callable[..., Ran]) -> None:
    call = tenant.operator()
    run(call, "iam:CreateUser", user_name="bob")
    late = manage("iam", "wait", call.consistency_token, "--timeout", "0")
    assert late.code == 255
    assert late.err.startswith("eu is at ")
    assert ", ap is at 0 of " in late.err
    for region in store.remote():
        applier.apply(region)
    told = manage("iam", "wait", call.consistency_token)
    assert told.code == 0
    assert [row["Region"] for row in told.data["Regions"]] == ["home", "eu", "ap"]
