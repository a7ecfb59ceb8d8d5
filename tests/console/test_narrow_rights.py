"""Whoever may list names sees names: the rest of a row needs the right to read it."""

from __future__ import annotations

import json

from tests.console.client import sign_in, with_password
from tests.support.tenants import Tenant

LISTER = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["iam:ListUsers", "iam:ListGroups"], "Resource": "*"}],
    }
)


def test_the_list_of_users_tells_no_more_than_list_users(tenant: Tenant) -> None:
    with_password(tenant, "bob", LISTER)
    tenant.run("iam:CreateGroup", group_name="secret-group")
    tenant.run("iam:AddUserToGroup", group_name="secret-group", user_name="admin")
    browser = sign_in(tenant, "bob")
    page = browser.get("/console/users/").content.decode()
    assert "admin" in page
    for untold in ("secret-group", "Oldest key", "Console access", "Last activity"):
        assert untold not in page
    key = tenant.admin_key["AccessKeyId"]
    for address in (f"/console/users/?q={key}", f"/console/users/?q={key[:8]}", f"/console/search/?q={key[:8]}"):
        assert 'href="/console/users/admin/"' not in browser.get(address).content.decode(), address


def test_names_that_no_page_can_have_are_a_fault_of_the_field(tenant: Tenant) -> None:
    tenant.run("iam:CreateLoginProfile", user_name="admin", password="Correct-horse-7")
    browser = sign_in(tenant, "admin")
    for address, form in {
        "/console/create/user/": {"user_name": "team/ann", "path": "/", "console_access": "none"},
        "/console/create/group/": {"group_name": "a/b", "path": "/"},
    }.items():
        answer = browser.post(address, form)
        assert answer.status_code == 400, address
        assert "Member must satisfy regular expression pattern" in answer.content.decode()


def test_what_a_deletion_takes_with_it_is_said_in_words(tenant: Tenant) -> None:
    tenant.run("iam:CreateLoginProfile", user_name="admin", password="Correct-horse-7")
    browser = sign_in(tenant, "admin")
    page = browser.get("/console/users/admin/delete/").content.decode()
    assert "console password stops working" in page
    assert "('label'" not in page.replace("&#x27;", "'")
