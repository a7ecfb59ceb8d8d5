"""What a migration does to the policies of account `aws`."""

from __future__ import annotations

from accounts.tenancy.aws import install
from policies.documents.builtin import builtin_policies
from policies.documents.models import ManagedPolicy, PolicyVersion
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

OTHER = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}]}'


def text_of(name: str) -> str:
    policy = ManagedPolicy.objects.get(account_id="aws", name=name)
    return PolicyVersion.objects.get(policy=policy, number=policy.default_version).document


def test_every_built_in_policy_is_there(tenant: Tenant) -> None:
    for policy in builtin_policies():
        assert text_of(policy.name) == policy.document


def test_installing_again_changes_nothing(tenant: Tenant) -> None:
    before = PolicyVersion.objects.filter(account_id="aws").count()
    with setting_up():
        install()
    assert PolicyVersion.objects.filter(account_id="aws").count() == before


def test_one_that_was_altered_is_restored_but_one_that_was_imported_later_stays(tenant: Tenant) -> None:
    with setting_up():
        PolicyVersion.objects.filter(account_id="aws", policy__name="IAMFullAccess").update(document=OTHER)
        imported = ManagedPolicy.objects.get(account_id="aws", name="SecurityAudit")
        imported.updated = tenant.operator().time
        imported.save()
        PolicyVersion.objects.filter(policy=imported).update(document=OTHER)
        install()
    assert text_of("IAMFullAccess") != OTHER
    assert text_of("SecurityAudit") == OTHER
