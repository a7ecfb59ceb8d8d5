"""Choosing among thousands by typing: what is listed and to whom, and what a form makes of names and ARNs."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.console.client import sign_in, with_password
from tests.console.furniture import ALLOW, TRUST, allowing
from tests.support.company.permissions import policies
from tests.support.company.rows import Rows
from tests.support.tenants import Tenant, open_account
from tests.support.write_guard import setting_up

AWS = "arn:aws:iam::aws:policy/"
CREATE = "/console/create/user/"
MANY = 2_000
LIGHT = 60_000  # bytes


def options(client: Client, kind: str, **asked: str) -> list[str]:
    """What is sent of each line, in the order of the list."""
    response = client.get(f"/console/choices/{kind}/", asked)
    assert response.status_code == 200
    assert "<html" not in response.content.decode()
    return [unescape(value) for value in re.findall(r'data-value="([^"]*)"', response.content.decode())]


def told(client: Client, kind: str, **asked: str) -> str:
    return unescape(client.get(f"/console/choices/{kind}/", asked).content.decode())


def test_forms_stay_light_and_lists_short_whatever_there_is(tenant: Tenant, admin: Client) -> None:
    with setting_up():
        made = policies(Rows(tenant.account_id, "rule-"), MANY)
    for page in ("create/user/", "create/group/", "create/role/"):
        answer = admin.get(f"/console/{page}")
        assert "data-picker" in answer.content.decode(), page
        assert len(answer.content) < LIGHT, page
    listed = told(admin, "policies")
    assert listed.count('data-value="') == 20
    assert re.search(r"1,?9\d\d more: type on", listed)
    assert options(admin, "policies", q=made[7].name) == [made[7].arn]
    assert options(admin, "policies", q=made[7].arn) == [made[7].arn]


def test_the_nearest_come_first_and_ones_own_before_those_of_aws(tenant: Tenant, admin: Client) -> None:
    for name in ("MyReadOnlyAccess", "ReadOnlyAccess", "ReadOnlyAccessToo"):
        tenant.run("iam:CreatePolicy", policy_name=name, policy_document=ALLOW)
    own = f"arn:aws:iam::{tenant.account_id}:policy/"
    found = options(admin, "policies", q="readonlyacc")
    assert found[:3] == [f"{own}ReadOnlyAccess", f"{own}ReadOnlyAccessToo", f"{AWS}ReadOnlyAccess"]
    assert f"{own}MyReadOnlyAccess" in found[3:]
    assert options(admin, "policies", q="readonlyaccess")[:2] == [f"{own}ReadOnlyAccess", f"{AWS}ReadOnlyAccess"]
    assert options(admin, "policies")[0] == f"{own}MyReadOnlyAccess"
    assert options(admin, "policies", first="job-functions")[0] == f"{AWS}AdministratorAccess"
    assert "first=job-functions" in admin.get("/console/create/group/").content.decode()


def test_roles_of_services_are_nothing_to_choose(tenant: Tenant, admin: Client) -> None:
    tenant.run("iam:CreateRole", role_name="reader", assume_role_policy_document=TRUST)
    tenant.run("iam:CreateServiceLinkedRole", aws_service_name="ecs.amazonaws.com")
    assert options(admin, "roles") == ["reader"]
    assert options(admin, "groups", q="none") == []
    assert "Nothing is called “none”." in told(admin, "groups", q="none")
    assert admin.get("/console/choices/secrets/").status_code == 404


def test_other_accounts_are_not_listed(app: Any, admin: Client) -> None:
    other = open_account(app)
    other.run("iam:CreateGroup", group_name="theirs")
    assert options(admin, "groups") == []
    html = post(admin, groups=["theirs"]).content.decode()
    assert "There is no group “theirs” in this account" in unescape(html)


def post(client: Client, **form: object) -> Any:
    return client.post(CREATE, {"user_name": "ann", "path": "/", "console_access": "none", **form})


def test_a_form_takes_names_and_arns_a_line_each_without_any_script(tenant: Tenant, admin: Client) -> None:
    arn = tenant.run("iam:CreatePolicy", policy_name="Reports", path="/team/", policy_document=ALLOW).policy.arn
    for name in ("Devs", "Ops"):
        tenant.run("iam:CreateGroup", group_name=name)
    ops = tenant.run("iam:GetGroup", group_name="Ops").group.arn
    sent = {
        "groups": f"devs\r\n\r\n {ops} \r\nDevs",
        "policy_arns": f"reports\nViewOnlyAccess\n{arn}",
        "permissions_boundary": "PowerUserAccess",
    }
    assert post(admin, **sent)["Location"] == "/console/users/ann/"
    attached = tenant.run("iam:ListAttachedUserPolicies", user_name="ann").attached_policies
    assert {each.policy_arn for each in attached} == {arn, f"{AWS}job-function/ViewOnlyAccess"}
    assert [each.group_name for each in tenant.run("iam:ListGroupsForUser", user_name="ann").groups] == ["Devs", "Ops"]
    bound = tenant.run("iam:GetUser", user_name="ann").user.permissions_boundary
    assert bound.permissions_boundary_arn == f"{AWS}PowerUserAccess"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"policy_arns": "Reprots"}, "There is no policy “Reprots”, neither in this account nor of AWS"),
        ({"policy_arns": "arn:aws:iam::aws:policy/Reprots"}, "There is no policy “arn:aws:iam::aws:policy/Reprots”"),
        ({"policy_arns": "arn:aws:iam::210000000002:policy/ViewOnlyAccess"}, "There is no policy “arn:aws:iam::2100"),
        ({"groups": "<b>"}, "There is no group “<b>” in this account"),
        ({"permissions_boundary": ["ViewOnlyAccess", "PowerUserAccess"]}, "Choose 1 at most."),
        ({"groups": "\n".join(f"g{n}" for n in range(101))}, "Choose 100 at most."),
    ],
)
def test_what_names_nothing_is_a_fault_of_its_field_and_stays_typed(
    admin: Client, form: dict[str, object], said: str
) -> None:
    answer = post(admin, **form)
    html = answer.content.decode()
    assert answer.status_code == 400
    assert said in unescape(html)
    assert "<b>" not in html
    assert 'aria-invalid="true"' in html
    for typed in form.values():
        assert str(typed if isinstance(typed, str) else typed[0]).splitlines()[0] in unescape(html)


def test_who_may_not_list_types_names_or_arns_and_reads_why(tenant: Tenant) -> None:
    allowed = ("iam:CreateUser", "iam:AddUserToGroup", "iam:AttachUserPolicy")
    with_password(tenant, "weak", allowing(*allowed))
    tenant.run("iam:CreateGroup", group_name="devs")
    arn = tenant.run("iam:CreatePolicy", policy_name="Reports", policy_document=ALLOW).policy.arn
    weak = sign_in(tenant, "weak")
    html = unescape(weak.get(CREATE).content.decode())
    assert "data-picker" not in html
    assert "type names or ARNs. User: arn:aws:iam" in html
    assert "to perform: iam:ListPolicies" in html
    assert weak.get("/console/choices/policies/").status_code == 403
    sent = {"groups": "devs", "policy_arns": "Reports\nSecurityAudit"}
    assert post(weak, **sent).status_code == 302
    attached = tenant.run("iam:ListAttachedUserPolicies", user_name="ann").attached_policies
    assert {each.policy_arn for each in attached} == {arn, f"{AWS}SecurityAudit"}
    assert post(weak, user_name="bob", groups="no-such-group").status_code in (400, 403)
