"""Passwords that are about to expire: told once in good time, once on the last day, once when it is over."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import LoginProfile, Notification, User
from accounts.notifications import due
from iamconsole.audit import tasks as audit_tasks
from iamconsole.audit.alarms import chain_broken
from iamconsole.audit.links import Broken
from iamconsole.interfaces.workers import notices
from iamconsole.kernel import clock
from iamconsole.storage.identifiers import Prefix, unique_id
from tests.support.tenants import PASSWORD, Tenant
from tests.support.write_guard import setting_up

Written = Callable[[], list[Notification]]
Later = Callable[..., None]


@pytest.fixture
def ada(tenant: Tenant) -> None:
    tenant.user("ada")
    tenant.run("iam:CreateLoginProfile", user_name="ada", password=PASSWORD)


def kinds(written: Written) -> list[str]:
    return [each.kind for each in written()]


def test_the_life_of_a_password(tenant: Tenant, ada: None, written: Written, later: Later) -> None:
    tenant.run("iam:UpdateAccountPasswordPolicy", max_password_age=90)
    tenant.run("iamconsole:PutNotificationSettings", notice_days=10)
    seen = []
    for day in range(1, 100):
        later(days=1)
        notices.look()
        notices.look()
        seen += [(day, kind) for kind in kinds(written)[len(seen) + 1 :]]
    assert seen == [(80, "password-expiring"), (89, "password-expiring"), (90, "password-expired")]
    assert written()[-1].facts["remedy"] == "Sign in and choose a new one."


def test_a_new_password_begins_anew(tenant: Tenant, ada: None, written: Written, later: Later) -> None:
    tenant.run("iam:UpdateAccountPasswordPolicy", max_password_age=90, hard_expiry=True)
    later(days=91)
    assert notices.look() == 1
    assert written()[-1].facts["remedy"] == "Ask an administrator to set a new one."
    tenant.run("iam:UpdateLoginProfile", user_name="ada", password="Another-horse-8")
    assert notices.look() == 0
    later(days=76)
    assert notices.look() == 1
    assert kinds(written) == ["password-expired", "password-reset", "password-expiring"]


def test_no_policy_and_root_are_left_alone(tenant: Tenant, ada: None, written: Written, later: Later) -> None:
    later(days=4000)
    assert notices.look() == 0
    tenant.run("iam:DeleteLoginProfile", user_name="ada")
    tenant.run("iam:UpdateAccountPasswordPolicy", max_password_age=1)
    assert notices.look() == 0
    assert written() == []


def test_many_at_once_come_in_pages(tenant: Tenant, monkeypatch: pytest.MonkeyPatch, written: Written) -> None:
    monkeypatch.setattr(due, "PAGE", 10)
    with setting_up():
        users = User.objects.bulk_create(
            User(
                account_id=tenant.account_id,
                unique_id=unique_id(Prefix.USER),
                name=f"user-{n}",
                name_key=f"user-{n}",
                created=clock.now(),
            )
            for n in range(25)
        )
        LoginProfile.objects.bulk_create(
            LoginProfile(account_id=tenant.account_id, user=user, created=clock.now(), changed=clock.now())
            for user in users
        )
    tenant.run("iam:UpdateAccountPasswordPolicy", max_password_age=1)
    assert [len(page) for page in due.pages(tenant.account_id, clock.now())] == [10, 10, 5]
    assert notices.look() == 25
    assert notices.look() == 0
    assert len({each.user_id for each in written()}) == 25


def test_a_broken_chain_is_told_of_once(
    tenant: Tenant, written: Written, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_account_id: str) -> None:
        raise Broken(7, "its digest does not fit its body")

    monkeypatch.setattr(audit_tasks.checkpoints, "accounts_with_open_records", lambda: [tenant.account_id])
    monkeypatch.setattr(audit_tasks.checkpoints, "close_segment", broken)
    for _ in range(3):
        audit_tasks.close_segments()
    assert kinds(written) == ["audit-chain-broken"]
    assert written()[0].facts == {"record": "7", "why": "its digest does not fit its body"}
    assert chain_broken.has_listeners()
