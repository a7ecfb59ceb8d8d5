"""Console passwords."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.users.models import User
from tests.query.aws import allow, document, refused, root_client
from tests.support.tenants import PASSWORD, Tenant, open_account


@pytest.fixture
def ada(iam: Any) -> Any:
    return iam.create_user(UserName="ada")["User"]


def test_a_password_is_given_shown_without_itself_changed_and_taken(iam: Any, ada: Any) -> None:
    made = iam.create_login_profile(UserName="ada", Password=PASSWORD, PasswordResetRequired=True)["LoginProfile"]
    assert made.keys() == {"UserName", "CreateDate", "PasswordResetRequired"}
    assert iam.get_login_profile(UserName="ADA")["LoginProfile"] == made
    iam.update_login_profile(UserName="ada", PasswordResetRequired=False)
    assert iam.get_login_profile(UserName="ada")["LoginProfile"] == made | {"PasswordResetRequired": False}
    with refused("EntityAlreadyExists", "Login Profile for user ada already exists."):
        iam.create_login_profile(UserName="ada", Password=PASSWORD)
    iam.delete_login_profile(UserName="ada")
    for ask in (iam.get_login_profile, iam.delete_login_profile, iam.update_login_profile):
        with refused("NoSuchEntity", "Login Profile for User ada cannot be found."):
            ask(UserName="ada")


def test_the_password_of_another_account_is_as_unknown_as_that_of_nobody(iam: Any, tenant: Tenant, app: Any) -> None:
    there = open_account(app)
    there.user("bob")
    there.run("iam:CreateLoginProfile", user_name="bob", password=PASSWORD)
    there.user("eve")
    answers = []
    for name in ("bob", "eve", "nob"):
        with pytest.raises(iam.exceptions.NoSuchEntityException) as caught:
            iam.get_login_profile(UserName=name)
        answer = caught.value.response
        headers = answer["ResponseMetadata"]["HTTPHeaders"].keys()
        answers.append(
            (answer["Error"]["Message"].replace(name, "?"), answer["ResponseMetadata"]["HTTPStatusCode"], headers)
        )
    assert answers[0] == answers[1] == answers[2]
    arn = f"arn:aws:iam::{there.account_id}:user/bob"
    key = tenant.user("carol", document(allow("iam:GetLoginProfile", arn)))
    with refused("AccessDenied"):
        tenant.client("iam", key).get_login_profile(UserName="bob")


def test_the_password_counts_and_is_gone_with_the_profile(iam: Any, ada: Any, tenant: Tenant) -> None:
    def stored() -> User:
        return User.objects.get(account_id=tenant.account_id, name="ada")

    iam.create_login_profile(UserName="ada", Password=PASSWORD)
    assert stored().check_password(PASSWORD)
    iam.update_login_profile(UserName="ada", Password=PASSWORD + "!")
    assert stored().check_password(PASSWORD + "!")
    iam.delete_login_profile(UserName="ada")
    assert not stored().has_usable_password()


@pytest.mark.parametrize("password", ["Short-1", "alllowercase", "12345678", "ada-ada-ada", "ALLUPPERCASE1"])
def test_weak_passwords_are_refused_and_never_repeated(iam: Any, ada: Any, password: str) -> None:
    with refused("PasswordPolicyViolation"):
        iam.create_login_profile(UserName="ada", Password=password)
    iam.create_login_profile(UserName="ada", Password=PASSWORD)
    with pytest.raises(iam.exceptions.PasswordPolicyViolationException) as caught:
        iam.update_login_profile(UserName="ada", Password=password)
    assert password not in str(caught.value)


def test_a_password_of_impossible_characters_is_not_repeated(iam: Any, ada: Any) -> None:
    with pytest.raises(iam.exceptions.ClientError, match="at 'password' failed to satisfy") as caught:
        iam.create_login_profile(UserName="ada", Password="Secret-\u20ac-7")
    assert "Secret" not in str(caught.value)


def test_a_profile_needs_a_password(iam: Any, ada: Any) -> None:
    with refused("PasswordPolicyViolation"):
        iam.create_login_profile(UserName="ada")


def test_without_a_name_the_calling_user_is_meant(tenant: Tenant) -> None:
    me = tenant.client("iam", tenant.user("ada", document(allow("iam:*LoginProfile", "arn:aws:iam::*:user/ada"))))
    assert me.create_login_profile(Password=PASSWORD)["LoginProfile"]["UserName"] == "ada"
    assert me.get_login_profile()["LoginProfile"]["UserName"] == "ada"
    me.delete_login_profile()


def test_root_must_name_a_user_and_cannot_lose_its_own_password_here(tenant: Tenant) -> None:
    root = root_client(tenant)
    for ask in (
        root.get_login_profile,
        root.delete_login_profile,
        lambda: root.create_login_profile(Password=PASSWORD),
    ):
        with refused("ValidationError", "Must specify userName when calling with non-User credentials"):
            ask()
    assert root.get_account_summary()["SummaryMap"]["AccountPasswordPresent"] == 1
