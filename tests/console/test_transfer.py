"""Users and groups as CSV: what is exported is read back; what is imported is previewed, and all or nothing."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.importing import csv_rows
from accounts.models import Membership, User
from iamconsole.interfaces.console.pages import importing
from iamconsole.replication.models import ChangeEntry
from tests.console.client import sign_in, streamed, with_password
from tests.console.furniture import allowing, furnish
from tests.support.tenants import Tenant

THERE = "/console/import/users/"
ROWS = "UserName,Path,Groups,Tags\ngrace,/team/,devs,floor=2\nlinus,,,\n"


def users(tenant: Tenant) -> list[str]:
    rows = User.objects.filter(account_id=tenant.account_id, is_root=False)
    return sorted(rows.values_list("name", flat=True))


def test_a_file_is_previewed_then_imported(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    before = ChangeEntry.objects.count()
    preview = admin.post(THERE, {"file": SimpleUploadedFile("users.csv", ROWS.encode())})
    html = preview.content.decode()
    assert "2 users, 0 rows refused" in html
    assert "/team/ · joins devs" in html
    assert "aws iam create-user --user-name grace --path /team/" in html
    assert ChangeEntry.objects.count() == before
    done = admin.post(THERE, {"text": ROWS, "confirmed": "1"})
    assert done["Location"] == "/console/users/?filter=no-console&sort=-created"
    listed = admin.get(done["Location"]).content.decode()
    assert "2 users were imported and cannot sign in yet" in listed
    assert ">linus<" in listed
    assert ">ada<" not in listed
    assert users(tenant) == ["ada", "admin", "grace", "linus"]
    assert Membership.objects.filter(account_id=tenant.account_id, user__name="grace").count() == 1


def test_one_refused_row_keeps_all_of_them_out(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    html = admin.post(THERE, {"text": f"{ROWS}ada,,,\n"}).content.decode()
    assert "row 4" in html.partition('id="skipped"')[2]
    assert 'name="confirmed"' in html
    assert "Nothing would change" in html
    assert admin.post(THERE, {"text": f"{ROWS}ada,,,\n", "confirmed": "1"}).status_code == 409
    assert users(tenant) == ["ada", "admin"]


def test_a_preview_shows_some_of_many_and_counts_them_all(
    tenant: Tenant, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(tenant)
    monkeypatch.setattr(importing, "SHOWN_ROWS", 1)
    html = admin.post(THERE, {"text": ROWS}).content.decode()
    assert "2 users, 0 rows refused" in html
    assert "2 changes</h2>" in html
    assert "and 1 more like these" in html
    assert html.count('<div class="panel-row">') == 1
    refused = admin.post(THERE, {"text": f"{ROWS}ada,,,\nadmin,,,\n"}).content.decode()
    assert "2 skipped, and why" in refused
    assert "and 1 more" in refused


def test_bad_rows_are_named_and_the_text_stays(admin: Client) -> None:
    answer = admin.post(THERE, {"text": "UserName,Tags\nx y,\nz,oops\n"})
    html = answer.content.decode()
    assert answer.status_code == 400
    for said in ("row 2", "row 3", "oops", "x y,"):
        assert said in html
    assert admin.post(THERE, {}).status_code == 400
    assert admin.post(THERE, {"file": SimpleUploadedFile("x.csv", b"\xff\xfe")}).status_code == 400


def test_a_file_is_read_whole_or_not_at_all(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off at some byte it would end in half a name, and all users after it were missing."""
    monkeypatch.setattr(importing, "LARGEST", 20)
    answer = admin.post(THERE, {"file": SimpleUploadedFile("users.csv", b"UserName\nada-lovelace\n")})
    assert answer.status_code == 400
    assert "larger than 1 MB" in answer.content.decode()
    monkeypatch.setattr(csv_rows, "MOST_ROWS", 2)
    answer = admin.post(THERE, {"text": "UserName\na\nb\nc\n"})
    assert answer.status_code == 400
    assert "may have 2 rows" in answer.content.decode()


def test_of_many_bad_rows_some_are_shown(admin: Client) -> None:
    html = admin.post(THERE, {"text": "\n".join(["UserName", *(f"!{n}" for n in range(60))])}).content.decode()
    assert "row 51:" in html
    assert "row 52:" not in html
    assert "and 10 more" in html


