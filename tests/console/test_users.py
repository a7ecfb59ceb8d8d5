"""Users in the console: made, changed and deleted through operations, one record each."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest
from django.test import Client

from accounts.models import AccessKey, LoginProfile, User
from iamconsole.audit.models import AuditEvent
from tests.console.client import with_password
from tests.console.furniture import ALLOW, furnish
from tests.support.tenants import Tenant

NONCE = re.compile(r'name="submission" value="([^"]+)"')
CREATE = "/console/create/user/"


def events(tenant: Tenant) -> list[dict[str, Any]]:
    """What the account's trail holds of the console, oldest first, without signing in."""
    found = AuditEvent.objects.filter(account_id=tenant.account_id).order_by("sequence")
    records = [orjson.loads(event.body) for event in found]
    return [record for record in records if record["door"] == "console" and "Console" not in record["eventName"]]


def names(tenant: Tenant) -> list[str]:
    return [record["eventName"] for record in events(tenant)]


def user_form(client: Client, **filled: Any) -> dict[str, Any]:
    nonce = NONCE.search(client.get(CREATE).content.decode())
    assert nonce
    return {"console_access": "none", "path": "/", "submission": nonce.group(1), **filled}


def test_a_user_with_everything_is_made_in_one_batch(tenant: Tenant, admin: Client) -> None:
    things = furnish(tenant)
    sent = user_form(
        admin,
        user_name="grace",
        path="/team/",
        console_access="generated",
        password_reset_required="on",
        access_key="on",
        groups=["devs"],
        policy_arns=[things["policy"]],
        permissions_boundary=things["policy"],
        tag_key=["team", ""],
        tag_value=["red", ""],
    )
    response = admin.post(CREATE, sent)
    html = response.content.decode()
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert response["X-Iam-Consistency-Token"]
    user = User.objects.get(account_id=tenant.account_id, name="grace")
    key = AccessKey.objects.get(account_id=tenant.account_id, user=user)
    assert (user.path, user.tags, user.boundary.name) == ("/team/", {"team": "red"}, "Reports")
    assert LoginProfile.objects.get(account_id=tenant.account_id, user=user).reset_required
    assert key.pk in html
    made = ["CreateUser", "CreateLoginProfile", "AddUserToGroup", "AttachUserPolicy", "CreateAccessKey"]
    assert names(tenant) == made
    password, secret = re.findall(r"</summary><code>([^<]+)</code>", html)
    assert user.check_password(password.replace("&amp;", "&"))
    for place in (*admin.session.values(), *(str(event) for event in events(tenant))):
        assert secret not in str(place)
        assert password not in str(place)


def test_a_reload_of_the_page_with_the_secret_makes_nothing_new(tenant: Tenant, admin: Client) -> None:
    sent = user_form(admin, user_name="grace", access_key="on")
    admin.post(CREATE, sent)
    again = admin.post(CREATE, sent)
    assert (again.status_code, again["Location"]) == (302, "/console/users/grace/")
    assert names(tenant) == ["CreateUser", "CreateAccessKey"]


def test_a_refused_form_shows_the_fault_on_its_field_and_may_be_sent_again(tenant: Tenant, admin: Client) -> None:
    sent = user_form(admin, user_name="not a name", path="team", tag_key=["aws:x"], tag_value=["y"])
    response = admin.post(CREATE, sent)
    html = response.content.decode()
    assert response.status_code == 400
    assert 'id="id_user_name_error"' in html
    assert 'id="id_path_error"' in html
    assert 'value="not a name"' in html
    assert User.objects.filter(account_id=tenant.account_id, is_root=False).count() == 1
    assert admin.post(CREATE, sent | {"user_name": "grace", "path": "/", "tag_key": ["x"]}).status_code == 302


@pytest.mark.parametrize(
    ("sent", "field", "text"),
    [
        ({"user_name": "admin"}, "user_name", "User with name admin already exists."),
        ({"user_name": "x", "console_access": "typed", "password": "short"}, "password", "length between 8 and 128"),
        ({"user_name": "x", "console_access": "typed"}, "password", "Type a password"),
    ],
)
def test_faults_of_operations_find_their_fields(admin: Client, sent: dict[str, str], field: str, text: str) -> None:
    html = admin.post(CREATE, user_form(admin, **sent)).content.decode()
    notes = html.partition(f'id="id_{field}_error"')[2][:400]
    assert text in notes


