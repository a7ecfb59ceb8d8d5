"""Markup stays text, accounts stay apart, and controls say what one may not do."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.console.client import sign_in, with_password
from tests.console.furniture import ALLOW, TRUST, allowing, furnish
from tests.support.tenants import Tenant, open_account

SCRIPT = "<script>alert(1)</script>"
QUOTES = "\"'><img/src=x/onerror=alert(1)>"


def test_markup_in_everything_people_can_type_stays_text(tenant: Tenant, admin: Client) -> None:
    path = f"/{QUOTES}/"
    document = ALLOW.replace('"Effect"', '"Sid":"x","Effect"').replace("s3:GetObject", f"s3:{SCRIPT}")
    tenant.run("iam:CreateUser", user_name="eve", path=path, tags=[{"key": "javascript:alert", "value": "x"}])
    tenant.run("iam:CreateGroup", group_name="devs", path=path)
    tenant.run("iam:AddUserToGroup", group_name="devs", user_name="eve")
    tenant.run("iam:CreateRole", role_name="job", path=path, description=SCRIPT, assume_role_policy_document=TRUST)
    tenant.run("iam:PutUserPolicy", user_name="eve", policy_name="p", policy_document=ALLOW)
    policy = tenant.run("iam:CreatePolicy", policy_name="P", description=SCRIPT, policy_document=ALLOW).policy.arn
    pages = f"""/console/ /console/users/ /console/users/eve/ /console/users/eve/tab/tags/
        /console/users/eve/tab/details/ /console/users/eve/edit/ /console/users/eve/delete/
        /console/users/eve/inline/?policy=p /console/groups/devs/
        /console/groups/ /console/roles/ /console/roles/job/ /console/roles/job/edit/ /console/roles/job/tab/details/
        /console/policies/ /console/policies/{policy} /console/events/ /console/search/?q={SCRIPT}
        /console/users/?q={SCRIPT}&sort={QUOTES} /console/users/{QUOTES.replace("/", "%2F")}/
        /console/events/?q={QUOTES}
        /console/signin/?as={QUOTES}&next={QUOTES}&account={QUOTES}"""
    for page in pages.split():
        html = admin.get(page).content.decode()
        assert SCRIPT not in html, page
        assert "<img/src" not in html, page
        assert 'href="javascript:' not in html, page
    findings = admin.post("/console/check/identity/", {"policy_document": document}).content.decode()
    assert SCRIPT not in findings


def test_what_belongs_to_another_account_is_as_unknown_as_what_does_not_exist(
    tenant: Tenant, app: Any, admin: Client
) -> None:
    other = open_account(app)
    theirs = furnish(other)
    unknown_arn = f"arn:aws:iam::{other.account_id}:policy/team/Nothing"
    pairs = {
        "/console/users/ada/": "/console/users/nobody/",
        "/console/users/ada/delete/": "/console/users/nobody/delete/",
        "/console/groups/devs/": "/console/groups/nothing/",
        "/console/roles/reader/": "/console/roles/nothing/",
        f"/console/users/admin/keys/{theirs['key']}/delete/": "/console/users/admin/keys/AKIAAAAAAAAAAAAAAAAA/delete/",
        f"/console/policies/{theirs['policy']}": f"/console/policies/{unknown_arn}",
        f"/console/policies/edit/{theirs['policy']}": f"/console/policies/edit/{unknown_arn}",
        f"/console/policies/entities/{theirs['policy']}": f"/console/policies/entities/{unknown_arn}",
    }
    for foreign, unknown in pairs.items():
        answers = [admin.get(address) for address in (foreign, unknown)]
        assert answers[0].status_code == answers[1].status_code, foreign
        assert answers[0].status_code in (403, 404), foreign
        texts = [_neutral(answer, address) for answer, address in zip(answers, (foreign, unknown), strict=True)]
        assert texts[0] == texts[1], foreign
    written = admin.post("/console/users/admin/attach/", {"selected": [theirs["policy"]]})
    assert written.status_code in (403, 404)
    assert "Nothing matches" in admin.get("/console/policies/?q=/team/").content.decode()


def _neutral(answer: Any, address: str) -> str:
    """The reason as told, without the names that were asked for and what differs from request to request."""
    reason = answer.content.decode().partition('<p class="panel-row">')[2].partition("</p>")[0]
    reason = reason.partition(". To see the details")[0]
    words = [word for word in address.split("/") if word] + [address.partition("policies/")[2].partition("/")[2]]
    for word in sorted({address.rpartition("arn:")[1] + address.rpartition("arn:")[2], *words}, key=len, reverse=True):
        reason = reason.replace(word, "…") if word else reason
    return reason


def test_controls_one_may_not_use_say_why(tenant: Tenant) -> None:
    furnish(tenant)
    with_password(tenant, "reader", allowing("iam:Get*", "iam:List*"))
    html = sign_in(tenant, "reader").get("/console/users/ada/").content.decode()
    assert html.count('aria-disabled="true"') == 7
    assert "is not authorized to perform: iam:DeleteUser" in html
    assert ">Detach<" not in html
    assert "/console/events/" not in html
    assert '<a class="nav-link" href="/console/roles/"' in html


DELEGATED = {
    "below a path": allowing("iam:ListUsers", "iam:CreateUser", resource="arn:aws:iam::*:user/team/*"),
    "with a boundary": allowing(
        "iam:CreateUser", condition='{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::aws:policy/X"}}'
    ),
}


@pytest.mark.parametrize("document", DELEGATED.values(), ids=DELEGATED)
def test_a_form_stays_open_where_the_answer_depends_on_what_is_filled_in(tenant: Tenant, document: str) -> None:
    with_password(tenant, "lead", document)
    client = sign_in(tenant, "lead")
    assert client.get("/console/create/user/").status_code == 200
    assert client.post("/console/create/user/", {"user_name": "x", "console_access": "none"}).status_code == 403


def test_an_explicit_deny_closes_the_form(tenant: Tenant) -> None:
    deny = allowing("iam:CreateUser").replace("Allow", "Deny")
    with_password(tenant, "lead", allowing("iam:*"), deny)
    response = sign_in(tenant, "lead").get("/console/create/user/")
    assert response.status_code == 403
    assert "with an explicit deny" in response.content.decode()


def test_asking_leaves_no_record(tenant: Tenant, weak: Client) -> None:
    from iamconsole.audit.models import AuditEvent

    before = AuditEvent.objects.filter(account_id=tenant.account_id).count()
    weak.get("/console/search/?q=x")
    weak.get("/console/create/user/")
    assert AuditEvent.objects.filter(account_id=tenant.account_id).count() == before


def test_a_fault_of_ours_is_told_as_such(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iamconsole.interfaces.console.listing.State.of", lambda *_args: 1 / 0)
    response = admin.get("/console/users/")
    assert response.status_code == 500
    assert response["x-amzn-RequestId"] in response.content.decode()
    assert "ZeroDivision" not in response.content.decode()
