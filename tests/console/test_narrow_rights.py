"""Whoever may list names sees names: the rest of a row needs the right to read it."""

from __future__ import annotations

import json

from tests.console.client import sign_in, with_password
from tests.console.furniture import ALLOW, allowing
from tests.support.tenants import PASSWORD, Tenant

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
        assert "Only the letters A to Z and a to z, digits and + = , . @ _ - may stand here" in answer.content.decode()
        assert "regular expression" not in answer.content.decode()


def test_what_a_deletion_takes_with_it_is_said_in_words(tenant: Tenant) -> None:
    tenant.run("iam:CreateLoginProfile", user_name="admin", password="Correct-horse-7")
    browser = sign_in(tenant, "admin")
    page = browser.get("/console/users/admin/delete/").content.decode()
    assert "console password stops working" in page
    assert "('label'" not in page.replace("&#x27;", "'")


def test_what_may_not_be_read_is_not_told_by_posting_either(tenant: Tenant) -> None:
    """A POST goes on to the operation that it asks for; a page that only reads has none that would refuse it."""
    key = tenant.user("secret-user")
    tenant.run("iam:CreateLoginProfile", user_name="secret-user", password=PASSWORD)
    tenant.run("iam:CreateGroup", group_name="devs")
    tenant.run("iam:PutGroupPolicy", group_name="devs", policy_name="secret-policy", policy_document=ALLOW)
    tenant.run("iam:AddUserToGroup", group_name="devs", user_name="secret-user")
    rights = ["iam:ListUsers", "iam:GetUser", "iam:ListGroupsForUser", "iamconsole:ListKeyRotations"]
    with_password(tenant, "reader", allowing(*rights))
    client = sign_in(tenant, "reader")
    for address, secret in (
        ("/console/key-rotation/keys/", key["AccessKeyId"]),
        ("/console/recommendations/users-mfa/", "secret-user"),
        ("/console/users/secret-user/", "secret-policy"),
    ):
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in (200, 403), address
            assert secret not in answer.content.decode(), address
