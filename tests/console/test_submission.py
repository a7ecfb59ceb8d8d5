"""A form counts once, whatever is pressed twice; after every POST a reload is safe; what was typed is not lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AccessKey, Group, User
from iamconsole.interfaces.console import submission
from iamconsole.replication.models import ChangeEntry
from tests.console.crawling import Form, Page, undone
from tests.console.furniture import furnish
from tests.console.test_pages import ADDRESSES, FOR_EVERYBODY
from tests.support.tenants import Tenant

TOKEN = re.compile(r'name="submission" value="([^"]+)"')
NOT_SWEPT = ("/console/theme/", "/console/signout/", "/console/signin/")
LARGE = "x" * 3_000_000


def token_of(client: Client, page: str) -> str:
    found = TOKEN.search(client.get(page).content.decode())
    assert found
    return found[1]


def test_pressed_twice_a_form_is_sent_once_and_shows_what_became_of_it(tenant: Tenant, admin: Client) -> None:
    sent = {"group_name": "devs", "path": "/", "submission": token_of(admin, "/console/create/group/")}
    first, second = (admin.post("/console/create/group/", sent) for _ in range(2))
    assert [first.status_code, second.status_code] == [302, 302]
    assert first["Location"] == second["Location"] == "/console/groups/devs/"
    assert Group.objects.filter(account_id=tenant.account_id).count() == 1
    assert admin.get("/console/groups/devs/").content.decode().count("Group devs was created.") == 1


def test_what_was_changed_after_going_back_is_another_submission(tenant: Tenant, admin: Client) -> None:
    token = token_of(admin, "/console/create/group/")
    for name in ("devs", "ops"):
        sent = {"group_name": name, "path": "/", "submission": token}
        assert admin.post("/console/create/group/", sent)["Location"] == f"/console/groups/{name}/"


def test_files_are_bounded_as_forms_are(client: Client) -> None:
    """They would be written to the disk before anybody is asked who he is."""
    answer = client.post("/console/signin/", {"file": SimpleUploadedFile("x", LARGE.encode())})
    assert answer.status_code == 413
    assert "The form is too large" in answer.content.decode()


def test_what_was_refused_may_come_again(tenant: Tenant, admin: Client) -> None:
    tenant.run("iam:CreateGroup", group_name="devs")
    sent = {"group_name": "devs", "path": "/", "submission": token_of(admin, "/console/create/group/")}
    assert admin.post("/console/create/group/", sent).status_code == 400
    tenant.run("iam:DeleteGroup", group_name="devs")
    assert admin.post("/console/create/group/", sent).status_code == 302


def test_the_second_does_not_overtake_the_first(tenant: Tenant, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission, "PATIENCE", 0.1)
    monkeypatch.setattr(submission.cache, "add", lambda *_args: False)
    sent = {"group_name": "devs", "path": "/", "submission": "x"}
    answer = admin.post("/console/create/group/", sent)
    assert answer.status_code == 409
    assert "still being worked on" in answer.content.decode()
    assert not Group.objects.filter(account_id=tenant.account_id).exists()


def test_a_secret_is_shown_once_and_a_reload_makes_no_other(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    sent = {"do": "create", "submission": "once"}
    first, second = (admin.post("/console/users/ada/keys/", sent) for _ in range(2))
    assert "Secret access key" in first.content.decode()
    assert second["Location"] == "/console/users/ada/tab/credentials/"
    assert AccessKey.objects.filter(account_id=tenant.account_id, user__name="ada").count() == 2
    assert "is not shown again" in admin.get(second["Location"]).content.decode()


def forms(client: Client, addresses: list[str]) -> Iterator[tuple[str, Form]]:
    """Every form of every page that posts, each kind once."""
    seen = set()
    for address in addresses:
        for form in Page(client.get(address).content.decode(), address).forms:
            if form.what() not in seen and not form.action.startswith(NOT_SWEPT):
                seen.add(form.what())
                yield address, form


def test_no_form_of_any_page_does_anything_twice(tenant: Tenant, admin: Client) -> None:
    things = furnish(tenant)
    addresses = [page.format(**things) for page in (*ADDRESSES, *FOR_EVERYBODY)]
    changed = 0
    for address, form in list(forms(admin, addresses)):
        assert any(name == submission.FIELD for name, _value in form.fields), (address, form)
        with undone(admin):
            before = ChangeEntry.objects.count()
            first = admin.post(form.action, form.sent(*form.buttons[:1]))
            once = ChangeEntry.objects.count()
            second = admin.post(form.action, form.sent(*form.buttons[:1]))
            assert ChangeEntry.objects.count() == once, (address, form)
            assert first.status_code < 500, (address, form, first.content.decode())
            if once > before:
                changed += 1
                assert second.status_code == 302, (address, form)
                assert first.status_code == 302 or "no-store, private" in first["Cache-Control"], (address, form)
    assert changed > 20


@pytest.mark.parametrize("address", ["/console/create/user/", "/console/signin/"])
def test_what_is_too_large_gets_a_page(admin: Client, address: str) -> None:
    answer = admin.post(address, {"user_name": LARGE})
    html = answer.content.decode()
    assert answer.status_code == 413
    assert "The form is too large" in html
    assert html.count("<h1") == 1
    many = admin.post(address, {f"field{number}": "x" for number in range(4100)})
    assert many.status_code == 413


def test_refused_tags_stay_in_the_form(tenant: Tenant, admin: Client) -> None:
    arn = furnish(tenant)["policy"]
    sent = {"tag_key": ["team", "aws:mine", "new"], "tag_value": ["blue", "x", "kept-value"]}
    for address in ("/console/users/ada/tags/", "/console/roles/reader/tags/", f"/console/policies/tags/save/{arn}"):
        answer = admin.post(address, sent)
        html = answer.content.decode()
        assert answer.status_code == 400, address
        for typed in ("aws:mine", "kept-value", "blue"):
            assert f'value="{typed}"' in html, address
        assert "callout--bad" in html
    assert User.objects.get(account_id=tenant.account_id, name="ada").tags == {"team": "blue"}


def test_nobody_deletes_himself_half_way(tenant: Tenant, admin: Client) -> None:
    page = admin.get("/console/users/admin/delete/").content.decode()
    assert "You are signed in as this user" in page
    assert 'form="delete"' not in page
    assert admin.post("/console/users/admin/delete/", {"confirm": "admin"}).status_code == 409
    tenant.user("ada")
    preview = admin.post("/console/bulk/users/", {"action": "delete", "selected": ["admin", "ada"]}).content.decode()
    assert "1 change, 1 skipped" in preview


def test_a_toast_says_which_change_it_is_about(tenant: Tenant, admin: Client) -> None:
    saved = admin.post("/console/create/group/", {"group_name": "devs", "path": "/"})
    token = saved["X-Iam-Consistency-Token"]
    assert f'data-change="{token}"' in admin.get(saved["Location"]).content.decode()
    assert admin.get(f"/api/v1/changes/{token}").json()["regions"][0]["applied"] is True
