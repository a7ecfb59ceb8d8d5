"""The palette: what a question means, what a bare name stands for, who is offered what, and how fast."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from iamconsole.audit.models import AuditEvent
from iamconsole.interfaces.console.palette.naming import arn_of
from iamconsole.interfaces.console.palette.questions import Can, Question, Who, Why, parse
from tests.console.client import sign_in, with_password
from tests.console.furniture import allowing, furnish
from tests.support.tenants import Tenant

QUESTIONS: dict[str, Question | None] = {
    "can alice s3:GetObject reports": Can("alice", "s3:GetObject", "reports"),
    "Can alice s3:getobject reports?": Can("alice", "s3:GetObject", "reports"),
    "can alice delete bucket reports": Can("alice", "s3:DeleteBucket", "reports"),
    "can alice delete the bucket reports": Can("alice", "s3:DeleteBucket", "reports"),
    "can alice get object reports/2026.csv": Can("alice", "s3:GetObject", "reports/2026.csv"),
    "can alice create user": Can("alice", "iam:CreateUser", ""),
    "can alice assume role deployer": Can("alice", "sts:AssumeRole", "deployer"),
    "can i iam:ListUsers": Can("", "iam:ListUsers", ""),
    "can role/deployer s3:PutObject arn:aws:s3:::reports/x": Can(
        "role/deployer", "s3:PutObject", "arn:aws:s3:::reports/x"
    ),
    "who can s3:DeleteObject arn:aws:s3:::reports/*": Who("s3:DeleteObject", "arn:aws:s3:::reports/*"),
    "who can delete object in reports": Who("s3:DeleteObject", "reports"),
    "why 4f0c9b1e-aaaa": Why("4f0c9b1e-aaaa"),
    "why <script>": None,
    "why": None,
    "can": None,
    "can alice": None,
    "can alice s3:Nonsense reports": None,
    "can alice dance": None,
    "can alice s3:GetObject two words": None,
    "cannon": None,
    "alice": None,
    "": None,
}
NAMES = {
    ("s3:GetObject", "reports"): "arn:aws:s3:::reports/*",
    ("s3:GetObject", "reports/2026/a.csv"): "arn:aws:s3:::reports/2026/a.csv",
    ("s3:ListBucket", "reports"): "arn:aws:s3:::reports",
    ("s3:DeleteBucket", "reports"): "arn:aws:s3:::reports",
    ("s3:ListAllMyBuckets", "reports"): "*",
    ("iam:DeleteUser", "team/bob"): "arn:aws:iam::123456789012:user/team/bob",
    ("dynamodb:GetItem", "orders"): "arn:aws:dynamodb:us-east-1:123456789012:table/orders",
    ("lambda:InvokeFunction", "mail"): "arn:aws:lambda:us-east-1:123456789012:function:mail",
    ("s3:GetObject", ""): "*",
    ("s3:GetObject", "arn:aws:s3:::x/y"): "arn:aws:s3:::x/y",
    ("nothing:Known", "x"): "*",
}
SIMULATES = ("iam:SimulatePrincipalPolicy", "iam:GetUser", "iam:GetRole")


@pytest.mark.parametrize("text", QUESTIONS)
def test_what_a_question_means(text: str) -> None:
    assert parse(text) == QUESTIONS[text]


@pytest.mark.parametrize("asked", NAMES, ids=" ".join)
def test_what_a_bare_name_stands_for(asked: tuple[str, str]) -> None:
    assert arn_of(*asked, "123456789012") == NAMES[asked]


def shown(client: Client, text: str) -> str:
    response = client.get("/console/palette/", {"q": text})
    assert response.status_code == 200
    return response.content.decode()


def test_a_verdict_with_the_statement_that_decided(tenant: Tenant, admin: Client) -> None:
    tenant.user("alice", allowing("s3:GetObject", resource="arn:aws:s3:::reports/*"), path="/team/")
    allowed = shown(admin, "can alice s3:GetObject reports")
    assert ">Allow<" in allowed.replace("</svg>", ">")
    assert "user/team/alice · s3:GetObject · arn:aws:s3:::reports/*" in allowed
    assert "p0, line 1" in allowed
    denied = shown(admin, "can alice delete bucket reports")
    assert "no statement allows it" in denied
    assert "Allowed" not in denied
    deny = json.dumps({"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}], "Version": "2012-10-17"})
    tenant.run("iam:PutUserPolicy", user_name="alice", policy_name="never", policy_document=deny)
    assert "Denied by a statement" in shown(admin, "can alice s3:GetObject reports")
    assert "never, line 1" in shown(admin, "can alice s3:GetObject reports")
    assert "Allowed" in shown(admin, "can i s3:GetObject reports")
    assert "cannot be found" in shown(admin, "can nobody s3:GetObject reports")


def test_asking_takes_rights_and_leaves_no_denials(tenant: Tenant, weak: Client) -> None:
    furnish(tenant)
    before = AuditEvent.objects.filter(account_id=tenant.account_id).count()
    for text in ("ada", "de", "can ada s3:GetObject x", "can weak s3:GetObject x", "create", "why 12345678"):
        html = shown(weak, text)
        for untold in ("/console/users/ada/", "/console/groups/", "/console/create/", "Allowed", "Denied"):
            assert untold not in html, (text, untold)
    assert "Change my password" in shown(weak, "password")
    assert AuditEvent.objects.filter(account_id=tenant.account_id).count() == before


def test_whoever_may_simulate_is_told(tenant: Tenant) -> None:
    furnish(tenant)
    with_password(tenant, "auditor", allowing(*SIMULATES))
    assert "Allowed" in shown(sign_in(tenant, "auditor"), "can ada s3:GetObject reports")


def test_commands_and_objects_are_ranked(tenant: Tenant, admin: Client) -> None:
    things = furnish(tenant)
    for name in ("reports-reader", "old-reports", "reports"):
        tenant.run("iam:CreateUser", user_name=name)
    html = shown(admin, "reports")
    places = [html.index(f'href="/console/users/{name}/"') for name in ("reports", "reports-reader", "old-reports")]
    assert places == sorted(places)
    assert f'href="/console/policies/{things["policy"]}"' in html
    assert 'href="/console/create/user/"' in shown(admin, "create us")
    assert 'href="/console/users/?filter=old-keys"' in shown(admin, "rotate keys")
    assert 'href="/console/switch-role/"' in shown(admin, "switch role")
    assert ">G U<" in shown(admin, "users")
    assert "Nothing is called that" in shown(admin, "zzzz")
    assert "<script" not in shown(admin, "<script>alert(1)</script>")


def test_other_accounts_are_not_searched(tenant: Tenant, admin: Client) -> None:
    from tests.support.tenants import open_account

    open_account(tenant.app).user("stranger")
    assert "stranger" not in shown(admin, "stran")
