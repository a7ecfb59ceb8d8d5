"""Saved views: a state of a list under a name, one's own or shared, without JavaScript."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import DefaultView, SavedView
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel import clock
from tests.console.client import sign_in, with_password
from tests.console.furniture import TRUST, allowing
from tests.query.aws import limit
from tests.support.tenants import Tenant, open_account
from tests.support.write_guard import setting_up

USERS = "/console/users/"
SAVE = "/console/views/users/save/"
NO_MFA = "filter=no-mfa&sort=-activity&size=50"


def html(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode().replace("&amp;", "&")


def saved(client: Client, name: str, query: str = NO_MFA, **more: str) -> None:
    answer = client.post(f"{SAVE}?{query}", {"view_name": name, **more})
    assert answer.status_code == 302, answer.content.decode()


def the(name: str, tenant: Tenant) -> SavedView:
    return SavedView.objects.get(account_id=tenant.account_id, name=name)


def test_what_one_sees_is_saved_and_found_again(tenant: Tenant, admin: Client) -> None:
    page = html(admin, f"{USERS}?{NO_MFA}&page=1")
    assert f'href="{SAVE}?{NO_MFA}"' in page
    form = html(admin, f"{SAVE}?{NO_MFA}")
    assert "No MFA" in form
    assert "50 a page" in form
    answer = admin.post(f"{SAVE}?{NO_MFA}", {"view_name": "To be asked"})
    assert answer["Location"] == f"{USERS}?{NO_MFA}"
    page = html(admin, f"{USERS}?{NO_MFA}")
    assert f'href="{USERS}?{NO_MFA}" aria-current="true"' in page.partition("divider")[2]
    assert "Save view" not in page
    assert "To be asked" in html(admin, USERS)
    assert "To be asked" not in html(admin, "/console/groups/")


@pytest.mark.parametrize("query", ["&", "#x", "#"])
def test_a_default_view_that_says_nothing_leads_to_the_whole_list(tenant: Tenant, admin: Client, query: str) -> None:
    """The address of a list without parameters leads to its default view: one without any would lead there for ever."""
    members = {"list_name": "users", "view_name": "Shared", "query": query, "shared": True}
    view = tenant.run("iamconsole:PutSavedView", **members).saved_view
    assert admin.post("/console/views/users/", {"do": "default", "view_id": view.view_id}).status_code == 302
    answer = admin.get(USERS, follow=True)
    assert answer.status_code == 200
    assert len(answer.redirect_chain) == 1


def test_the_same_name_again_is_the_same_view(tenant: Tenant, admin: Client) -> None:
    saved(admin, "Mine")
    saved(admin, "MINE", "q=ada")
    (view,) = SavedView.objects.filter(account_id=tenant.account_id)
    assert (view.name, view.query) == ("MINE", "q=ada")


def test_a_view_is_renamed_and_keeps_what_it_shows(tenant: Tenant, admin: Client) -> None:
    saved(admin, "Mine")
    saved(admin, "Other", "q=ada")
    there = f"/console/views/users/{the('Mine', tenant).id}/edit/"
    assert admin.post(there, {"view_name": "Better"}).status_code == 302
    assert the("Better", tenant).query == NO_MFA
    refused = admin.post(there, {"view_name": "other"})
    assert refused.status_code == 400
    assert "already exists" in refused.content.decode()


def test_a_list_opens_with_the_default_and_shows_all_on_request(tenant: Tenant, admin: Client) -> None:
    saved(admin, "Mine", "filter=no-mfa", is_default="on")
    assert admin.get(USERS)["Location"] == f"{USERS}?filter=no-mfa"
    whole = html(admin, f"{USERS}?filter=no-mfa")
    assert f'href="{USERS}?view=all"' in whole
    everybody = html(admin, f"{USERS}?view=all")
    assert f'href="{USERS}?view=all" aria-current="true">All<' in everybody
    assert 'action="/console/bulk/users/?view=all"' in everybody
    back = admin.post("/console/bulk/users/?view=all", {"action": "delete"})
    assert back["Location"] == f"{USERS}?view=all"
    admin.post("/console/views/users/", {"do": "no-default"})
    assert admin.get(USERS).status_code == 200
    assert not DefaultView.objects.filter(account_id=tenant.account_id).exists()


def test_others_see_what_is_shared_and_change_nothing_of_it(tenant: Tenant, admin: Client) -> None:
    saved(admin, "Private")
    saved(admin, "Ours", "q=a", shared="on")
    with_password(tenant, "eve", allowing("iam:*", "iamconsole:*"))
    eve = sign_in(tenant, "eve")
    page = html(eve, "/console/views/users/")
    assert "Ours" in page
    assert "Private" not in page
    for view in ("Ours", "Private"):
        sent = {"view_id": the(view, tenant).id}
        assert eve.post("/console/views/users/", {"do": "delete", **sent}).status_code in (400, 404)
    eve.post("/console/views/users/", {"do": "default", "view_id": the("Ours", tenant).id})
    assert eve.get(USERS)["Location"] == f"{USERS}?q=a"
    assert admin.get(USERS).status_code == 200
    eve.post("/console/views/users/", {"do": "unshare", "view_id": the("Ours", tenant).id})
    assert eve.get(USERS).status_code == 200
    assert the("Ours", tenant).shared is False


def test_no_view_leaves_its_account(tenant: Tenant, admin: Client, app: object) -> None:
    saved(admin, "Ours", shared="on")
    other = open_account(app)
    assert other.run("iamconsole:ListSavedViews").saved_views == []
    with pytest.raises(Exception, match="cannot be found"):
        other.run("iamconsole:DeleteSavedView", view_id=the("Ours", tenant).id)


def test_sharing_takes_a_right_of_its_own(tenant: Tenant) -> None:
    rights = ("iam:ListUsers", "iamconsole:ListSavedViews", "iamconsole:PutSavedView")
    with_password(tenant, "eve", allowing(*rights))
    eve = sign_in(tenant, "eve")
    form = html(eve, f"{SAVE}?q=a")
    assert 'name="shared"' not in form
    assert 'name="is_default"' not in form
    saved(eve, "Mine", "q=a", shared="on")
    assert the("Mine", tenant).shared is False
    with_password(tenant, "bob", allowing("iam:ListUsers"))
    bob = sign_in(tenant, "bob")
    assert "Save view" not in html(bob, f"{USERS}?q=a")
    assert bob.get(f"{SAVE}?q=a").status_code == 403
    assert bob.get("/console/views/users/").status_code == 403


def test_a_view_of_what_is_no_more_says_so(tenant: Tenant, admin: Client) -> None:
    tenant.run("iamconsole:PutSavedView", list_name="users", view_name="Old", query="filter=gone&sort=-shoe")
    member = {"list_name": "users", "view_name": "Odd", "query": "%%%&=&q=%00&page=x"}
    tenant.run("iamconsole:PutSavedView", **member)
    tenant.run("iamconsole:ShareSavedView", view_id=the("Old", tenant).id)
    tenant.run("iamconsole:ShareSavedView", view_id=the("Odd", tenant).id)
    page = html(admin, USERS)
    assert "Names what this list does not have" in page
    opened = html(admin, f"{USERS}?filter=gone&sort=-shoe")
    assert "no filter or column gone, shoe" in opened
    assert "gone, which this list does not have" in html(admin, "/console/views/users/")
    assert admin.get(f"{USERS}?{the('Odd', tenant).query}").status_code == 200


def test_there_are_no_views_of_what_is_no_list(admin: Client) -> None:
    for address in ("/console/views/shoes/", "/console/views/shoes/save/", "/console/views/users/sv-1/edit/"):
        assert admin.get(address).status_code == 404, address


def test_every_change_is_on_record_and_within_quota(tenant: Tenant, admin: Client) -> None:
    saved(admin, "Mine")
    admin.post("/console/views/users/", {"do": "delete", "view_id": the("Mine", tenant).id})
    names = AuditEvent.objects.filter(account_id=tenant.account_id).values_list("name", flat=True)
    assert {"PutSavedView", "DeleteSavedView"} <= set(names)
    assert not SavedView.objects.filter(account_id=tenant.account_id).exists()
    limit(tenant, "SavedViewsPerUser", 1)
    saved(admin, "First")
    refused = admin.post(f"{SAVE}?q=a", {"view_name": "Second"})
    assert "Cannot exceed quota for SavedViewsPerUser: 1" in refused.content.decode()


def test_what_one_may_not_see_is_still_there_for_others(tenant: Tenant, admin: Client) -> None:
    with_password(tenant, "clerk", allowing("iam:ListUsers"))
    assert "No MFA" not in html(sign_in(tenant, "clerk"), USERS)
    saved(admin, "Mine")
    assert the("Mine", tenant).query == NO_MFA


def test_views_go_with_whoever_saved_them(tenant: Tenant, admin: Client) -> None:
    with_password(tenant, "eve", allowing("iam:*", "iamconsole:*"))
    eve = sign_in(tenant, "eve")
    saved(eve, "Hers", "q=a", shared="on")
    saved(admin, "Mine", shared="on")
    eve.post("/console/views/users/", {"do": "default", "view_id": the("Mine", tenant).id})
    admin.post("/console/views/users/", {"do": "default", "view_id": the("Hers", tenant).id})
    tenant.run("iam:CreateRole", role_name="reader", assume_role_policy_document=TRUST)
    role = tenant.run("iam:GetRole", role_name="reader").role.role_id
    with setting_up():
        for owner in (f"{role}:session", f"{role}X:session"):
            kept = {"account_id": tenant.account_id, "created": clock.now(), "updated": clock.now()}
            SavedView.objects.create(id=owner[-12:], owner=owner, list_name="users", name=owner, **kept)
    tenant.run("iam:DeleteLoginProfile", user_name="eve")
    tenant.run("iam:DeleteUserPolicy", user_name="eve", policy_name="p0")
    tenant.run("iam:DeleteUser", user_name="eve")
    tenant.run("iam:DeleteRole", role_name="reader")
    names = set(SavedView.objects.filter(account_id=tenant.account_id).values_list("name", flat=True))
    assert names == {"Mine", f"{role}X:session"}
    assert not DefaultView.objects.filter(account_id=tenant.account_id).exists()
    assert admin.get(USERS).status_code == 200
