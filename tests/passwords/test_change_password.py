"""ChangePassword: who may, what is proved first, and what is remembered."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from accounts.models import PreviousPassword, User
from accounts.passwords import hashing, lockout, setting
from iamconsole.audit.models import AuditEvent
from iamconsole.runtime import calls, dispatch
from iamconsole.runtime.authentication.identities import of_user
from tests.query.aws import allow, deny, document, refused, root_client
from tests.rest.signed import Rest
from tests.support.tenants import PASSWORD, Tenant, run

NEW = "Another-horse-8"
OWN = document(allow("iam:ChangePassword", "arn:aws:iam::*:user/${aws:username}"))


def stored(tenant: Tenant, name: str = "ada") -> Any:
    return User.objects.get(account_id=tenant.account_id, name=name)


def let_users(tenant: Tenant, **more: Any) -> None:
    tenant.run("iam:UpdateAccountPasswordPolicy", allow_users_to_change_password=True, **more)


# --- who may -------------------------------------------------------------------------------------------


def test_without_permission_nobody_changes_anything(tenant: Tenant, ada: Any) -> None:
    with refused("AccessDenied", "is not authorized to perform: iam:ChangePassword on resource: arn:aws:iam::"):
        ada.change_password(OldPassword=PASSWORD, NewPassword=NEW)
    tenant.run("iam:UpdateAccountPasswordPolicy")
    with refused("AccessDenied"):
        ada.change_password(OldPassword=PASSWORD, NewPassword=NEW)


def test_the_accounts_policy_lets_every_user(tenant: Tenant, ada: Any) -> None:
    let_users(tenant)
    ada.change_password(OldPassword=PASSWORD, NewPassword=NEW)
    assert stored(tenant).check_password(NEW)
    assert ada.get_account_password_policy()["PasswordPolicy"]["AllowUsersToChangePassword"]
    tenant.run("iam:DeleteAccountPasswordPolicy")
    with refused("AccessDenied"):
        ada.change_password(OldPassword=NEW, NewPassword=PASSWORD)


def test_a_user_below_a_path_is_let_too(tenant: Tenant) -> None:
    key = tenant.user("carol", path="/a/b*/${c}/")
    tenant.run("iam:CreateLoginProfile", user_name="carol", password=PASSWORD)
    let_users(tenant)
    tenant.client("iam", key).change_password(OldPassword=PASSWORD, NewPassword=NEW)
    assert stored(tenant, "carol").check_password(NEW)


def test_a_denial_stands_above_it(tenant: Tenant, ada: Any) -> None:
    let_users(tenant)
    forbidden = document(deny("iam:ChangePassword"))
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="no", policy_document=forbidden)
    with refused("AccessDenied", "with an explicit deny"):
        ada.change_password(OldPassword=PASSWORD, NewPassword=NEW)


def test_an_identity_policy_is_enough(tenant: Tenant, ada: Any) -> None:
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="own", policy_document=OWN)
    ada.change_password(OldPassword=PASSWORD, NewPassword=NEW)
    assert stored(tenant).check_password(NEW)


def test_whoever_must_change_the_password_may(tenant: Tenant, ada: Any) -> None:
    tenant.run("iam:UpdateLoginProfile", user_name="ada", password_reset_required=True)
    ada.change_password(OldPassword=PASSWORD, NewPassword=NEW)
    assert not tenant.run("iam:GetLoginProfile", user_name="ada").login_profile.password_reset_required
    with refused("AccessDenied"):
        ada.change_password(OldPassword=NEW, NewPassword=PASSWORD)


def test_root_and_operators_are_no_users(tenant: Tenant) -> None:
    with refused("InvalidUserType", "Only IAM Users can change their own password"):
        root_client(tenant).change_password(OldPassword=PASSWORD, NewPassword=NEW)


def test_a_user_without_a_password_has_none_to_change(tenant: Tenant) -> None:
    let_users(tenant)
    with refused("NoSuchEntity", "Login Profile for User bob cannot be found."):
        tenant.client("iam", tenant.user("bob")).change_password(OldPassword=PASSWORD, NewPassword=NEW)


def test_the_other_doors(tenant: Tenant, ada: Any, manage: Callable[..., Any]) -> None:
    let_users(tenant)
    rest = Rest(tenant.app, tenant.key("ada"))
    assert rest.post("/password", {"OldPassword": PASSWORD, "NewPassword": NEW}).status == 204
    assert rest.post("/password", {"OldPassword": PASSWORD, "NewPassword": NEW}).code == "AccessDenied"
    ran = manage("iam", "change-password", "--old-password", NEW, "--new-password", PASSWORD)
    assert ran.code != 0
    assert "Only IAM Users can change their own password" in ran.err


# --- what is proved ------------------------------------------------------------------------------------


def test_a_wrong_old_password_is_refused_counted_and_slowed_down(tenant: Tenant, ada: Any) -> None:
    let_users(tenant)
    for _ in range(lockout.FREE_BY_NAME):
        with refused("AccessDenied", "The old password was incorrect."):
            ada.change_password(OldPassword="Wrong-password-1", NewPassword=NEW)
    with refused("EntityTemporarilyUnmodifiable", "Try again in"):
        ada.change_password(OldPassword=PASSWORD, NewPassword=NEW)
    assert stored(tenant).check_password(PASSWORD)


def test_the_old_password_is_proved_before_the_new_one_is_judged(tenant: Tenant, ada: Any) -> None:
    """Otherwise reuse prevention would tell whoever holds a key which passwords the user had."""
    let_users(tenant, password_reuse_prevention=24)
    with refused("AccessDenied", "old password"):
        ada.change_password(OldPassword="Wrong-password-1", NewPassword=PASSWORD)


def test_no_password_gets_on_record(tenant: Tenant, ada: Any) -> None:
    let_users(tenant)
    ada.change_password(OldPassword=PASSWORD, NewPassword=NEW)
    with refused("AccessDenied"):
        ada.change_password(OldPassword="Canary-password-1", NewPassword="Canary-password-2")
    bodies = [row.body for row in AuditEvent.objects.filter(account_id=tenant.account_id, name="ChangePassword")]
    assert len(bodies) == 2
    assert not any(secret in body for body in bodies for secret in (PASSWORD, NEW, "Canary"))
    assert json.loads(bodies[0])["requestParameters"] == {
        "oldPassword": "HIDDEN_DUE_TO_SECURITY_REASONS",
        "newPassword": "HIDDEN_DUE_TO_SECURITY_REASONS",
    }


def test_the_new_password_is_one_that_people_have_not_leaked(tenant: Tenant, ada: Any) -> None:
    let_users(tenant)
    with refused("PasswordPolicyViolation", "leaked"):
        ada.change_password(OldPassword=PASSWORD, NewPassword="Password123!")


def test_nothing_is_hashed_inside_the_transaction(tenant: Tenant, ada: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that hashed would hold up every other one for as long."""
    let_users(tenant, password_reuse_prevention=24)
    inside: list[bool] = []
    calls_made: list[str] = []
    transact = dispatch._transact

    def transacting(*given: Any) -> Any:
        inside.append(True)
        return transact(*given)

    def watched(real: Callable[..., Any]) -> Callable[..., Any]:
        def hashed(*given: Any) -> Any:
            assert not inside
            calls_made.append(real.__name__)
            return real(*given)

        return hashed

    monkeypatch.setattr(dispatch, "_transact", transacting)
    monkeypatch.setattr(hashing, "check_password", watched(hashing.check_password))
    monkeypatch.setattr(hashing, "make_password", watched(hashing.make_password))
    ada.change_password(OldPassword=PASSWORD, NewPassword=NEW)
    assert calls_made == ["check_password", "check_password", "make_password"]
    assert inside


