"""Keys that nobody uses are deactivated: told of first, never root's, never on a guess, and undone in one step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import AccessKey, LoginProfile, Notification
from iamconsole.audit.history.folding import Loss
from iamconsole.audit.models import HistoryLoss
from iamconsole.interfaces.workers import stale_credentials
from iamconsole.kernel import clock
from iamconsole.kernel.errors import Fault
from tests.audit.support import records_of
from tests.notifications.test_occasions import caller
from tests.passwords.conftest import later as later  # a fixture
from tests.support.tenants import PASSWORD, Tenant, open_account, run
from tests.support.write_guard import setting_up

Later = Callable[..., None]
PUT = "iamconsole:PutStaleCredentialSettings"
LIST = "iamconsole:ListStaleCredentials"
sweep = stale_credentials.sweep


@pytest.fixture
def ada(tenant: Tenant) -> str:
    """A user with a key; gives its id. The administrator's is exempt."""
    return tenant.user("ada")["AccessKeyId"]


@pytest.fixture
def on(tenant: Tenant) -> None:
    tenant.run(PUT, enabled=True, unused_days=30, notice_days=10, exempt_users=["ADMIN"])


def is_active(key_id: str) -> bool:
    return AccessKey.objects.across_accounts("a test looks").get(pk=key_id).active


def used(key_id: str, at: datetime | None = None) -> None:
    with setting_up():
        AccessKey.objects.across_accounts("a test").filter(pk=key_id).update(last_used=at or clock.now())


def told(tenant: Tenant) -> list[str]:
    rows = Notification.objects.filter(account_id=tenant.account_id, kind__startswith="credential")
    return list(rows.order_by("created").values_list("kind", flat=True))


def test_off_unless_somebody_turns_it_on(tenant: Tenant, ada: str, later: Later) -> None:
    later(days=1000)
    assert sweep() == 0
    assert told(tenant) == []
    assert is_active(ada)
    assert not tenant.run("iamconsole:GetStaleCredentialSettings").enabled


def test_notice_then_deactivation_then_a_new_life(tenant: Tenant, ada: str, on: None, later: Later) -> None:
    later(days=29)
    assert sweep() == 0
    assert told(tenant) == []
    later(days=1)
    for _ in range(2):
        assert sweep() == 0
        assert told(tenant) == ["credential-unused"]
    later(days=9)
    assert sweep() == 0
    assert is_active(ada)
    later(days=1)
    assert sweep() == 1
    assert not is_active(ada)
    assert sweep() == 0
    assert told(tenant) == ["credential-unused", "credential-deactivated"]
    tenant.run("iam:UpdateAccessKey", user_name="ada", access_key_id=ada, status="Active")
    assert sweep() == 0
    assert is_active(ada)
    assert told(tenant)[2:] == ["credential-unused"]
    later(days=10)
    assert sweep() == 1


def test_it_is_on_record_as_what_it_is(tenant: Tenant, ada: str, on: None, later: Later) -> None:
    later(days=30)
    sweep()
    later(days=10)
    sweep()
    (record,) = [each for each in records_of(tenant.account_id) if each["eventName"] == "UpdateAccessKey"]
    assert record["userIdentity"]["arn"] == f"arn:aws:iam::{tenant.account_id}:worker/stale-credentials"
    assert record["requestParameters"] == {"userName": "ada", "accessKeyId": ada, "status": "Inactive"}


def test_a_first_run_years_later_gives_notice_first(tenant: Tenant, ada: str, later: Later) -> None:
    later(days=1000)
    tenant.run(PUT, enabled=True, unused_days=30, notice_days=10, exempt_users=["admin"])
    assert sweep() == 0
    assert told(tenant) == ["credential-unused"]
    assert is_active(ada)


def test_turning_it_off_and_on_gives_notice_again(tenant: Tenant, ada: str, on: None, later: Later) -> None:
    later(days=30)
    sweep()
    tenant.run(PUT, enabled=False)
    later(days=100)
    tenant.run(PUT, enabled=True, unused_days=30, notice_days=10, exempt_users=["admin"])
    assert sweep() == 0
    assert is_active(ada)


@pytest.mark.parametrize("day", [5, 10])
def test_a_use_within_the_notice_period_saves_the_key(
    tenant: Tenant, ada: str, on: None, later: Later, day: int
) -> None:
    later(days=30)
    sweep()
    later(days=day)
    used(ada)
    later(days=10)
    assert sweep() == 0
    assert is_active(ada)
    later(days=30)
    assert sweep() == 0  # unused again: a notice of its own
    assert told(tenant) == ["credential-unused"] * 2
    assert is_active(ada)


