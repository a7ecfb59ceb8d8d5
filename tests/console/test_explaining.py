"""Denials and the simulator in the console: why, what would help, and an editor that opens with it."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError
from django.test import Client

from iamconsole.interfaces.console.pages.access import proposals
from tests.console.client import sign_in, with_password
from tests.console.furniture import TRUST, allowing
from tests.support.tenants import Tenant

MFA = '{"Bool":{"aws:MultiFactorAuthPresent":"true"}}'


def refused(tenant: Tenant, name: str = "ada") -> str:
    """The id of a refusal to list users."""
    with pytest.raises(ClientError) as caught:
        tenant.client(key=tenant.key(name)).list_users()
    return str(caught.value.response["Error"]["Message"]).rpartition(" ")[2]


def html(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def links(page: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]+)"', page)]


def test_a_denial_tells_the_near_miss_and_opens_a_draft(tenant: Tenant, admin: Client) -> None:
    tenant.run("iam:CreateUser", user_name="ada")
    guarded = allowing("iam:List*", condition=MFA)
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="lists", policy_document=guarded)
    page = html(admin, f"/console/denied/{refused(tenant)}/")
    assert "aws:MultiFactorAuthPresent" in page
    assert "Sign in with MFA: no policy has to change." in page
    assert "Only ada gains." in page
    assert "/console/users/ada/inline/?policy=lists" in links(page)
    (draft,) = [link for link in links(page) if "add=" in link]
    editor = html(admin, draft)
    assert "nothing has changed yet" in editor
    assert "iam:ListUsers" in unescape(editor)
    (simulate,) = [link for link in links(page) if link.startswith("/console/simulator/?who=arn")]
    assert "nearly does" in html(admin, simulate)


def test_denials_are_listed_and_found_by_the_message(tenant: Tenant, admin: Client) -> None:
    tenant.run("iam:CreateUser", user_name="ada")
    named = refused(tenant)
    assert f"/console/denied/{named}/" in links(html(admin, "/console/denied/"))
    message = f"User: x is not authorized … with the following authorization id: {named}"
    answer = admin.get("/console/denied/", {"q": message})
    assert (answer.status_code, answer["Location"]) == (302, f"/console/denied/{named}/")
    assert "Nothing is on record" in html(admin, "/console/denied/?q=arn:aws:iam::1:user/x")


def test_refusals_lead_to_their_explanation(tenant: Tenant, admin: Client) -> None:
    tenant.run("iam:CreateUser", user_name="ada")
    named = refused(tenant)
    assert f"/console/denied/{named}/" in links(html(admin, "/console/events/?error_code=AccessDenied"))
    explainer = allowing("iamconsole:ExplainDenial")
    with_password(tenant, "eve", explainer)
    with_password(tenant, "weak")
    trace = [link for link in links(html(sign_in(tenant, "eve"), "/console/users/", 403)) if "/denied/" in link]
    assert len(trace) == 1
    assert not [link for link in links(html(sign_in(tenant, "weak"), "/console/users/", 403)) if "/denied/" in link]


def test_another_accounts_denial_is_not_there(tenant: Tenant, admin: Client) -> None:
    assert "do not exist" in html(admin, f"/console/denied/{'a' * 26}/", 404)


def test_the_simulator_answers_and_its_address_is_the_test(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada", allowing("s3:GetObject"), path="/team/")
    one = html(admin, "/console/simulator/?who=ada&action=s3:GetObject")
    assert "Allowed" in one
    assert "?who=ada&action=s3%3AGetObject" in unescape(one)
    many = html(admin, "/console/simulator/?who=user/ada&action=s3:GetObject%0As3:PutObject&resource=arn:aws:s3:::b/k")
    assert "1 of 2 allowed" in many
    without = f"arn:aws:iam::{tenant.account_id}:user/team/ada p0"
    left_out = admin.get("/console/simulator/", {"who": "ada", "action": "s3:GetObject", "without": without})
    assert "Denied" in left_out.content.decode()


def test_the_simulator_tries_drafts_alone_and_attached_policies(tenant: Tenant, admin: Client) -> None:
    draft = {"action": "s3:GetObject", "draft": allowing("s3:Get*")}
    assert "Allowed" in admin.get("/console/simulator/", draft).content.decode()
    tenant.run("iam:CreateUser", user_name="ada")
    attached = {"who": "ada", "action": "s3:GetObject", "attach": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    assert "Allowed" in admin.get("/console/simulator/", attached).content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("who=nobody&action=s3:GetObject", "cannot be found"),
        ("draft={&action=s3:GetObject", "PolicyInputList.1"),
        ("who=admin&action=s3x", "not of the form service:Action"),
        ("who=admin&action=s3:GetObject&key=aws:SourceIp&type=ip&value=x", "is not of type ip"),
    ],
)
def test_what_the_simulator_cannot_use_is_said_beside_the_form(admin: Client, query: str, said: str) -> None:
    assert said in unescape(html(admin, f"/console/simulator/?{query}", 400))


def test_what_was_left_out_is_taken_off_by_who_may(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada", allowing("s3:GetObject"))
    with_password(tenant, "asks", allowing("iamconsole:ExplainAccess", "iam:Get*", "iam:List*"))
    managed = tenant.run("iam:CreatePolicy", policy_name="Reads", policy_document=allowing("s3:Get*")).policy.arn
    tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn=managed)
    inline = f"arn:aws:iam::{tenant.account_id}:user/ada p0"
    asked = urlencode([("who", "user/ada"), ("action", "s3:GetObject"), ("without", managed), ("without", inline)])
    page = html(admin, f"/console/simulator/?{asked}")
    assert "As if Reads were not there." in page
    assert {f"/console/policies/entities/{managed}", "/console/users/ada/inline/delete/?policy=p0"} <= {*links(page)}
    assert "inline/delete" not in html(sign_in(tenant, "asks"), f"/console/simulator/?{asked}")


def test_missing_keys_are_one_click_away(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada", allowing("s3:*", condition='{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}'))
    page = html(admin, "/console/simulator/?who=ada&action=s3:GetObject")
    (tell,) = [link for link in links(page) if "key=aws%3ASourceIp" in link and "value=+" in link]
    assert 'value="aws:SourceIp"' in html(admin, tell)


def test_a_draft_link_changes_the_trust_policy_and_new_versions_alike(tenant: Tenant, admin: Client) -> None:
    tenant.run("iam:CreateRole", role_name="deploy", assume_role_policy_document=TRUST)
    arn = tenant.run("iam:CreatePolicy", policy_name="Both", policy_document=allowing("s3:*")).policy.arn
    more = {"add": allowing("sqs:SendMessage")}
    for address in ("/console/roles/deploy/trust/", f"/console/policies/edit/{arn}", "/console/create/policy/"):
        page = admin.get(address, more).content.decode()
        assert "sqs:SendMessage" in page, address
        assert "nothing has changed yet" in page, address
    narrowed = admin.get(f"/console/policies/edit/{arn}", {"drop": "0", "actions": "s3:GetObject,s3:PutObject"})
    assert "s3:*" not in re.search(r"<textarea.*?</textarea>", narrowed.content.decode(), re.DOTALL)[0]  # type: ignore[index]


@pytest.mark.parametrize("query", [{"drop": "7"}, {"drop": "x"}, {"add": "{"}, {"add": "[]"}, {"add": '{"a":1}'}])
def test_a_draft_that_does_not_fit_leaves_the_document_alone(query: dict[str, str]) -> None:
    text = allowing("s3:*")
    proposal = proposals.applied(query, text)
    assert proposal.text == text
    assert "does not fit" in proposal.notice


def test_a_draft_takes_a_single_statement_too() -> None:
    text = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'
    changed = json.loads(proposals.applied({"add": allowing("s3:*")}, text).text)
    assert [each["Effect"] for each in changed["Statement"]] == ["Deny", "Allow"]