def test_all_or_nothing(tenant: Tenant, admin: Client) -> None:
    admin.post(CREATE, user_form(admin, user_name="grace", console_access="typed", password="short"))
    assert not User.objects.filter(account_id=tenant.account_id, name="grace").exists()


def test_a_typed_password_is_not_shown_again(tenant: Tenant, admin: Client) -> None:
    sent = user_form(admin, user_name="admin", console_access="typed", password="Very-secret-77")
    assert "Very-secret-77" not in admin.post(CREATE, sent).content.decode()


def test_renaming(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    response = admin.post("/console/users/ada/edit/", {"new_user_name": "ada2", "new_path": "/x/"})
    assert response["Location"] == "/console/users/ada2/"
    assert response["X-Iam-Consistency-Token"]
    assert names(tenant) == ["UpdateUser"]


def test_deleting_takes_the_typed_name_and_everything_with_it(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    page = admin.get("/console/users/ada/delete/").content.decode()
    for said in (
        "1</strong> access key stops working",
        "1</strong> SSH public key is deleted",
        "1</strong> signing certificate is deleted",
        "1</strong> service-specific credential stops working",
        "1</strong> group loses a member",
        "password stops working",
    ):
        assert said in page
    assert admin.post("/console/users/ada/delete/", {"confirm": "Ada"}).status_code == 400
    assert User.objects.filter(account_id=tenant.account_id, name="ada").exists()
    assert admin.post("/console/users/ada/delete/", {"confirm": "ada"})["Location"] == "/console/users/"
    assert names(tenant) == [
        "DeleteLoginProfile",
        "DeleteAccessKey",
        "DeleteSSHPublicKey",
        "DeleteSigningCertificate",
        "DeleteServiceSpecificCredential",
        "RemoveUserFromGroup",
        "DetachUserPolicy",
        "DeleteUserPolicy",
        "DeleteUser",
    ]
    assert admin.post("/console/users/ada/delete/", {"confirm": "ada"}).status_code == 404


def test_access_keys(tenant: Tenant, admin: Client) -> None:
    key = furnish(tenant)["key"]
    there = "/console/users/ada/keys/"
    sent = {"do": "create", "submission": "once"}
    first, second = admin.post(there, sent), admin.post(there, sent)
    assert (first.status_code, second.status_code) == (200, 302)
    assert AccessKey.objects.filter(account_id=tenant.account_id, user__name="ada").count() == 2
    full = admin.post(there, {"do": "create", "submission": "another"})
    assert full.status_code == 409
    assert "Cannot exceed quota for AccessKeysPerUser: 2" in full.content.decode()
    admin.post(there, {"do": "update", "access_key_id": key, "status": "Inactive"})
    assert not AccessKey.objects.get(account_id=tenant.account_id, pk=key).active
    admin.post(f"/console/users/ada/keys/{key}/delete/")
    assert not AccessKey.objects.filter(account_id=tenant.account_id, pk=key).exists()
    assert admin.post(there, {"do": "anything"}).status_code == 400


def test_credentials_as_a_file_are_inert(admin: Client) -> None:
    sent = {"user_name": "=cmd()", "secret_access_key": "+abc/def"}
    response = admin.post("/console/credentials.csv", sent)
    assert response["Content-Type"].startswith("text/csv")
    assert "no-store" in response["Cache-Control"]
    assert response.content.decode().splitlines()[1] == "'=cmd(),,,+abc/def,"


def test_password(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    there = "/console/users/ada/password/"
    assert admin.post(there, {"choice": "typed", "password": "Another-one-9"}).status_code == 302
    assert User.objects.get(account_id=tenant.account_id, name="ada").check_password("Another-one-9")
    assert "sensitive" not in admin.post(there, {"choice": "generated"}).content.decode()
    admin.post("/console/users/ada/password/delete/")
    assert not LoginProfile.objects.filter(account_id=tenant.account_id, user__name="ada").exists()


def test_groups_policies_boundary_and_tags(tenant: Tenant, admin: Client) -> None:
    arn = furnish(tenant)["policy"]
    tenant.run("iam:CreateGroup", group_name="ops")
    user = User.objects.get(account_id=tenant.account_id, name="ada")
    admin.post("/console/users/ada/groups/add/", {"action": "add", "selected": ["ops"]})
    admin.post("/console/users/ada/groups/remove/", {"group_name": "devs"})
    assert [member.group.name for member in user.memberships.filter(account_id=tenant.account_id)] == ["ops"]
    admin.post("/console/users/ada/detach/", {"policy_arn": arn})
    aws = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    admin.post("/console/users/ada/attach/", {"action": "attach", "selected": [aws]})
    attached = user.attachment_set.filter(account_id=tenant.account_id)
    assert [attachment.policy.arn for attachment in attached] == [aws]
    admin.post("/console/users/ada/boundary/", {"policy_arn": aws})
    user.refresh_from_db()
    assert user.boundary.arn == aws
    admin.post("/console/users/ada/boundary/remove/")
    admin.post("/console/users/ada/tags/", {"tag_key": ["cost", "team", ""], "tag_value": ["1", "blue", ""]})
    user.refresh_from_db()
    assert (user.boundary, user.tags) == (None, {"team": "blue", "cost": "1"})
    admin.post("/console/users/ada/tags/", {"tag_key": ["cost"], "tag_value": ["1"]})
    user.refresh_from_db()
    assert user.tags == {"cost": "1"}
    done = names(tenant)
    assert done[-2:] == ["TagUser", "UntagUser"]
    admin.post("/console/users/ada/tags/", {"tag_key": ["cost"], "tag_value": ["1"]})
    assert names(tenant) == done


def test_inline_policy(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    there = "/console/users/ada/inline/"
    wrong = admin.post(there, {"policy_name": "Notes", "policy_document": ALLOW.replace("Allow", "Alow")})
    assert wrong.status_code == 400
    assert 'id="document-errors"' in wrong.content.decode()
    assert admin.post(there, {"policy_name": "Notes", "policy_document": ALLOW}).status_code == 302
    assert "s3:GetObject" in admin.get(f"{there}?policy=Notes").content.decode()
    admin.post("/console/users/ada/inline/delete/?policy=Notes")
    assert admin.get(f"{there}?policy=Notes").status_code == 404


def test_a_denied_write_is_on_record_once(tenant: Tenant, weak: Client) -> None:
    response = weak.post(CREATE, {"user_name": "eve", "console_access": "none"})
    assert response.status_code == 403
    (record,) = events(tenant)
    assert (record["eventName"], record["errorCode"]) == ("CreateUser", "AccessDenied")
    assert record["authorizationId"] in response.content.decode()


def test_one_denied_part_leaves_the_rest_of_the_page(tenant: Tenant) -> None:
    from tests.console.client import sign_in

    furnish(tenant)
    with_password(tenant, "reader", ALLOW.replace("s3:GetObject", "iam:GetUser"))
    html = sign_in(tenant, "reader").get("/console/users/ada/").content.decode()
    assert "arn:aws:iam" in html
    assert "is not authorized to perform: iam:ListAttachedUserPolicies" in html.replace("&#x27;", "'")


def test_what_a_password_alone_opens_is_said_where_there_is_one(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada")
    tab = "/console/users/ada/tab/credentials/"
    assert "Once there is a password, it alone opens the console" in admin.get(tab).content.decode()
    tenant.run("iam:CreateLoginProfile", user_name="ada", password="Correct-horse-7")
    assert "A password alone opens the console" in admin.get(tab).content.decode()


def test_the_age_of_a_key_and_its_day_are_told(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada")
    html = admin.get("/console/users/ada/tab/credentials/").content.decode()
    assert re.search(r'<span class="cell-note">since <time datetime="[^"]+" title="[^"]+" data-zoned>', html)


def test_tags_below_their_heading_are_not_headed_again(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada")
    assert '<legend class="visually-hidden">Tags</legend>' in admin.get("/console/users/ada/tab/tags/").content.decode()
    assert '<legend class="field-label">Tags <span' in admin.get("/console/create/user/").content.decode()
