"""What somebody or something did to a store or to home's own rows is found within the hour, mended, and on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import BearerToken
from iamconsole.kernel import clock
from iamconsole.replication import tasks
from iamconsole.replication.models import ProjectedRow
from iamconsole.replication.regions import applier, digests, home, reconciling, store
from iamconsole.runtime.metrics import registry
from tests.support.commands import Ran
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

NOBODY = "AIDANOBODY"


@pytest.fixture
def ada(tenant: Tenant, regions: Any) -> str:
    """The unique id of a user that home and both regions have."""
    ident = str(tenant.run("iam:CreateUser", user_name="ada").user.user_id)
    for region in store.remote():
        applier.apply(region)
    return ident


def delete_a_row(rows: str, ada: str) -> None:
    store.writing("eu").ask("HDEL", rows, f"user/{ada}")


def alter_a_row(rows: str, ada: str) -> None:
    store.writing("eu").ask("HSET", rows, f"user/{ada}", "forged")


def smuggle_a_row_in(rows: str, ada: str) -> None:
    text = store.writing("eu").ask("HGET", rows, f"user/{ada}")
    store.writing("eu").ask("HSET", rows, f"user/{NOBODY}", text)


def falsify_a_digest(rows: str, ada: str) -> None:
    name = rows.replace(":rows", ":digests")
    bucket = store.writing("eu").ask("HKEYS", name)[0]
    store.writing("eu").ask("HINCRBY", name, bucket, 1)


@pytest.mark.parametrize("tamper", [delete_a_row, alter_a_row, smuggle_a_row_in, falsify_a_digest])
def test_a_store_that_was_tampered_with_is_mended(ada: str, tamper: Callable[[str, str], None]) -> None:
    assert tasks.reconcile() == 0
    tamper(f"{store.writing('eu').generation()}:rows", ada)
    assert not digests.look("eu")
    assert tasks.reconcile() > 0
    assert digests.verify("eu")
    assert tasks.reconcile() == 0
    assert registry.get_sample_value("iam_replication_differences", {"region": "eu"}) >= 1
    assert registry.get_sample_value("iam_replication_differences", {"region": "ap"}) == 0
    assert registry.get_sample_value("iam_replication_compared_timestamp_seconds", {"region": "home"})


def test_home_is_compared_with_the_account_tables(ada: str, manage: Callable[..., Ran]) -> None:
    assert "holds what the account tables say" in manage("region", "verify", "home").out
    rows = ProjectedRow.objects.filter(kind="user", id=ada)
    body = rows.get().body
    for change in (lambda: rows.update(body=body | {"root": True}), rows.delete):
        with setting_up():
            change()
        found = manage("region", "verify", "home")
        assert found.code == 1
        assert f"user {ada}" in found.out
        with setting_up():
            assert "holds what the account tables say" in manage("region", "repair", "home").out
        assert rows.get().body == body
    applier.apply("eu")
    assert digests.verify("eu")


def test_what_is_wrong_at_home_is_mended_everywhere(ada: str) -> None:
    with setting_up():
        ProjectedRow.objects.filter(kind="user", id=ada).update(id=NOBODY)
        assert tasks.reconcile() > 0
    assert home.verify()
    for region in store.remote():
        applier.apply(region)
        assert digests.verify(region)
        assert not store.writing(region).ask("HEXISTS", f"{store.writing(region).generation()}:rows", f"user/{NOBODY}")


def test_changes_that_arrive_while_a_region_is_looked_at_are_no_differences(
    tenant: Tenant, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = store.Store.scan

    def meanwhile(self: Any, name: str) -> Any:
        if name.endswith(":rows"):
            monkeypatch.setattr(store.Store, "scan", scan)
            tenant.run("iam:DeleteUser", user_name="ada")
            tenant.run("iam:CreateUser", user_name="eve")
            applier.apply("eu")
        return scan(self, name)

    monkeypatch.setattr(store.Store, "scan", meanwhile)
    assert digests.look("eu")


def test_tokens_that_retention_deleted_leave_every_region(tenant: Tenant, ada: str) -> None:
    key = tenant.client("iam").list_access_keys(UserName="admin")["AccessKeyMetadata"][0]["AccessKeyId"]
    with setting_up():
        now = clock.now() - timedelta(days=2)
        row = {"digest": "d" * 64, "account_id": tenant.account_id, "access_key_id": key}
        token = BearerToken.objects.create(**row, created=now, expires=now)
        assert reconciling.home.repair()
        BearerToken.objects.filter(account_id=tenant.account_id, pk=token.pk).delete()
        assert home.verify()  # nobody is told of what retention does
        assert tasks.reconcile() == 0
    assert not ProjectedRow.objects.filter(kind="token").exists()
    applier.apply("eu")
    assert not [
        name for name in store.writing("eu").scan(f"{store.writing('eu').generation()}:rows") if "token/" in name
    ]


def test_a_region_that_does_not_answer_is_left_to_the_next_time(ada: str, settings: Any) -> None:
    settings.IAM_REGIONS = settings.IAM_REGIONS | {"ap": "unix:///nowhere/valkey.sock"}
    assert tasks.reconcile() == 0
    assert [region for region, _outcome in reconciling.outcomes()] == ["home", "eu"]
