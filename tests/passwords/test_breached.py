"""Passwords that leaked: the bundled list, its simple variations, and an operator's file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.passwords.breached import is_breached
from iamconsole.settings import parsing
from tests.console.client import sign_in
from tests.query.aws import refused
from tests.support.tenants import PASSWORD, Tenant


@pytest.mark.parametrize(
    ("password", "breached"),
    [
        ("password", True),
        ("PassWord", True),
        ("Password123!", True),
        ("P@ssw0rd", True),
        ("P4$$w0rd2024", True),
        ("dragon!", True),
        ("12345678", True),
        ("Correct-horse-7", False),
        ("dragon938475639847", False),
        ("\U0001f40e\U0001f50b", False),
        ("!!!!!!!!!!!!!", False),
    ],
)
def test_the_bundled_list_and_simple_variations(password: str, breached: bool) -> None:
    assert is_breached(password) is breached


@pytest.fixture(params=["{}\n", "{}:17\r\n", "{}:123456\n"], ids=["digests", "counts", "longer counts"])
def leaked(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Callable[[list[str]], None]:
    """Writes the digests of passwords as a breach service publishes them, in one of its forms."""

    def write(passwords: list[str]) -> None:
        digests = sorted(hashlib.sha1(each.encode(), usedforsecurity=False).hexdigest().upper() for each in passwords)
        file = tmp_path / "leaked.txt"
        file.write_bytes("".join(request.param.format(digest) for digest in digests).encode())
        settings.IAM_BREACHED_PASSWORDS_FILE = file

    return write


@pytest.mark.parametrize("size", [0, 1, 2, 3, 1000])
def test_an_operators_file_is_searched_whole(leaked: Callable[[list[str]], None], size: int) -> None:
    passwords = [f"Nowhere-else-{n}" for n in range(size)]
    leaked(passwords)
    assert all(is_breached(each) for each in passwords)
    assert not any(is_breached(f"Not-in-it-{n}") for n in range(200))


def test_the_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a file"):
        parsing.existing_file(str(tmp_path / "nothing"))


def test_what_programs_send_follows_awss_rule_alone(iam: Any) -> None:
    iam.create_user(UserName="ada")
    iam.create_login_profile(UserName="ada", Password="Password123!")


def test_what_people_type_is_looked_up(tenant: Tenant) -> None:
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD)
    tenant.run("iam:CreateUser", user_name="ada")
    admin = sign_in(tenant, "admin")
    sent = {"choice": "typed", "password": "Password123!"}
    answer = admin.post("/console/users/ada/password/", sent)
    assert answer.status_code == 400
    assert "leaked" in answer.content.decode()
    assert "Password123!" not in answer.content.decode()
    with refused("NoSuchEntity"):
        tenant.client().get_login_profile(UserName="ada")
