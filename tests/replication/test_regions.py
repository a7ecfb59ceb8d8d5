"""A region's store holds what home holds, and nothing that was deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamconsole.replication.regions import applier, digests, store, views
from iamconsole.sealing import SealingError
from tests.decisions.asking import READ_REPORTS
from tests.support.tenants import Tenant


def rows_of(region: str) -> views.RegionRows:
    place = store.reading(region)
    return views.RegionRows(place, place.generation())


def test_a_new_region_is_built_and_kept_up_to_date(tenant: Tenant, regions: Any) -> None:
    assert applier.apply("eu")
    assert digests.verify("eu")
    key = tenant.user("ada", READ_REPORTS)
    ada = tenant.run("iam:GetUser", user_name="ada").user
    assert rows_of("eu").by_id("user", ada.user_id) is None
    applier.apply("eu")
    rows = rows_of("eu")
    found = rows.by_arn("user", ada.arn, account_id=tenant.account_id)
    assert found
    assert found.id == ada.user_id
    assert rows.by_name("user", "ada", account_id=tenant.account_id) == found
    held = rows.by_id("key", key["AccessKeyId"])
    assert held
    told = rows.secret(held.body["secret"], account_id=tenant.account_id, access_key_id=held.id)
    assert told == key["SecretAccessKey"]
    assert digests.verify("eu")


def test_what_was_renamed_or_deleted_is_found_no_more(tenant: Tenant, regions: Any) -> None:
    tenant.run("iam:CreateUser", user_name="ada")
    ident = tenant.run("iam:GetUser", user_name="ada").user.user_id
    applier.apply("eu")
    tenant.run("iam:UpdateUser", user_name="ada", new_user_name="eve")
    applier.apply("eu")
    rows = rows_of("eu")
    assert rows.by_name("user", "ada", account_id=tenant.account_id) is None
    assert rows.by_name("user", "eve", account_id=tenant.account_id).id == ident
    tenant.run("iam:DeleteUser", user_name="eve")
    applier.apply("eu")
    assert rows_of("eu").by_id("user", ident) is None
    assert rows_of("eu").by_name("user", "eve", account_id=tenant.account_id) is None
    assert digests.verify("eu")


def test_no_secret_is_in_the_clear_and_no_region_opens_anothers(tenant: Tenant, regions: Any) -> None:
    key = tenant.user("ada")
    applier.apply("eu")
    applier.apply("ap")
    everything = []
    for server in regions.values():
        client = server.client()
        for name in client.scan_iter():
            if client.type(name) == "hash":
                everything += client.hgetall(name).values()
    assert everything
    assert key["SecretAccessKey"] not in json.dumps(everything)
    eu, ap = rows_of("eu"), rows_of("ap")
    held = eu.by_id("key", key["AccessKeyId"])
    assert held
    with pytest.raises(SealingError):
        ap.secret(held.body["secret"], account_id=tenant.account_id, access_key_id=held.id)
    text = eu.store.ask("HGET", f"{eu.generation}:rows", f"key/{held.id}")
    with pytest.raises(SealingError):
        ap.store.packer.unpack("key", held.id, text)
