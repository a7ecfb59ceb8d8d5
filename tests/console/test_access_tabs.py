"""Effective access, detaching and the access map in the console."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from django.test import Client

from accounts.models import User
from iamconsole.audit.models import LastAccess
from iamconsole.interfaces.console.pages.access.drawing import Edge, Graph, Node
from iamconsole.kernel import clock
from tests.console.client import sign_in, with_password
from tests.console.furniture import TRUST, allowing, furnish
from tests.console.test_explaining import html, links
from tests.query.aws import allow, deny, document
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up


def used(tenant: Tenant, name: str, *actions: str, days: int = 1) -> None:
    user, moment = User.objects.get(account_id=tenant.account_id, name=name), clock.now() - timedelta(days=days)
    with setting_up():
        for action in actions:
            LastAccess.objects.create(
                account_id=tenant.account_id,
                principal_id=user.unique_id,
                service=action.partition(":")[0],
                action=action,
                principal=user.arn,
                attempted=moment,
                allowed=moment,
                resource="arn:aws:s3:::reports/2026",
            )


def test_a_grant_can_be_tightened_to_its_use(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada", document(allow("s3:*"), allow("sqs:*")))
    used(tenant, "ada", "s3:GetObject", "s3:PutObject")
    page = html(admin, "/console/users/ada/tab/access/")
    drafts = [link for link in links(page) if "drop=" in link]
    assert drafts == [
        "/console/users/ada/inline/?policy=p0&drop=0&actions=s3%3AGetObject%2Cs3%3APutObject",
        "/console/users/ada/inline/?policy=p0&drop=1",
    ]
    narrowed = unescape(html(admin, drafts[0]))
    assert "was narrowed to the actions in use" in narrowed
    assert '"s3:*"' not in re.search(r"<textarea.*?</textarea>", narrowed, re.DOTALL)[0]  # type: ignore[index]


def test_what_nobody_uses_can_be_removed_or_detached(tenant: Tenant, admin: Client) -> None:
    arn = tenant.run("iam:CreatePolicy", policy_name="Idle", policy_document=allowing("s3:*")).policy.arn
    tenant.user("ada", allowing("sqs:*"))
    tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn=arn)
    found = links(html(admin, "/console/users/ada/tab/access/"))
    assert "/console/users/ada/inline/delete/?policy=p0" in found
    assert [link for link in found if link.startswith("/console/users/ada/detach/?policy_arn=")]


def test_what_comes_through_a_group_is_tightened_there(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada")
    tenant.run("iam:CreateGroup", group_name="devs")
    tenant.run("iam:AddUserToGroup", group_name="devs", user_name="ada")
    tenant.run("iam:PutGroupPolicy", group_name="devs", policy_name="p", policy_document=allowing("s3:*"))
    assert "/console/groups/devs/tab/access/" in links(html(admin, "/console/users/ada/tab/access/"))
    assert "What members of devs can do through it" in html(admin, "/console/groups/devs/tab/access/")


def test_filters_and_the_many_services_of_one_statement(tenant: Tenant, admin: Client) -> None:
    idle = allow([f"{service}:List*" for service in ("s3", "sqs", "sns", "ec2", "ecs", "eks")])
    tenant.user("ada", document(idle, allow("iam:*"), deny("s3:Delete*")))
    used(tenant, "ada", "iam:GetUser")
    page = html(admin, "/console/users/ada/tab/access/")
    assert "6 services" in page
    assert 'Risky <span class="filter-count">1</span>' in page
    assert "<code>s3</code></span>" in page, "the name of a service is not said twice"
    assert "6 services" not in html(admin, "/console/users/ada/tab/access/?whole=1")
    assert "6 services" not in html(admin, "/console/users/ada/tab/access/?show=risky")
    assert "Denied" in html(admin, "/console/users/ada/tab/access/?show=denies&start=abc")
    assert "6 services" in html(admin, "/console/users/ada/tab/access/?show=nonsense")


def test_whoever_may_not_ask_sees_why_and_no_controls(tenant: Tenant) -> None:
    tenant.user("ada", allowing("s3:*"))
    with_password(tenant, "bob", allowing("iam:GetUser"))
    page = html(sign_in(tenant, "bob"), "/console/users/ada/tab/access/")
    assert "iamconsole:GetEffectiveAccess" in page
    assert "s3" not in [*re.findall(r"<code>([^<]+)</code>", page)]
    with_password(tenant, "eve", allowing("iam:GetUser", "iamconsole:GetEffectiveAccess"))
    page = html(sign_in(tenant, "eve"), "/console/users/ada/tab/access/")
    assert "<code>s3</code>" in page
    assert not [link for link in links(page) if "/inline/" in link and "drop" in link]


def test_deleting_an_inline_policy_says_who_loses(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada", document(allow("s3:Get*"), deny("s3:DeleteBucket")))
    used(tenant, "ada", "s3:GetBucketAcl", days=3)
    address = "/console/users/ada/inline/delete/?policy=p0"
    page = html(admin, address)
    assert "s3:GetBucketAcl" in page
    assert "user or role loses what was used" in page
    assert "1 of 1 users and roles examined" in page
    with_password(tenant, "bob", allowing("iam:GetUser", "iam:GetUserPolicy", "iam:DeleteUserPolicy"))
    page = html(sign_in(tenant, "bob"), address)
    assert "Delete policy" in page
    assert "s3:GetBucketAcl" not in page


def test_the_map_tells_who_can_and_links_to_what_would_be_without(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada", allowing("s3:*"))
    tenant.user("bob", document(allow("s3:*"), deny("s3:Delete*")))
    address = "/console/map/?action=s3:DeleteObject&resource=arn:aws:s3:::reports/x"
    page = html(admin, address)
    assert "3 can, 0 under a condition, 1 blocked." in page
    assert "edge--deny" in page
    ada = f"arn:aws:iam::{tenant.account_id}:user/ada"
    (without,) = {link for link in links(page) if "without=" in link and f"{ada.rpartition('/')[2]}&" in link}
    assert "Denied" in html(admin, without)
    assert "edge--bright" in html(admin, f"{address}&path={ada}")


def test_the_map_draws_who_is_denied_however_many_can(tenant: Tenant, admin: Client) -> None:
    for number in range(20):
        tenant.user(f"a{number:02}", document(allow("s3:GetObject")))
    tenant.user("zoe", document(allow("s3:GetObject"), deny("s3:*")))
    page = html(admin, "/console/map/?action=s3:GetObject&resource=arn:aws:s3:::reports/x")
    picture = page.partition("<svg")[2].partition('aria-label="As a table"')[0]
    assert ">zoe<" in picture
    assert ">a00<" in picture
    assert ">a19<" not in picture


def test_a_detachment_that_changes_nothing_says_so(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada", allowing("s3:*"))
    arn = tenant.run("iam:CreatePolicy", policy_name="Twice", policy_document=allowing("s3:*")).policy.arn
    tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn=arn)
    assert "Nobody gains or loses anything by it." in html(admin, f"/console/users/ada/detach/?policy_arn={arn}")
    assert "Nobody gains or loses anything by it." in html(admin, "/console/users/ada/inline/delete/?policy=p0")


def test_the_map_tells_what_somebody_reaches(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada", allowing("sts:AssumeRole"))
    trust = TRUST.replace('"Service":"ec2.amazonaws.com"', f'"AWS":"arn:aws:iam::{tenant.account_id}:root"')
    tenant.run("iam:CreateRole", role_name="deploy", assume_role_policy_document=trust)
    page = html(admin, "/console/map/?ask=reach&who=user/ada")
    assert "1 roles, and actions of 1 services." in page
    assert "role/deploy" in page
    tenant.run("iam:CreateGroup", group_name="devs")
    assert "No policy allows anything" in html(admin, "/console/map/?ask=reach&who=group/devs")


def test_what_the_map_cannot_use_is_said_beside_the_form(admin: Client) -> None:
    assert "has a wildcard" in html(admin, "/console/map/?action=s3:*", 400)
    assert "cannot be found" in html(admin, "/console/map/?ask=reach&who=nobody", 400)


def test_a_graph_draws_every_box_and_curve_once_and_no_empty_column() -> None:
    graph = Graph(("A", "B", "C"))
    start, end = graph.node(0, Node("a", "a")), graph.node(2, Node("c", "c" * 40))
    assert graph.node(0, Node("a", "again")) == start
    for tone in ("maybe", "", "vain", "maybe"):
        graph.edge(Edge(start, end, tone, tone=tone, of="a"))
    drawn = graph.drawn(chosen="a")
    assert [column["label"] for column in drawn["columns"]] == ["A", "C"]
    assert [(edge["title"], edge["state"]) for edge in drawn["edges"]] == [("", "bright")]
    assert [node["state"] for node in drawn["nodes"]] == ["bright", "bright"]
    assert drawn["nodes"][1]["label"].endswith("…")
    assert [node["state"] for node in graph.drawn(chosen="b")["nodes"]] == ["pale", "pale"]


def test_who_leaves_a_group_and_whose_group_goes_is_told_what_he_loses(tenant: Tenant, admin: Client) -> None:
    tenant.run("iam:CreateGroup", group_name="devs")
    tenant.run("iam:PutGroupPolicy", group_name="devs", policy_name="p", policy_document=allowing("s3:*"))
    for name in ("ada", "bob"):
        tenant.user(name)
        tenant.run("iam:AddUserToGroup", group_name="devs", user_name=name)
    used(tenant, "ada", "s3:PutObject")
    there = {
        "/console/groups/devs/users/remove/?user_name=ada": "/console/groups/devs/",
        "/console/users/ada/groups/remove/?group_name=devs": "/console/users/ada/tab/groups/",
    }
    for question in (*there, "/console/groups/devs/delete/"):
        page = html(admin, question)
        assert "user or role loses what was used" in page, question
        assert "s3:PutObject" in page, question
    assert "loses what was used" not in html(admin, "/console/groups/devs/users/remove/?user_name=bob")
    for page, question in zip(("/console/groups/devs/", "/console/users/ada/tab/groups/"), there, strict=True):
        assert question in links(html(admin, page))
    for question, back in there.items():
        address, _mark, sent = question.partition("?")
        assert admin.post(address, dict([sent.split("=")]))["Location"] == back
        tenant.run("iam:AddUserToGroup", group_name="devs", user_name="ada")


def test_what_was_done_to_a_thing_stands_on_its_page(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada")
    tenant.run("iam:CreateGroup", group_name="devs")
    tenant.run("iam:CreateRole", role_name="job", assume_role_policy_document=TRUST)
    for page, event in {"users/ada": "CreateUser", "groups/devs": "CreateGroup", "roles/job": "CreateRole"}.items():
        assert event in html(admin, f"/console/{page}/tab/activity/"), page


def test_what_was_done_to_a_user_through_his_groups_is_among_his_changes(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    tenant.run("iam:RemoveUserFromGroup", group_name="devs", user_name="ada")
    changes = html(admin, "/console/users/ada/tab/activity/").partition("<h2>Changes</h2>")[2]
    assert "RemoveUserFromGroup" in changes
    assert "AddUserToGroup" in changes
