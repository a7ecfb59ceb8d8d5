"""The account's password policy: AWS's members, bounds and defaults, and what it does to passwords."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.query.aws import refused
from tests.rest.signed import Rest
from tests.support.tenants import PASSWORD, Tenant

DEFAULTS = {
    "MinimumPasswordLength": 6,
    "RequireSymbols": False,
    "RequireNumbers": False,
    "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False,
    "AllowUsersToChangePassword": False,
    "ExpirePasswords": False,
    "HardExpiry": False,
}
EVERYTHING = {
    "MinimumPasswordLength": 12,
    "RequireSymbols": True,
    "RequireNumbers": True,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "AllowUsersToChangePassword": True,
    "MaxPasswordAge": 90,
    "PasswordReusePrevention": 5,
    "HardExpiry": True,
}


def shown(iam: Any) -> Any:
    return iam.get_account_password_policy()["PasswordPolicy"]


def test_an_account_has_none_at_first(iam: Any, tenant: Tenant) -> None:
    for ask in (iam.get_account_password_policy, iam.delete_account_password_policy):
        with refused("NoSuchEntity", f"The Password Policy with domain name {tenant.account_id} cannot be found."):
            ask()


def test_it_is_set_shown_set_whole_and_deleted(iam: Any) -> None:
    iam.update_account_password_policy(**EVERYTHING)
    assert shown(iam) == EVERYTHING | {"ExpirePasswords": True}
    iam.update_account_password_policy(RequireNumbers=True)
    assert shown(iam) == DEFAULTS | {"RequireNumbers": True}
    iam.update_account_password_policy()
    assert shown(iam) == DEFAULTS
    iam.delete_account_password_policy()
    with refused("NoSuchEntity"):
        shown(iam)


@pytest.mark.parametrize(
    ("member", "low", "high"),
    [("MinimumPasswordLength", 6, 128), ("MaxPasswordAge", 1, 1095), ("PasswordReusePrevention", 1, 24)],
)
def test_bounds(tenant: Tenant, member: str, low: int, high: int) -> None:
    rest = Rest(tenant.app, tenant.admin_key)
    for value in (low, high):
        assert rest.send("PUT", "/account/password-policy", {member: value}).status == 204
        assert rest.get("/account/password-policy").body["PasswordPolicy"][member] == value
    for value in (low - 1, high + 1):
        assert rest.send("PUT", "/account/password-policy", {member: value}).code == "ValidationError"


def test_from_a_shell(tenant: Tenant, manage: Callable[..., Any]) -> None:
    assert manage("iam", "update-account-password-policy", "--minimum-password-length", "20").code == 0
    assert manage("iam", "get-account-password-policy").data["PasswordPolicy"]["MinimumPasswordLength"] == 20
    assert manage("iam", "apply-password-profile", "--profile", "ASVS").code == 0
    assert manage("iam", "get-password-profile").data == {"Profile": "ASVS"}


@pytest.mark.parametrize(
    ("policy", "password", "fault"),
    [
        ({}, "qzkvwj", ""),
        ({}, "abcde", "minimum length of 6"),
        ({"MinimumPasswordLength": 128}, "a" * 127, "minimum length of 128"),
        ({"MinimumPasswordLength": 128}, "a" * 128, ""),
        ({"RequireUppercaseCharacters": True}, "abcdefgh", "at least one uppercase letter"),
        ({"RequireUppercaseCharacters": True}, "\u00c9\u00c9\u00c9\u00c9\u00c9\u00c9", "at least one uppercase letter"),
        ({"RequireLowercaseCharacters": True}, "ABCDEFGH", "at least one lowercase letter"),
        ({"RequireNumbers": True}, "abcdefgh", "at least one number"),
        ({"RequireSymbols": True}, "abcdefgh", "at least one symbol"),
        ({"RequireSymbols": True}, "abc defg;", "at least one symbol"),
        ({"RequireSymbols": True}, "qzkvwjx'", ""),
        ({name: value for name, value in EVERYTHING.items() if name != "PasswordReusePrevention"}, "Qzkvwjxpmgh1|", ""),
    ],
)
def test_it_holds_wherever_a_password_is_set(tenant: Tenant, iam: Any, policy: Any, password: str, fault: str) -> None:
    me = tenant.client("iam", tenant.user("ada"))
    iam.create_login_profile(UserName="ada", Password=PASSWORD)
    tenant.run("iam:CreateUser", user_name="bob")
    iam.update_account_password_policy(**{"AllowUsersToChangePassword": True} | policy)
    for give in (
        lambda: iam.create_login_profile(UserName="bob", Password=password),
        lambda: me.change_password(OldPassword=PASSWORD, NewPassword=password),
        lambda: iam.update_login_profile(UserName="ada", Password=password),
    ):
        if fault:
            with refused("PasswordPolicyViolation", fault):
                give()
        else:
            give()


def test_latin_characters_alone_without_the_asvs_profile(iam: Any) -> None:
    iam.create_user(UserName="ada")
    iam.update_account_password_policy()
    with pytest.raises(ClientError, match="at 'password' failed to satisfy constraint"):
        iam.create_login_profile(UserName="ada", Password="correct horse \u20ac battery")
    iam.create_login_profile(UserName="ada", Password="gr\u00fc\u00df dich\u00ff")


# --- OWASP's profile ---------------------------------------------------------------------------------


def test_the_asvs_profile_is_a_policy_that_boto3_understands(tenant: Tenant, iam: Any) -> None:
    tenant.run("iamconsole:ApplyPasswordProfile", profile="ASVS")
    assert shown(iam) == DEFAULTS | {"MinimumPasswordLength": 15, "AllowUsersToChangePassword": True}
    assert tenant.run("iamconsole:GetPasswordProfile").profile == "ASVS"
    iam.update_account_password_policy(MinimumPasswordLength=15)
    assert tenant.run("iamconsole:GetPasswordProfile").profile == "AWS"
    tenant.run("iamconsole:ApplyPasswordProfile", profile="AWS")
    with refused("NoSuchEntity"):
        shown(iam)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("fourteen chars", "minimum length of 15"),
        ("fifteen of them", ""),
        ("               \u00e9", ""),
        ("\u6b63\u3057\u3044\u99ac\u306e\u96fb\u6c60\u306e\u30db\u30c1\u30ad\u30b9\u3067\u3059\u3088\u306d", ""),
        ("\U0001f40e\U0001f50b" * 8, ""),
        ("\U0001f40e" * 128, ""),
        ("\U0001f40e" * 129, "less than or equal to 128"),
        ("iloveyou1234567890", ""),
        ("my ada.lovelace is one", "name of the account, of the user"),
        ("the TENANT-ALIAS at work", "name of the account, of the user"),
        ("an IAM Console forever", "name of the account, of the user"),
        ("1234567890123456", "leaked"),
        ("P\u0430ssw\u043erd \u0410\u0411\u0412 xyz", ""),
    ],
)
def test_asvs_wants_length_of_any_characters_and_nothing_known(tenant: Tenant, password: str, fault: str) -> None:
    tenant.run("iamconsole:ApplyPasswordProfile", profile="ASVS")
    tenant.run("iam:CreateUser", user_name="ada.lovelace")
    rest = Rest(tenant.app, tenant.admin_key)
    given = {"Password": password.replace("TENANT-ALIAS", tenant.alias.upper())}
    answer = rest.post("/users/ada.lovelace/login-profile", given)
    assert answer.status == (400 if fault else 201), answer.body
    if fault:
        assert fault in answer.body["detail"]
        assert password not in answer.content.decode()
