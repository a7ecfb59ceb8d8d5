"""A leaver is denied everything whatever the quotas say, and comes back with exactly what was active before."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from accounts.models import User, UserDeactivation
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import AccessDenied, InvalidInput, LimitExceeded, NoSuchEntity
from iamconsole.runtime import calls
from iamconsole.runtime.authentication.identities import of_user
from tests.console.furniture import ALLOW, allowing, furnish
from tests.support.tenants import Tenant, open_account, run

DENY_ALL = "arn:aws:iam::aws:policy/AWSDenyAll"


def shown(tenant: Tenant) -> Any:
    return tenant.run("iamconsole:GetUserDeactivation", user_name="ada").user_deactivation


def acting(tenant: Tenant, name: str) -> Call:
    return calls.call_for(of_user(User.objects.get(account_id=tenant.account_id, name=name)), door="query")


def ids(credentials: Any) -> set[tuple[str, str]]:
    return {(each.kind, each.credential_id) for each in credentials}


def denied(tenant: Tenant, key: dict[str, str]) -> bool:
    try:
        tenant.client(key=key).list_users()
    except ClientError as refused:
        return refused.response["Error"]["Code"] in ("AccessDenied", "InvalidClientTokenId")
    return False


def test_one_with_as_many_policies_as_may_be_leaves_as_well(tenant: Tenant) -> None:
    key = tenant.user("ada", allowing("iam:ListUsers"))
    for number in range(10):
        arn = tenant.run("iam:CreatePolicy", policy_name=f"p{number}", policy_document=ALLOW).policy.arn
        tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn=arn)
    with pytest.raises(LimitExceeded):
        tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn=DENY_ALL)
    assert not denied(tenant, key)
    tenant.run("iamconsole:DeactivateUser", user_name="ada")
    attached = tenant.run("iam:ListAttachedUserPolicies", user_name="ada").attached_policies
    assert len(attached) == 11
    assert denied(tenant, key)
    tenant.run("iam:UpdateAccessKey", user_name="ada", access_key_id=key["AccessKeyId"], status="Active")
    assert denied(tenant, key)  # the policy holds by itself
    tenant.run("iamconsole:ReactivateUser", user_name="ada")
    assert not denied(tenant, key)
    assert len(tenant.run("iam:ListAttachedUserPolicies", user_name="ada").attached_policies) == 10


def test_exactly_what_was_active_comes_back_and_the_trail_says_so(tenant: Tenant) -> None:
    things = furnish(tenant)
    second = tenant.key("ada")["AccessKeyId"]
    tenant.run("iam:UpdateAccessKey", user_name="ada", access_key_id=second, status="Inactive")
    run(acting(tenant, "admin"), "iamconsole:DeactivateUser", user_name="ada")
    expected = {
        ("AccessKey", things["key"]),
        ("SSHPublicKey", things["ssh_key"]),
        ("SigningCertificate", things["certificate"]),
        ("ServiceSpecificCredential", things["credential"]),
    }
    assert ids(shown(tenant).credentials) == expected
    assert shown(tenant).deactivated_by == f"arn:aws:iam::{tenant.account_id}:user/admin"
    tenant.run("iam:DeleteSSHPublicKey", user_name="ada", ssh_public_key_id=things["ssh_key"])
    expected.remove(("SSHPublicKey", things["ssh_key"]))
    assert ids(shown(tenant).credentials) == expected
    assert ids(tenant.run("iamconsole:ReactivateUser", user_name="ada").credentials) == expected
    keys = tenant.run("iam:ListAccessKeys", user_name="ada").access_key_metadata
    assert {key.access_key_id: key.status for key in keys} == {things["key"]: "Active", second: "Inactive"}
    with pytest.raises(NoSuchEntity, match="is not deactivated"):
        shown(tenant)
    events = AuditEvent.objects.filter(account_id=tenant.account_id)
    for name in ("DeactivateUser", "ReactivateUser"):
        assert things["key"] in events.get(name=name).body, name


def test_a_second_deactivation_adds_what_became_active_since(tenant: Tenant) -> None:
    key = tenant.user("ada")["AccessKeyId"]
    tenant.run("iamconsole:DeactivateUser", user_name="ada")
    since = shown(tenant).deactivation_date
    new = tenant.run("iam:CreateAccessKey", user_name="ada").access_key.access_key_id
    assert ids(tenant.run("iamconsole:DeactivateUser", user_name="ada").user_deactivation.credentials) == {
        ("AccessKey", key),
        ("AccessKey", new),
    }
    assert shown(tenant).deactivation_date == since


def test_nothing_is_remembered_once_the_denial_was_taken_off_by_hand(tenant: Tenant) -> None:
    key = tenant.user("ada")["AccessKeyId"]
    tenant.run("iamconsole:DeactivateUser", user_name="ada")
    tenant.run("iam:DetachUserPolicy", user_name="ada", policy_arn=DENY_ALL)
    assert not UserDeactivation.objects.filter(account_id=tenant.account_id).exists()
    with pytest.raises(NoSuchEntity, match="is not deactivated"):
        tenant.run("iamconsole:ReactivateUser", user_name="ada")
    tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn=DENY_ALL)
    assert shown(tenant).credentials is None
    assert tenant.run("iamconsole:ReactivateUser", user_name="ada").credentials == []
    keys = tenant.run("iam:ListAccessKeys", user_name="ada").access_key_metadata
    assert {each.access_key_id: each.status for each in keys} == {key: "Inactive"}


def test_nobody_deactivates_himself(tenant: Tenant) -> None:
    with pytest.raises(InvalidInput, match="cannot deactivate yourself"):
        run(acting(tenant, "admin"), "iamconsole:DeactivateUser", user_name="admin")


def test_nobody_leaves_another_account(tenant: Tenant, app: Any) -> None:
    other = open_account(app)
    other.user("ada")
    for name in ("DeactivateUser", "ReactivateUser", "GetUserDeactivation"):
        with pytest.raises(NoSuchEntity):
            tenant.run(f"iamconsole:{name}", user_name="ada")


@pytest.mark.parametrize("missing", ["iamconsole:DeactivateUser", "iam:AttachUserPolicy"])
def test_it_takes_the_right_to_attach_the_denial_too(tenant: Tenant, missing: str) -> None:
    rights = {"iamconsole:DeactivateUser", "iam:AttachUserPolicy"}
    only_denial = f'{{"ArnEquals":{{"iam:PolicyARN":"{DENY_ALL}"}}}}'
    conditions = {right: only_denial if right.startswith("iam:") else "{}" for right in rights}
    documents = [allowing(right, condition=conditions[right]) for right in rights - {missing}]
    tenant.user("ada")
    tenant.user("help", *documents)
    with pytest.raises(AccessDenied, match=missing):
        run(acting(tenant, "help"), "iamconsole:DeactivateUser", user_name="ada")
    tenant.run(
        "iam:PutUserPolicy",
        user_name="help",
        policy_name="rest",
        policy_document=allowing(missing, condition=conditions[missing]),
    )
    run(acting(tenant, "help"), "iamconsole:DeactivateUser", user_name="ada")


def test_nobody_brings_back_what_he_may_not_bring_back_one_by_one(tenant: Tenant) -> None:
    tenant.user("ada")
    tenant.run("iamconsole:DeactivateUser", user_name="ada")
    denied_keys = allowing("iam:UpdateAccessKey").replace("Allow", "Deny")
    tenant.user("help", allowing("iamconsole:ReactivateUser", "iam:*"), denied_keys)
    helper = acting(tenant, "help")
    with pytest.raises(AccessDenied, match="iam:UpdateAccessKey"):
        run(helper, "iamconsole:ReactivateUser", user_name="ada")
    answer = run(acting(tenant, "help"), "iamconsole:ReactivateUser", user_name="ada", with_credentials=False)
    assert answer.credentials == []