def test_a_password_that_changed_in_between_is_proved_again(
    tenant: Tenant, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_users(tenant)
    real = setting.choose
    raced: list[str] = []

    def choose(user: User, password: str, *, typed: bool) -> Any:
        made = real(user, password, typed=typed)
        if not raced:
            raced.append(password)
            made = setting.Chosen(made.hash, "the hash of another moment")
        return made

    monkeypatch.setattr(setting, "choose", choose)
    ada.change_password(OldPassword=PASSWORD, NewPassword=NEW)
    assert stored(tenant).check_password(NEW)


# --- what is remembered ----------------------------------------------------------------------------------


@pytest.mark.parametrize("prevented", [1, 3, 24])
def test_the_last_passwords_cannot_be_used_again(tenant: Tenant, ada: Any, prevented: int) -> None:
    let_users(tenant, password_reuse_prevention=prevented)
    had = [PASSWORD, *(f"Numbered-horse-{n:02}" for n in range(prevented))]
    for old, new in pairwise(had):
        ada.change_password(OldPassword=old, NewPassword=new)
    for remembered in had[1:]:
        with refused("PasswordPolicyViolation", "password reuse prevention"):
            ada.change_password(OldPassword=had[-1], NewPassword=remembered)
    with refused("PasswordPolicyViolation", "password reuse prevention"):
        tenant.client().update_login_profile(UserName="ada", Password=had[-1])
    ada.change_password(OldPassword=had[-1], NewPassword=PASSWORD)


def test_deleting_the_password_forgets_nothing_and_deleting_the_user_everything(tenant: Tenant, ada: Any) -> None:
    let_users(tenant, password_reuse_prevention=2)
    tenant.run("iam:DeleteLoginProfile", user_name="ada")
    with refused("PasswordPolicyViolation", "password reuse prevention"):
        tenant.client().create_login_profile(UserName="ada", Password=PASSWORD)
    (kept,) = PreviousPassword.objects.filter(account_id=tenant.account_id)
    assert kept.hash.startswith("md5$")
    for key in tenant.run("iam:ListAccessKeys", user_name="ada").access_key_metadata:
        tenant.run("iam:DeleteAccessKey", user_name="ada", access_key_id=key.access_key_id)
    tenant.run("iam:DeleteUser", user_name="ada")
    assert not PreviousPassword.objects.filter(account_id=tenant.account_id).exists()


def test_no_more_hashes_are_kept_than_a_policy_can_ask_for(tenant: Tenant, ada: Any) -> None:
    for n in range(30):
        tenant.run("iam:UpdateLoginProfile", user_name="ada", password=f"Numbered-horse-{n:02}")
    assert PreviousPassword.objects.filter(account_id=tenant.account_id).count() == setting.REMEMBERED - 1


def test_old_hashes_survive_another_hasher(tenant: Tenant, ada: Any, settings: Any) -> None:
    let_users(tenant, password_reuse_prevention=3)
    argon = "iamconsole.settings.hashers.OwaspArgon2PasswordHasher"
    settings.PASSWORD_HASHERS = [argon, *settings.PASSWORD_HASHERS]
    ada.change_password(OldPassword=PASSWORD, NewPassword=NEW)
    assert stored(tenant).password.startswith("argon2$")
    with refused("PasswordPolicyViolation", "password reuse prevention"):
        ada.change_password(OldPassword=NEW, NewPassword=PASSWORD)


# --- root ------------------------------------------------------------------------------------------------


def as_root(tenant: Tenant, **members: Any) -> Any:
    root = User.objects.get(account_id=tenant.account_id, is_root=True)
    return run(calls.call_for(of_user(root), door="cli"), "iamconsole:ChangeRootPassword", **members)


def test_root_changes_its_password_by_the_old_one(tenant: Tenant) -> None:
    rest = Rest(tenant.app, tenant.admin_key)
    assert rest.post("/account/root-password", {"NewPassword": NEW}).code == "InvalidUserType"
    as_root(tenant, old_password=PASSWORD, new_password=NEW)
    assert stored(tenant, "<root_account>").check_password(NEW)
    for wrong in (PASSWORD, None):
        with pytest.raises(Exception, match="The old password was incorrect"):
            as_root(tenant, old_password=wrong, new_password="Third-horse-9")


def test_the_operator_gives_root_a_password_whatever_was_forgotten(tenant: Tenant, manage: Callable[..., Any]) -> None:
    ran = manage("iam", "change-root-password", "--new-password", NEW)
    assert ran.code == 0, ran.err
    assert stored(tenant, "<root_account>").check_password(NEW)
