"""Managed policies and the editor."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from iamconsole.interfaces.console.pages.policies.differences import split, unified
from policies.models import ManagedPolicy, PolicyVersion
from tests.console.furniture import ALLOW, TRUST, furnish
from tests.support.tenants import Tenant

WRONG = '{\n  "Version": "2012-10-17",\n  "Statement": [{"Effect": "Alow", "Action": "*", "Resource": "*"}]\n}'


def versions(tenant: Tenant) -> list[int]:
    found = PolicyVersion.objects.filter(account_id=tenant.account_id).order_by("number")
    return list(found.values_list("number", flat=True))


def default(tenant: Tenant) -> int:
    return ManagedPolicy.objects.get(account_id=tenant.account_id, name="Reports").default_version


def test_creating(tenant: Tenant, admin: Client) -> None:
    sent = {"policy_name": "Own", "description": "Mine", "path": "/", "policy_document": ALLOW}
    response = admin.post("/console/create/policy/", sent | {"tag_key": ["a"], "tag_value": ["b"]})
    assert response["Location"] == f"/console/policies/arn:aws:iam::{tenant.account_id}:policy/Own"
    policy = ManagedPolicy.objects.get(account_id=tenant.account_id)
    assert (policy.description, policy.tags) == ("Mine", {"a": "b"})


def test_a_document_is_kept_as_it_was_typed(tenant: Tenant, admin: Client) -> None:
    """Browsers send the line ends of a form as CRLF; the file that somebody pasted had none of them."""
    admin.post("/console/create/policy/", {"policy_name": "Own", "policy_document": ALLOW.replace(",", ",\r\n")})
    assert PolicyVersion.objects.get(account_id=tenant.account_id).document == ALLOW.replace(",", ",\n")


@pytest.mark.parametrize("document", [WRONG, "", "{}", TRUST, f'{{"x":"{"y" * 7000}"}}'])
def test_a_wrong_document_is_told_and_kept(tenant: Tenant, admin: Client, document: str) -> None:
    response = admin.post("/console/create/policy/", {"policy_name": "Own", "policy_document": document})
    html = response.content.decode()
    assert response.status_code == 400
    assert 'id="document-errors"' in html
    assert document[:20].replace('"', "&quot;") in html
    assert not ManagedPolicy.objects.filter(account_id=tenant.account_id).exists()


def test_findings_while_typing(admin: Client) -> None:
    html = admin.post("/console/check/identity/", {"policy_document": WRONG}).content.decode()
    assert 'data-severity="error"' in html
    assert 'data-line="3"' in html
    risky = admin.post("/console/check/identity/", {"policy_document": WRONG.replace("Alow", "Allow")})
    assert 'data-severity="error"' not in risky.content.decode()
    trust = admin.post("/console/check/trust/", {"policy_document": TRUST}).content.decode()
    assert 'data-severity="error"' not in trust


def test_publishing_and_keeping_a_draft(tenant: Tenant, admin: Client) -> None:
    arn = furnish(tenant)["policy"]
    changed = ALLOW.replace("Get", "List")
    admin.post(f"/console/policies/edit/{arn}", {"policy_document": changed, "then": "keep"})
    assert (versions(tenant), default(tenant)) == ([1, 2, 3], 1)
    admin.post(f"/console/policies/edit/{arn}", {"policy_document": changed, "then": "publish"})
    assert (versions(tenant), default(tenant)) == ([1, 2, 3, 4], 4)
    refused = admin.post(f"/console/policies/edit/{arn}", {"policy_document": WRONG})
    assert refused.status_code == 400
    assert "Alow" in refused.content.decode()


def test_a_sixth_version_asks_which_one_goes(tenant: Tenant, admin: Client) -> None:
    arn = furnish(tenant)["policy"]
    for _ in range(3):
        tenant.run("iam:CreatePolicyVersion", policy_arn=arn, policy_document=ALLOW)
    page = admin.get(f"/console/policies/edit/{arn}").content.decode()
    assert '<option value="v2" selected' in page
    assert '<option value="v1"' not in page.partition('name="make_room"')[2].partition("</select>")[0]
    sent = {"policy_document": ALLOW, "then": "publish", "make_room": "v3"}
    assert admin.post(f"/console/policies/edit/{arn}", sent).status_code == 302
    assert (versions(tenant), default(tenant)) == ([1, 2, 4, 5, 6], 6)


def test_set_as_default_and_delete(tenant: Tenant, admin: Client) -> None:
    arn = furnish(tenant)["policy"]
    admin.post(f"/console/policies/version/{arn}?do=default", {"version_id": "v2"})
    assert default(tenant) == 2
    admin.post(f"/console/policies/version/{arn}?do=delete", {"version_id": "v1"})
    assert versions(tenant) == [2]
    assert admin.post(f"/console/policies/version/{arn}?do=delete", {"version_id": "v2"}).status_code == 409
    assert admin.post(f"/console/policies/version/{arn}", {"version_id": "v2"}).status_code == 400


def test_deleting_detaches_first_but_not_a_boundary(tenant: Tenant, admin: Client) -> None:
    arn = furnish(tenant)["policy"]
    page = admin.get(f"/console/policies/delete/{arn}").content.decode()
    assert "permissions boundary" in page
    assert 'form="delete"' not in page
    tenant.run("iam:DeleteUserPermissionsBoundary", user_name="ada")
    assert "3</strong> identities lose what it grants" in admin.get(f"/console/policies/delete/{arn}").content.decode()
    assert admin.post(f"/console/policies/delete/{arn}", {"confirm": "Reports"}).status_code == 302
    assert not ManagedPolicy.objects.filter(account_id=tenant.account_id).exists()


def test_entities_and_tags(tenant: Tenant, admin: Client) -> None:
    arn = furnish(tenant)["policy"]
    html = admin.get(f"/console/policies/entities/{arn}").content.decode()
    for there in ("/console/users/ada/", "/console/groups/devs/", "/console/roles/reader/"):
        assert f'href="{there}"' in html
    admin.post("/console/groups/devs/detach/", {"policy_arn": arn, "back": "policy"})
    tenant.run("iam:CreateUser", user_name="grace")
    response = admin.post(f"/console/policies/attach/users/{arn}", {"action": "attach", "selected": ["grace", "admin"]})
    assert response["Location"] == f"/console/policies/entities/{arn}"
    html = admin.get(response["Location"]).content.decode()
    assert "/console/groups/devs/" not in html
    assert "/console/users/grace/" in html
    admin.post(f"/console/policies/tags/save/{arn}", {"tag_key": ["a"], "tag_value": ["b"]})
    assert ManagedPolicy.objects.get(account_id=tenant.account_id).tags == {"a": "b"}


def test_many_entities_come_a_page_at_a_time(tenant: Tenant, admin: Client) -> None:
    arn = furnish(tenant)["policy"]
    names = [f"user-{n:03d}" for n in range(60)]
    for name in names:
        tenant.run("iam:CreateUser", user_name=name)
        tenant.run("iam:AttachUserPolicy", user_name=name, policy_arn=arn)
    there = f"/console/policies/entities/{arn}"
    first = admin.get(there).content.decode()
    found = re.search(r'rel="next" href="([^"]+)"', first)
    assert found
    assert "50 of 63" in first
    second = admin.get(there + unescape(found[1])).content.decode()
    shown = [sum(f'href="/console/users/{name}/"' in html for html in (first, second)) for name in names]
    assert shown == [1] * len(names)


def test_aws_policies_can_be_read_and_not_changed(admin: Client) -> None:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    page = admin.get(f"/console/policies/{arn}").content.decode()
    assert f"/console/policies/edit/{arn}" not in page
    assert admin.post(f"/console/policies/edit/{arn}", {"policy_document": ALLOW}).status_code == 403


def test_a_difference_side_by_side_and_unified() -> None:
    old, new = "a\nb\nc", "a\nB\nB2\nc"
    rows = [(r["left"] and r["left"]["text"], r["right"] and r["right"]["text"]) for r in split(old, new)]
    assert rows == [("a", "a"), ("b", "B"), (None, "B2"), ("c", "c")]
    lines = [(line["kind"], line["old"], line["new"], line["text"]) for line in unified(old, new)]
    assert lines == [
        ("", 1, 1, "a"),
        ("removed", 2, None, "b"),
        ("added", None, 2, "B"),
        ("added", None, 3, "B2"),
        ("", 3, 4, "c"),
    ]