def test_what_is_exported_is_read_back(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    exported = admin.get("/console/users.csv")
    assert exported["Content-Disposition"] == 'attachment; filename="users.csv"'
    text = streamed(exported)
    tenant.run("iam:CreateUser", user_name="later")
    row = next(line for line in text.splitlines() if line.startswith("ada,"))
    again = "\n".join([text.splitlines()[0], re.sub("^ada", "copy", row)])
    assert admin.post(THERE, {"text": again, "confirmed": "1"}).status_code == 302
    assert User.objects.get(account_id=tenant.account_id, name="copy").tags == {"team": "blue"}


def test_groups_are_previewed_imported_and_exported(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    rows = "GroupName,Path,Policies,Users\nops,/team/,Reports;ReadOnlyAccess,ada\n"
    there = "/console/import/groups/"
    html = admin.post(there, {"text": rows}).content.decode()
    assert "1 group, 0 rows refused" in html
    assert "/team/ · with ada" in html
    assert "aws iam attach-group-policy --group-name ops" in html
    assert admin.post(there, {"text": rows, "confirmed": "1"})["Location"] == "/console/groups/"
    exported = streamed(admin.get("/console/groups.csv")).splitlines()
    assert exported[0] == "GroupName,Path,Policies,Users,InlinePolicies,GroupId,Arn,CreateDate"
    assert exported[1].startswith("devs,/,arn:aws:iam::")
    assert ",ada," in exported[1]
    assert len(exported) == 3
    assert admin.post(there, {"text": rows, "confirmed": "1"}).status_code == 409


def test_an_export_is_of_what_the_list_shows(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    tenant.run("iam:CreateGroup", group_name="idle")
    page = admin.get("/console/users/?q=ada&filter=keys&sort=-created&page=1").content.decode().replace("&amp;", "&")
    assert 'href="/console/users.csv?q=ada&filter=keys"' in page
    assert len(streamed(admin.get("/console/users.csv")).splitlines()) == 3
    found = streamed(admin.get("/console/users.csv?q=ada&filter=keys")).splitlines()[1:]
    assert [line.partition(",")[0] for line in found] == ["ada"]
    groups = streamed(admin.get("/console/groups.csv?filter=empty")).splitlines()[1:]
    assert [line.partition(",")[0] for line in groups] == ["idle"]


def test_both_take_rights(tenant: Tenant) -> None:
    furnish(tenant)
    with_password(tenant, "reader", allowing("iam:ListUsers", "iam:ListGroups"))
    client = sign_in(tenant, "reader")
    for address in ("/console/users.csv", "/console/groups.csv", THERE):
        assert client.get(address).status_code == 403, address
    assert client.post(THERE, {"text": ROWS, "confirmed": "1"}).status_code == 403
    html = client.get("/console/users/").content.decode()
    assert "iam:GetAccountAuthorizationDetails" in html


def test_a_bulk_action_comes_back_to_the_list_as_it_was(tenant: Tenant, admin: Client) -> None:
    tenant.user("ada")
    state = "?q=a&filter=keys&sort=-created"
    preview = admin.post(f"/console/bulk/users/{state}", {"action": "deactivate-keys", "selected": ["ada"]})
    html = preview.content.decode().replace("&amp;", "&")
    assert f'action="/console/bulk/users/{state}"' in html
    assert f'href="/console/users/{state}">Cancel' in html
    sent = {"action": "deactivate-keys", "names": "ada", "confirmed": "1"}
    assert admin.post(f"/console/bulk/users/{state}", sent)["Location"] == f"/console/users/{state}"


def test_the_bar_of_a_list_follows_a_live_search(tenant: Tenant, admin: Client) -> None:
    """What a search replaces holds the bar, so that its address and its count are those of what is shown."""
    for number in range(30):
        tenant.run("iam:CreateUser", user_name=f"user-{number}")
    html = admin.get("/console/users/?q=user-").content.decode()
    replaced = html.partition('id="results"')[2].partition("</section>")[0]
    assert 'action="/console/bulk/users/?q=user-"' in replaced
    assert "All 30 results" in replaced
    assert 'data-count="30"' in replaced
