"""From a draft to a version: who loses is shown first, and nobody overwrites what he has not seen."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from iamconsole.audit.history.recorder import recorder
from policies.models import ManagedPolicy, PolicyDraft, PolicyVersion
from tests.console.client import sign_in, with_password
from tests.console.furniture import ALLOW, TRUST, allowing
from tests.console.test_explaining import html as page_of
from tests.console.test_explaining import links
from tests.console.test_policy_views import fields_in, text_in
from tests.decisions.asking import Doors, arn
from tests.support.tenants import Tenant

LESS = ALLOW.replace("GetObject", "ListBucket")


@pytest.fixture
def policy(tenant: Tenant) -> str:
    made: str = tenant.run("iam:CreatePolicy", policy_name="Reports", policy_document=ALLOW).policy.arn
    for name in ("ada", "grace"):
        tenant.run("iam:CreateUser", user_name=name)
        tenant.run("iam:AttachUserPolicy", user_name=name, policy_arn=made)
    Doors.of(tenant).authorize(arn(tenant, "user/ada"), "s3:GetObject", "arn:aws:s3:::reports/2026")
    assert recorder.flush()
    return made


@pytest.fixture
def address(policy: str) -> str:
    return f"/console/policies/edit/{policy}"


def default(tenant: Tenant) -> int:
    return ManagedPolicy.objects.get(account_id=tenant.account_id, name="Reports").default_version


def form_of(client: Client, address: str) -> dict[str, Any]:
    return fields_in(client.get(address).content.decode())


# --- what publishing changes ------------------------------------------------------------------------


def test_who_loses_what_he_used_is_shown_before_publishing(tenant: Tenant, admin: Client, address: str) -> None:
    sent = form_of(admin, address) | {"policy_document": LESS, "then": "review"}
    html = admin.post(address, sent).content.decode()
    assert re.search(
        r"\N{MINUS SIGN} 1</span>\s*<span class=\"grow\">user or role loses what was used: <a [^>]*>ada", html
    )
    assert "arn:aws:s3:::reports/2026" in html
    assert default(tenant) == 1
    review = {"seen": "v1", "policy_document": text_in(html), "then": "publish"}
    assert admin.post(address, review).status_code == 302
    assert default(tenant) == 2


def test_the_editor_is_told_while_one_types(admin: Client, policy: str) -> None:
    there = f"/console/policies/preview/{policy}"
    html = admin.post(there, {"policy_document": LESS}).content.decode()
    assert "2 of 2 users and roles examined" in html
    assert "<html" not in html
    assert "Syntax errors in policy" in admin.post(there, {"policy_document": "{"}).content.decode()
    assert admin.get(there).status_code == 404


def test_without_the_right_to_ask_one_may_still_publish(tenant: Tenant, policy: str, address: str) -> None:
    with_password(tenant, "editor", allowing("iam:*"))
    client = sign_in(tenant, "editor")
    sent = form_of(client, address) | {"policy_document": LESS, "then": "review"}
    html = client.post(address, sent).content.decode()
    assert "is not authorized to perform: iamconsole:PreviewPolicyChange" in html
    assert client.post(address, {"seen": "v1", "policy_document": LESS, "then": "publish"}).status_code == 302
    assert not PolicyDraft.objects.filter(account_id=tenant.account_id).exists()


def test_detaching_and_deleting_say_who_loses(tenant: Tenant, admin: Client, policy: str) -> None:
    (there,) = [link for link in links(page_of(admin, "/console/users/ada/")) if "/detach/" in link]
    html = admin.get(there).content.decode()
    assert "user or role loses what was used" in html
    assert "1 of 1 users and roles examined" in html
    assert admin.get("/console/users/ada/detach/").status_code == 302
    assert "loses what was used" in admin.get(f"/console/policies/delete/{policy}").content.decode()
    assert admin.post("/console/users/ada/detach/", {"policy_arn": policy}).status_code == 302
    assert tenant.run("iam:ListAttachedUserPolicies", user_name="ada").attached_policies == []
    assert "loses what was used" not in admin.get(f"/console/policies/delete/{policy}").content.decode()


# --- drafts and conflicts ---------------------------------------------------------------------------


def test_what_is_typed_is_there_after_a_reload(tenant: Tenant, admin: Client, policy: str, address: str) -> None:
    sent = form_of(admin, address) | {"policy_document": '{"Half'}
    assert "Draft saved" in admin.post(f"/console/policies/draft/{policy}", sent).content.decode()
    html = sign_in(tenant, "admin").get(address).content.decode()
    assert text_in(html) == '{"Half'
    assert "Your draft, saved" in html
    assert text_in(admin.get(f"{address}?version=v1").content.decode()) == ALLOW
    assert admin.post(address, fields_in(html) | {"then": "discard"}).status_code == 302
    assert text_in(admin.get(address).content.decode()) == ALLOW


def test_a_draft_is_saved_by_a_button_and_by_turning_to_another_view(admin: Client, address: str) -> None:
    for pressed in ({"then": "draft"}, {"view": "plain"}, {"then": "review"}):
        changed = LESS.replace("ListBucket", f"List{len(str(pressed))}")
        admin.post(address, form_of(admin, address) | {"policy_document": changed} | pressed)
        assert text_in(admin.get(address).content.decode()) == changed


def test_opening_another_version_loses_nothing_that_was_typed(tenant: Tenant, admin: Client, address: str) -> None:
    sent = form_of(admin, address) | {"policy_document": LESS, "version": "v1", "then": "open"}
    response = admin.post(address, sent)
    html = admin.get(response["Location"]).content.decode()
    assert text_in(html) == ALLOW
    assert "Your draft is kept until you change the text" in html
    assert text_in(admin.get(address).content.decode()) == LESS


def test_a_change_that_a_link_proposes_leaves_the_draft_aside(admin: Client, policy: str, address: str) -> None:
    admin.post(address, form_of(admin, address) | {"policy_document": LESS, "then": "draft"})
    html = admin.get(address, {"drop": "0", "actions": "s3:GetBucketAcl"}).content.decode()
    assert "nothing has changed yet" in html
    assert json.loads(text_in(html))["Statement"][0]["Action"] == ["s3:GetBucketAcl"]
    assert "Your draft is kept until you change the text" in html
    assert text_in(admin.get(address).content.decode()) == LESS


def test_a_change_that_a_link_proposes_is_saved_over_what_was_read(tenant: Tenant, admin: Client, policy: str) -> None:
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="own", policy_document=ALLOW)
    tenant.run("iam:CreateRole", role_name="reader", assume_role_policy_document=TRUST)
    for address, query in (
        (f"/console/policies/edit/{policy}", "?"),
        ("/console/users/ada/inline/", "?policy=own&"),
        ("/console/roles/reader/trust/", "?"),
    ):
        there = f"{address}{query}drop=0&actions=sts:TagSession"
        assert admin.post(there, form_of(admin, there) | {"then": "publish"}).status_code == 302, address
    kept = [
        tenant.run("iam:GetPolicyVersion", policy_arn=policy, version_id="v2").policy_version.document,
        tenant.run("iam:GetUserPolicy", user_name="ada", policy_name="own").policy_document,
        tenant.run("iam:GetRole", role_name="reader").role.assume_role_policy_document,
    ]
    assert ["sts:TagSession" in text for text in kept] == [True, True, True]


def test_publishing_ends_the_draft(tenant: Tenant, admin: Client, address: str) -> None:
    admin.post(address, form_of(admin, address) | {"policy_document": LESS, "then": "draft"})
    assert admin.post(address, form_of(admin, address) | {"then": "publish"}).status_code == 302
    assert not PolicyDraft.objects.filter(account_id=tenant.account_id).exists()


def test_a_version_published_meanwhile_is_not_overwritten_unseen(
    tenant: Tenant, admin: Client, policy: str, address: str
) -> None:
    mine = form_of(admin, address) | {"policy_document": LESS}
    theirs = ALLOW.replace("GetObject", "DeleteObject")
    tenant.run("iam:CreatePolicyVersion", policy_arn=policy, policy_document=theirs, set_as_default=True)
    response = admin.post(address, mine | {"then": "publish"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "v2 became the default version while you were editing v1" in html
    assert "What changed meanwhile" in html
    assert "DeleteObject" in html
    assert text_in(html) == LESS
    assert default(tenant) == 2
    again = admin.get(address).content.decode()
    assert text_in(again) == LESS
    assert "v2 became the default version after you began this draft" in again
    seen = {"seen": "v2", "policy_document": text_in(html), "then": "publish"}
    assert admin.post(address, seen).status_code == 302
    assert default(tenant) == 3


def test_inline_policies_are_not_overwritten_unseen(tenant: Tenant, admin: Client, policy: str) -> None:
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="own", policy_document=ALLOW)
    address = "/console/users/ada/inline/?policy=own"
    mine = form_of(admin, address) | {"policy_document": LESS}
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="own", policy_document=TRUSTING_LESS)
    response = admin.post(address, mine)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else saved this policy" in html
    assert "s3:GetBucketAcl" in html
    assert text_in(html) == LESS
    assert admin.post(address, fields_in(html)).status_code == 302
    stored = tenant.run("iam:GetUserPolicy", user_name="ada", policy_name="own").policy_document
    assert stored == LESS


TRUSTING_LESS = ALLOW.replace("s3:GetObject", "s3:GetBucketAcl")


def test_a_new_inline_policy_replaces_none_of_its_name(tenant: Tenant, admin: Client, policy: str) -> None:
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="own", policy_document=ALLOW)
    address = "/console/users/ada/inline/"
    sent = form_of(admin, address) | {"policy_name": "own", "policy_document": LESS}
    response = admin.post(address, sent)
    assert response.status_code == 400
    assert "There is an inline policy of this name" in response.content.decode()
    assert tenant.run("iam:GetUserPolicy", user_name="ada", policy_name="own").policy_document == ALLOW
    assert admin.post(address, sent | {"policy_name": "other"}).status_code == 302


def test_trust_policies_are_not_overwritten_unseen(tenant: Tenant, admin: Client) -> None:
    tenant.run("iam:CreateRole", role_name="reader", assume_role_policy_document=TRUST)
    mine = form_of(admin, "/console/roles/reader/trust/")
    theirs = TRUST.replace("ec2", "lambda")
    tenant.run("iam:UpdateAssumeRolePolicy", role_name="reader", policy_document=theirs)
    response = admin.post("/console/roles/reader/trust/", mine)
    assert response.status_code == 409
    assert "lambda.amazonaws.com" in response.content.decode()
    assert tenant.run("iam:GetRole", role_name="reader").role.assume_role_policy_document == theirs
    assert admin.post("/console/roles/reader/trust/", fields_in(response.content.decode())).status_code == 302


# --- versions -----------------------------------------------------------------------------------------


def add(tenant: Tenant, policy: str, *documents: str) -> None:
    for document in documents:
        tenant.client().create_policy_version(PolicyArn=policy, PolicyDocument=document)


def test_who_made_each_version(tenant: Tenant, admin: Client) -> None:
    made = tenant.client().create_policy(PolicyName="Own", PolicyDocument=ALLOW)["Policy"]["Arn"]
    tenant.user("ada", allowing("iam:CreatePolicyVersion"))
    tenant.client(key=tenant.key("ada")).create_policy_version(PolicyArn=made, PolicyDocument=LESS)
    tenant.run("iam:CreatePolicyVersion", policy_arn=made, policy_document=LESS)
    html = admin.get(f"/console/policies/versions/{made}").content.decode()
    rows = re.findall(r'data-label="By">(?:<span title="[^"]*">)?([^<]*)<', html)
    assert rows[1:] == ["ada", "admin"]
    with_password(tenant, "reader", allowing("iam:Get*", "iam:List*"))
    html = sign_in(tenant, "reader").get(f"/console/policies/versions/{made}").content.decode()
    assert "ada" not in html.partition("<table")[2]


def test_any_two_versions_are_compared(tenant: Tenant, admin: Client, policy: str) -> None:
    add(tenant, policy, LESS, ALLOW.replace("GetObject", "PutObject"))
    html = admin.get(f"/console/policies/versions/{policy}?with=v2&compare=v3").content.decode()
    table = html.partition('id="text-changes"')[2]
    assert "ListBucket" in table
    assert "PutObject" in table
    assert "GetObject" not in table
    assert 'class="diff diff--split"' in table
    unified = admin.get(f"/console/policies/versions/{policy}?with=v2&compare=v3&layout=unified").content.decode()
    assert "diff--split" not in unified


def test_restoring_makes_a_new_version(tenant: Tenant, admin: Client, policy: str) -> None:
    add(tenant, policy, LESS)
    html = admin.get(f"/console/policies/versions/{policy}").content.decode()
    (there,) = re.findall(r'href="([^"]+)">Restore', html)
    page = admin.get(there.replace("&amp;", "&")).content.decode()
    assert "loses what was used" in page
    admin.post(f"/console/policies/edit/{policy}", {"seen": "v1", "policy_document": text_in(page), "then": "publish"})
    assert default(tenant) == 3
    assert PolicyVersion.objects.get(account_id=tenant.account_id, number=3).document == LESS


def test_setting_and_deleting_ask_first(tenant: Tenant, admin: Client, policy: str) -> None:
    add(tenant, policy, LESS, LESS)
    there = f"/console/policies/version/{policy}"
    page = admin.get(f"{there}?do=default&version_id=v2").content.decode()
    assert "loses what was used" in page
    assert default(tenant) == 1
    stale = admin.post(f"{there}?do=default", {"version_id": "v2", "seen": "v3"})
    assert stale.status_code == 409
    assert admin.post(f"{there}?do=default", {"version_id": "v2", "seen": "v1"}).status_code == 302
    assert default(tenant) == 2
    page = admin.get(f"{there}?do=delete&version_id=v3").content.decode()
    assert "can be neither compared nor restored" in page
    assert admin.get(f"{there}?do=delete&version_id=v2").status_code == 404
    assert admin.get(f"{there}?do=delete&version_id=v9").status_code == 404
    assert admin.get(f"{there}?do=nothing&version_id=v3").status_code == 400


def test_five_versions_say_so_and_which_to_delete(tenant: Tenant, admin: Client, policy: str, address: str) -> None:
    add(tenant, policy, LESS, LESS, LESS, LESS)
    assert "All 5 places are taken" in admin.get(f"/console/policies/versions/{policy}").content.decode()
    html = admin.post(address, {"policy_document": LESS, "then": "review"}).content.decode()
    assert '<option value="v2" selected' in html
    assert admin.post(address, {"policy_document": LESS, "then": "publish", "make_room": "v2"}).status_code == 302


def test_the_layout_of_a_comparison_that_is_shown_is_marked(tenant: Tenant, admin: Client) -> None:
    arn = tenant.run("iam:CreatePolicy", policy_name="Compared", policy_document=allowing("s3:Get*")).policy.arn
    tenant.run("iam:CreatePolicyVersion", policy_arn=arn, policy_document=allowing("s3:List*"))
    address = f"{reverse('console:policy-versions', args=[arn])}?compare=v2&with=v1"
    for layout, label in (("", "As there is room"), ("split", "Side by side"), ("unified", "Unified")):
        html = admin.get(f"{address}&layout={layout}").content.decode()
        marked = re.findall(r'<a class="filter" href="[^"]*" aria-current="true">([^<]+)', html)
        assert marked == [label]