def test_a_use_between_the_look_and_the_deed_saves_it_too(
    tenant: Tenant, ada: str, on: None, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(days=30)
    sweep()
    later(days=10)
    deed = stale_credentials._deactivate

    def after_a_use(account_id: str, stale: Any) -> bool:
        used(ada)
        return deed(account_id, stale)

    monkeypatch.setattr(stale_credentials, "_deactivate", after_a_use)
    assert sweep() == 0
    assert is_active(ada)


def test_root_and_the_exempt_are_left_alone(tenant: Tenant, ada: str, later: Later) -> None:
    tagged = tenant.user("bot", tags=[{"key": "keep", "value": ""}])["AccessKeyId"]
    of_root = run(caller(tenant), "iam:CreateAccessKey").access_key.access_key_id
    tenant.run(PUT, enabled=True, unused_days=30, notice_days=1, exempt_users=["Admin"], exempt_tag="keep")
    for _ in range(3):
        later(days=40)
        sweep()
    assert [is_active(key) for key in (tagged, of_root, tenant.admin_key["AccessKeyId"])] == [True] * 3
    assert not is_active(ada)


def test_nothing_is_guessed_where_uses_may_be_missing(tenant: Tenant, ada: str, on: None, later: Later) -> None:
    later(days=30)
    sweep()
    later(days=10)
    with setting_up():
        HistoryLoss.objects.create(
            account_id=tenant.account_id, hour=clock.now() - timedelta(days=29), what=Loss.DECISION, times=3
        )
    for _ in range(2):
        assert sweep() == 0
    assert is_active(ada)
    assert "may be missing" in tenant.run("iamconsole:GetStaleCredentialSettings").last_run_skipped
    later(days=2)
    assert sweep() == 1
    assert tenant.run("iamconsole:GetStaleCredentialSettings").last_run_skipped is None


@pytest.mark.parametrize("what", [Loss.ROW, Loss.EXPLANATION])
def test_other_losses_hide_no_use(tenant: Tenant, ada: str, on: None, later: Later, what: str) -> None:
    later(days=30)
    sweep()
    later(days=10)
    with setting_up():
        HistoryLoss.objects.create(account_id=tenant.account_id, hour=clock.now(), what=what, times=3)
    assert sweep() == 1


def test_passwords_are_told_of_and_left(tenant: Tenant, on: None, later: Later) -> None:
    tenant.run("iam:CreateUser", user_name="bob")
    tenant.run("iam:CreateLoginProfile", user_name="bob", password=PASSWORD)
    for _ in range(4):
        later(days=30)
        assert sweep() == 0
    assert told(tenant) == ["credential-unused"]
    assert LoginProfile.objects.filter(account_id=tenant.account_id, user__name="bob").exists()


def test_a_dry_run_lists_whom_it_would_hit_and_changes_nothing(tenant: Tenant, ada: str, later: Later) -> None:
    tenant.run("iam:CreateUser", user_name="bob")
    tenant.run("iam:CreateLoginProfile", user_name="bob", password=PASSWORD)
    later(days=40)
    before = len(records_of(tenant.account_id))
    assert tenant.run(LIST).stale_credentials == []  # ninety days unless the account says otherwise
    found = [(each.user_name, each.kind, each.noticed) for each in tenant.run(LIST, unused_days=30).stale_credentials]
    assert found == [("ada", "AccessKey", False), ("admin", "AccessKey", False), ("bob", "Password", False)]
    first = tenant.run(LIST, unused_days=30, max_items=1)
    rest = tenant.run(LIST, unused_days=30, marker=first.marker)
    assert [each.user_name for each in (*first.stale_credentials, *rest.stale_credentials)] == ["ada", "admin", "bob"]
    assert len(records_of(tenant.account_id)) == before
    tenant.run(PUT, enabled=True, unused_days=30, notice_days=10)
    sweep()
    shown = {each.user_name: each for each in tenant.run(LIST).stale_credentials}
    assert shown["ada"].deactivation_date - clock.now() > timedelta(days=9)
    assert shown["bob"].deactivation_date is None


def test_other_accounts_are_none_of_its_business(tenant: Tenant, app: Any, on: None, later: Later) -> None:
    other = open_account(app)
    key = other.user("ada")["AccessKeyId"]
    for _ in range(3):
        later(days=40)
        sweep()
    assert is_active(key)
    assert told(other) == []


@pytest.mark.parametrize(
    ("action", "members"),
    [
        ("NoticeStaleCredentials", {"user_names": ["ada"]}),
        ("SettleStaleKey", {"access_key_id": "A" * 20}),
        ("SkipStaleCredentials", {"reason": "because"}),
    ],
)
def test_the_steps_are_the_workers_alone(tenant: Tenant, ada: str, action: str, members: dict[str, Any]) -> None:
    with pytest.raises(Fault, match="no scheduled task"):
        tenant.run(f"iamconsole:{action}", **members)


def test_users_are_swept_in_pages(tenant: Tenant, on: None, later: Later, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stale_credentials, "PAGE", 2)
    keys = [tenant.user(f"user-{n}")["AccessKeyId"] for n in range(5)]
    later(days=30)
    sweep()
    later(days=10)
    assert sweep() == 5
    assert not any(is_active(key) for key in keys)
