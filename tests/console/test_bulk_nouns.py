"""Bulk actions of users, groups, roles and policies: what they do, whom they skip and why, and what they need."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.test import Client

from accounts.models import AccessKey, Attachment, ConsoleSession, Group, Role
from iamconsole.audit.models import AuditEvent
from iamconsole.replication.models import ChangeEntry
from policies.models import ManagedPolicy
from tests.console.client import sign_in, with_password
from tests.console.furniture import ALLOW, TRUST, allowing, furnish
from tests.support.tenants import Tenant

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
DENY_ALL = "arn:aws:iam::aws:policy/AWSDenyAll"


def preview(client: Client, noun: str, action: str, *selected: str, **asked: str) -> str:
    answer = client.post(f"/console/bulk/{noun}/", {"action": action, "selected": selected, **asked})
    assert answer.status_code == 200, answer.content.decode()
    return unescape(answer.content.decode())


def confirm(client: Client, noun: str, html: str) -> None:
    form = html.partition("data-busy")[2].partition("</form>")[0]
    answer = client.post(f"/console/bulk/{noun}/", dict(HIDDEN.findall(form)))
    assert answer.status_code == 302, answer.content.decode()


def skipped(html: str) -> str:
    return html.partition('id="skipped"')[2]


def attached(tenant: Tenant, **to: str) -> set[str]:
    rows = Attachment.objects.filter(account_id=tenant.account_id, **to)
    return set(rows.values_list("policy__name", flat=True))


@pytest.fixture
def things(tenant: Tenant) -> dict[str, str]:
    for group in ("devs", "ops"):
        tenant.run("iam:CreateGroup", group_name=group)
    for role in ("reader", "writer"):
        tenant.run("iam:CreateRole", role_name=role, assume_role_policy_document=TRUST)
    made = {
        name: tenant.run("iam:CreatePolicy", policy_name=name, policy_document=ALLOW).policy.arn
        for name in ("Reports", "Spare")
    }
    tenant.run("iam:AttachGroupPolicy", group_name="devs", policy_arn=made["Reports"])
    tenant.run("iam:AttachRolePolicy", role_name="reader", policy_arn=made["Reports"])
    return made


def test_groups_get_and_lose_policies_and_go(tenant: Tenant, admin: Client, things: dict[str, str]) -> None:
    html = preview(admin, "groups", "attach-policy", "devs", "ops", "none", policy_arn=things["Reports"])
    assert "1 change, 2 skipped" in html
    assert "has this policy already" in skipped(html)
    assert "aws iam attach-group-policy --group-name ops" in html
    confirm(admin, "groups", html)
    assert attached(tenant, group__name="ops") == {"Reports"}
    html = preview(admin, "groups", "detach-policy", "devs", "ops", policy_arn=things["Reports"])
    confirm(admin, "groups", html)
    assert attached(tenant, group__isnull=False) == set()
    tenant.run("iam:AttachGroupPolicy", group_name="devs", policy_arn=things["Reports"])
    tenant.run("iam:AddUserToGroup", group_name="devs", user_name="admin")
    confirm(admin, "groups", preview(admin, "groups", "delete", "devs", "ops"))
    assert not Group.objects.filter(account_id=tenant.account_id).exists()


def test_roles_are_changed_together(tenant: Tenant, admin: Client, things: dict[str, str]) -> None:
    html = preview(admin, "roles", "attach-policy", "reader", "writer", policy_arn=things["Reports"])
    assert "1 change, 1 skipped" in html
    confirm(admin, "roles", html)
    assert attached(tenant, role__name="writer") == {"Reports"}
    html = preview(admin, "roles", "session-length", "reader", "writer", max_session_duration="7200")
    confirm(admin, "roles", html)
    html = preview(admin, "roles", "session-length", "reader", "writer", max_session_duration="7200")
    assert "0 changes, 2 skipped" in html
    confirm(admin, "roles", preview(admin, "roles", "tag", "reader", "writer", tag_key="team", tag_value="a b"))
    roles = Role.objects.filter(account_id=tenant.account_id)
    assert {(role.max_session_duration, role.tags["team"]) for role in roles} == {(7200, "a b")}
    assert "has this tag already" in preview(admin, "roles", "tag", "reader", tag_key="team", tag_value="a b")
    confirm(admin, "roles", preview(admin, "roles", "revoke-sessions", "reader"))
    assert "AWSRevokeOlderSessions" in json.dumps(tenant.run("iam:ListRolePolicies", role_name="reader").model_dump())
    confirm(admin, "roles", preview(admin, "roles", "delete", "reader", "writer"))
    assert not Role.objects.filter(account_id=tenant.account_id).exists()


def test_a_form_that_is_wrong_comes_back_with_the_rows(admin: Client, things: dict[str, str]) -> None:
    sent = {"action": "tag", "selected": ["reader", "writer"], "asked": "1", "tag_key": ""}
    answer = admin.post("/console/bulk/roles/", sent)
    assert answer.status_code == 400
    assert 'value="reader writer"' in answer.content.decode()
    html = preview(admin, "roles", "tag", "reader", tag_key="aws:x", tag_value="y")
    assert "belong to the system" in skipped(html)


def test_policies_are_attached_tagged_and_deleted(tenant: Tenant, admin: Client, things: dict[str, str]) -> None:
    both, aws = list(things.values()), "arn:aws:iam::aws:policy/ReadOnlyAccess"
    html = preview(admin, "policies", "attach-to-group", *both, aws, group_name="devs")
    assert "2 changes, 1 skipped" in html
    confirm(admin, "policies", html)
    assert attached(tenant, group__name="devs") == {"Reports", "Spare", "ReadOnlyAccess"}
    confirm(admin, "policies", preview(admin, "policies", "attach-to-role", aws, role_name="writer"))
    assert attached(tenant, role__name="writer") == {"ReadOnlyAccess"}
    html = preview(admin, "policies", "tag", *both, aws, tag_key="team", tag_value="x")
    assert "belongs to AWS" in skipped(html)
    confirm(admin, "policies", html)
    tenant.run("iam:PutUserPermissionsBoundary", user_name="admin", permissions_boundary=things["Spare"])
    tenant.run("iam:DeleteUserPermissionsBoundary", user_name="admin")
    tenant.run("iam:PutRolePermissionsBoundary", role_name="reader", permissions_boundary=things["Spare"])
    html = preview(admin, "policies", "delete", *both, aws)
    assert "is a permissions boundary" in skipped(html)
    confirm(admin, "policies", html)
    left = ManagedPolicy.objects.filter(account_id=tenant.account_id)
    assert [(policy.name, policy.tags) for policy in left] == [("Spare", {"team": "x"})]


def test_mfa_is_required_by_a_policy_that_is_made_once_and_shown_before(tenant: Tenant, admin: Client) -> None:
    for name in ("ada", "bob"):
        with_password(tenant, name, allowing("iam:ListUsers"))
    before = ChangeEntry.objects.count()
    html = preview(admin, "users", "require-mfa", "ada", "admin")
    assert "1 change, 1 skipped" in html
    assert "you would be locked out" in skipped(html)
    assert '"aws:MultiFactorAuthPresent": "false"' in html
    assert ChangeEntry.objects.count() == before
    confirm(admin, "users", html)
    assert attached(tenant, user__name="ada") == {"RequireMFA"}
    html = preview(admin, "users", "require-mfa", "ada", "bob")
    assert "is there already" in html
    assert '"aws:MultiFactorAuthPresent"' not in html
    confirm(admin, "users", html)
    assert attached(tenant, user__name="bob") == {"RequireMFA"}
    ada = sign_in(tenant, "ada")
    assert ada.get("/console/users/").status_code == 403
    for page in ("mfa/", "mfa/app/", "password/"):
        assert ada.get(f"/console/{page}").status_code == 200, page


def test_a_leaver_is_deactivated_and_comes_back(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada")
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="p", policy_document=allowing("iam:ListUsers"))
    tenant.run("iam:CreateLoginProfile", user_name="ada", password="Correct-horse-battery-8")
    html = preview(admin, "users", "deactivate", "ada", "admin")
    assert "only another administrator could undo it" in skipped(html)
    assert "AWSDenyAll is attached" in html
    confirm(admin, "users", html)
    assert attached(tenant, user__name="ada") == {"AWSDenyAll"}
    assert not AccessKey.objects.filter(account_id=tenant.account_id, user__name="ada", active=True).exists()
    assert "Deactivated" in admin.get("/console/users/?q=ada").content.decode()
    assert "is deactivated already" in skipped(preview(admin, "users", "deactivate", "ada"))
    html = preview(admin, "users", "reactivate", "ada", "admin", asked="1")
    assert "service credentials stay inactive" in html
    assert "is not deactivated" in skipped(html)
    confirm(admin, "users", html)
    assert attached(tenant, user__name="ada") == set()
    key = AccessKey.objects.get(account_id=tenant.account_id, user__name="ada").pk
    tenant.run("iam:UpdateAccessKey", user_name="ada", access_key_id=key, status="Active")
    confirm(admin, "users", preview(admin, "users", "deactivate", "ada"))
    confirm(admin, "users", preview(admin, "users", "reactivate", "ada", asked="1", with_credentials="on"))
    assert AccessKey.objects.get(account_id=tenant.account_id, user__name="ada").active


def test_deactivation_ends_open_sessions(tenant: Tenant, admin: Client) -> None:
    with_password(tenant, "ada", allowing("iam:ListUsers"))
    ada = sign_in(tenant, "ada")
    assert ada.get("/console/users/").status_code == 200
    confirm(admin, "users", preview(admin, "users", "deactivate", "ada"))
    assert ada.get("/console/users/").status_code == 302
    assert not ConsoleSession.objects.filter(account_id=tenant.account_id, user__name="ada").exists()


def test_leaving_a_group_together(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    html = preview(admin, "users", "remove-from-group", "ada", "admin", group_name="devs")
    assert "is not in this group" in skipped(html)
    confirm(admin, "users", html)
    assert tenant.run("iam:ListGroupsForUser", user_name="ada").groups == []


def test_one_refusal_at_the_last_moment_keeps_all_of_it_out(
    tenant: Tenant, admin: Client, things: dict[str, str]
) -> None:
    html = preview(admin, "policies", "delete", *things.values())
    tenant.run("iam:PutRolePermissionsBoundary", role_name="reader", permissions_boundary=things["Spare"])
    form = dict(HIDDEN.findall(html.partition("data-busy")[2].partition("</form>")[0]))
    assert admin.post("/console/bulk/policies/", form).status_code == 302
    assert [p.name for p in ManagedPolicy.objects.filter(account_id=tenant.account_id)] == ["Spare"]
    for number in range(9):
        arn = tenant.run("iam:CreatePolicy", policy_name=f"p{number}", policy_document=ALLOW).policy.arn
        tenant.run("iam:AttachGroupPolicy", group_name="ops", policy_arn=arn)
    extra = [tenant.run("iam:CreatePolicy", policy_name=f"x{n}", policy_document=ALLOW).policy.arn for n in range(2)]
    before = attached(tenant, group__name="ops")
    sent = {"action": "attach-to-group", "names": " ".join(extra), "group_name": "ops", "confirmed": "1"}
    assert admin.post("/console/bulk/policies/", sent).status_code == 409
    assert attached(tenant, group__name="ops") == before
    html = preview(admin, "policies", "attach-to-group", *extra, group_name="ops")
    assert "1 change, 1 skipped" in html
    assert "Cannot exceed quota" in skipped(html)


def test_buttons_stand_where_they_can_ever_be_pressed(tenant: Tenant, things: dict[str, str]) -> None:
    reads = allowing("iam:List*", "iam:Get*", "iamconsole:List*")
    with_password(tenant, "viewer", reads)
    with_password(
        tenant, "tagger", reads, allowing("iam:TagRole", resource=f"arn:aws:iam::{tenant.account_id}:role/w*")
    )
    viewer, tagger = sign_in(tenant, "viewer"), sign_in(tenant, "tagger")
    for noun in ("users", "groups", "roles", "policies"):
        assert 'id="bulk"' not in viewer.get(f"/console/{noun}/").content.decode(), noun
    bar = tagger.get("/console/roles/").content.decode().partition('id="bulk"')[2]
    assert re.findall(r'name="action" value="([\w-]+)"', bar) == ["tag"]
    html = preview(tagger, "roles", "tag", "reader", "writer", tag_key="team", tag_value="x")
    assert "1 change, 1 skipped" in html
    assert "iam:TagRole" in skipped(html)


def test_what_was_done_is_on_record_item_by_item(tenant: Tenant, admin: Client, things: dict[str, str]) -> None:
    html = preview(admin, "roles", "tag", "reader", "writer", tag_key="team", tag_value="x")
    confirm(admin, "roles", html)
    assert AuditEvent.objects.filter(account_id=tenant.account_id, name="TagRole").count() == 2


def test_all_results_of_a_search_of_each_noun(tenant: Tenant, admin: Client, things: dict[str, str]) -> None:
    sent = {"action": "tag", "all_results": "1", "tag_key": "team", "tag_value": "x"}
    html = admin.post("/console/bulk/policies/?q=spare", sent).content.decode()
    assert "1 change, 0 skipped" in html
    assert '<h2 id="changing">1 change</h2>' in html
    assert 'id="skipped"' not in html
    html = admin.post("/console/bulk/roles/?filter=of-service", sent).content.decode()
    assert "2 changes, 0 skipped" in html
