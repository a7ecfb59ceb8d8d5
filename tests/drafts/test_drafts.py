"""Drafts of managed policies: each caller's own, on no record, forgotten when nobody needs them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel import clock
from iamconsole.kernel.errors import AccessDenied, InvalidInput, NoSuchEntity
from iamconsole.runtime import calls
from iamconsole.runtime.authentication.identities import of_user
from policies.models import PolicyDraft
from tests.query.aws import ANYTHING, allow, document
from tests.support.tenants import Tenant, open_account, run
from tests.support.write_guard import setting_up

HALF = '{"Version": "2012-10-17", "Statement": [{"Eff \U0001f642'


@pytest.fixture
def policy(tenant: Tenant) -> str:
    arn: str = tenant.run("iam:CreatePolicy", policy_name="Reports", policy_document=ANYTHING).policy.arn
    return arn


def as_user(tenant: Tenant, name: str, action: str, **members: Any) -> Any:
    user = User.objects.get(account_id=tenant.account_id, name=name)
    return run(calls.call_for(of_user(user), door="cli"), action, **members)


def test_a_draft_is_kept_as_it_was_typed(tenant: Tenant, policy: str) -> None:
    with pytest.raises(NoSuchEntity):
        as_user(tenant, "admin", "iamconsole:GetDraft", policy_arn=policy)
    as_user(tenant, "admin", "iamconsole:SaveDraft", policy_arn=policy, policy_document="{")
    as_user(tenant, "admin", "iamconsole:SaveDraft", policy_arn=policy, policy_document=HALF)
    found = as_user(tenant, "admin", "iamconsole:GetDraft", policy_arn=policy).draft
    assert (found.policy_document, found.based_on, found.is_current) == (HALF, "v1", True)
    as_user(tenant, "admin", "iamconsole:DiscardDraft", policy_arn=policy)
    as_user(tenant, "admin", "iamconsole:DiscardDraft", policy_arn=policy)
    with pytest.raises(NoSuchEntity):
        as_user(tenant, "admin", "iamconsole:GetDraft", policy_arn=policy)


def test_it_knows_what_it_was_begun_from(tenant: Tenant, policy: str) -> None:
    as_user(tenant, "admin", "iamconsole:SaveDraft", policy_arn=policy, policy_document=HALF)
    tenant.run("iam:CreatePolicyVersion", policy_arn=policy, policy_document=ANYTHING, set_as_default=True)
    as_user(tenant, "admin", "iamconsole:SaveDraft", policy_arn=policy, policy_document=HALF)
    found = as_user(tenant, "admin", "iamconsole:GetDraft", policy_arn=policy).draft
    assert (found.based_on, found.is_current) == ("v1", False)
    members = {"policy_arn": policy, "policy_document": HALF}
    assert as_user(tenant, "admin", "iamconsole:SaveDraft", **members, based_on="v2").draft.is_current
    with pytest.raises(InvalidInput, match="never had a version v3"):
        as_user(tenant, "admin", "iamconsole:SaveDraft", **members, based_on="v3")


def test_nobody_sees_the_drafts_of_others(tenant: Tenant, policy: str, app: Any) -> None:
    as_user(tenant, "admin", "iamconsole:SaveDraft", policy_arn=policy, policy_document=HALF)
    tenant.user("ada", document(allow("iamconsole:*")))
    with pytest.raises(NoSuchEntity):
        as_user(tenant, "ada", "iamconsole:GetDraft", policy_arn=policy)
    as_user(tenant, "ada", "iamconsole:SaveDraft", policy_arn=policy, policy_document="hers")
    as_user(tenant, "ada", "iamconsole:DiscardDraft", policy_arn=policy)
    assert as_user(tenant, "admin", "iamconsole:GetDraft", policy_arn=policy).draft.policy_document == HALF
    other = open_account(app)
    with pytest.raises(NoSuchEntity):
        as_user(other, "admin", "iamconsole:GetDraft", policy_arn=policy)


def test_it_takes_a_right(tenant: Tenant, policy: str) -> None:
    tenant.user("ada", document(allow("iam:*")))
    with pytest.raises(AccessDenied, match="iamconsole:SaveDraft"):
        as_user(tenant, "ada", "iamconsole:SaveDraft", policy_arn=policy, policy_document=HALF)
    with pytest.raises(AccessDenied):
        as_user(
            tenant,
            "admin",
            "iamconsole:SaveDraft",
            policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess",
            policy_document=HALF,
        )


def test_what_is_not_published_is_on_no_record(tenant: Tenant, policy: str) -> None:
    as_user(tenant, "admin", "iamconsole:SaveDraft", policy_arn=policy, policy_document="hunter2")
    event = AuditEvent.objects.filter(account_id=tenant.account_id, name="SaveDraft").get()
    assert "hunter2" not in event.body


def test_drafts_go_with_their_policy_and_with_time(tenant: Tenant, policy: str) -> None:
    as_user(tenant, "admin", "iamconsole:SaveDraft", policy_arn=policy, policy_document=HALF)
    other = tenant.run("iam:CreatePolicy", policy_name="Other", policy_document=ANYTHING).policy.arn
    with setting_up():
        PolicyDraft.objects.filter(account_id=tenant.account_id).update(updated=clock.now() - timedelta(days=91))
    as_user(tenant, "admin", "iamconsole:SaveDraft", policy_arn=other, policy_document=HALF)
    drafts = PolicyDraft.objects.filter(account_id=tenant.account_id)
    assert [draft.policy.name for draft in drafts] == ["Other"]
    tenant.run("iam:DeletePolicy", policy_arn=other)
    assert not drafts.all().exists()
