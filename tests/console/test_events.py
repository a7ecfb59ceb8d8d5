"""Audit events in the console: filters, facets, one record, exports, and whether the chain holds."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

from django.db import connection
from django.test import Client

from iamconsole.audit import guard, inspection, tasks
from iamconsole.audit.models import AuditEvent
from tests.console.client import sign_in, streamed, with_password
from tests.console.furniture import ALLOW, allowing, furnish
from tests.support.tenants import Tenant, open_account
from tests.support.write_guard import setting_up


def names(html: str) -> list[str]:
    return re.findall(r'<td data-label="Event"><a href="[^"]+">([^<]+)</a>', re.sub(r">\s+", ">", html))


def test_every_value_is_a_filter_and_facets_count_what_matches(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    html = admin.get("/console/events/?event_name=CreateUser").content.decode()
    assert set(names(html)) == {"CreateUser"}
    assert "/console/events/?event_name=CreateUser&amp;resource=arn" in html
    assert 'id="facet-1"' in html
    assert "among the 2 that match" in html


def test_failures_are_an_outcome(tenant: Tenant, admin: Client, weak: Client) -> None:
    weak.post("/console/create/group/", {"group_name": "mine", "path": "/"})
    html = admin.get("/console/events/?outcome=Failed").content.decode()
    assert names(html) == ["CreateGroup"]
    assert "CreateGroup" not in names(admin.get("/console/events/?outcome=Succeeded").content.decode())
    assert admin.get("/console/events/?outcome=Perhaps").status_code == 200


def test_times_are_asked_and_shown_in_the_viewers_zone(tenant: Tenant, admin: Client) -> None:
    found = admin.get("/console/events/?since=2020-01-01T00:00&tz=Asia/Kolkata").content.decode()
    assert "+05:30" in found
    assert names(found)
    assert "No events match" in admin.get("/console/events/?until=2020-01-01T00:00").content.decode()
    assert "such as Europe/Berlin" in admin.get("/console/events/?tz=../etc").content.decode()
    assert "such as Europe/Berlin" in admin.get("/console/events/?tz=Moon/Base").content.decode()


def test_a_record_shows_what_changed_since_the_one_before(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    for text in (ALLOW, ALLOW.replace("Get", "Put")):
        tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="reading", policy_document=text)
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="other", policy_document=ALLOW)
    event = AuditEvent.objects.filter(account_id=tenant.account_id, name="PutUserPolicy").order_by("-sequence")[1]
    html = admin.get(f"/console/events/{event.event_id}/").content.decode()
    assert re.search(r'<tr class="removed">.*s3:GetObject', html)
    assert re.search(r'<tr class="added">.*s3:PutObject', html)
    assert "Events on this object" in html
    first = AuditEvent.objects.filter(account_id=tenant.account_id, name="CreateRole").first()
    assert 'class="diff"' not in admin.get(f"/console/events/{first.event_id}/").content.decode()


def test_a_record_leads_to_its_actor_and_its_object(tenant: Tenant, admin: Client) -> None:
    arn = furnish(tenant)["policy"]
    key = tenant.client()
    key.tag_user(UserName="ada", Tags=[{"Key": "a", "Value": "b"}])
    key.tag_policy(PolicyArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    for name, there in {"TagUser": "/console/users/ada/", "TagPolicy": f"/console/policies/{arn}"}.items():
        event = AuditEvent.objects.filter(account_id=tenant.account_id, name=name).latest("sequence")
        html = admin.get(f"/console/events/{event.event_id}/").content.decode()
        assert f'href="{there}"' in html, name
        assert 'href="/console/users/admin/"' in html, name


def test_a_record_of_another_account_is_not_there(tenant: Tenant, admin: Client, app: Any) -> None:
    other = open_account(app)
    theirs = AuditEvent.objects.filter(account_id=other.account_id).first()
    assert admin.get(f"/console/events/{theirs.event_id}/").status_code == 404


def test_what_is_typed_is_a_name_an_event_a_key_or_an_address(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    tenant.client().tag_user(UserName="ada", Tags=[{"Key": "a", "Value": "b"}])

    def found(text: str) -> list[str]:
        return names(admin.get("/console/events/", {"q": text}).content.decode())

    for text in ("ada", "AD", "user/ada", f"arn:aws:iam::{tenant.account_id}:user/ada"):
        assert found(text)[0] == "TagUser", text
    assert set(found("createuser")) == {"CreateUser"}
    assert found("192.0.2.77") == []
    assert found("nobody") == []
    html = admin.get("/console/events/?principal=adm&resource=user/ad").content.decode()
    assert "TagUser" in names(html)
    assert '<details class="panel disclosure" open>' in html


def test_names_are_suggested_while_they_are_typed(tenant: Tenant, admin: Client, weak: Client) -> None:
    furnish(tenant)
    for name in ("q", "principal", "resource"):
        html = admin.get("/console/events/names/", {name: "AD"}).content.decode()
        assert re.findall('value="([^"]+)"', html) == [
            "user/ada",
            "user/admin",
            "policy/AdministratorAccess",
        ], name
    assert "<option" not in admin.get("/console/events/names/?q=").content.decode()
    assert "<option" not in admin.get("/console/events/names/?q=role/ad").content.decode()
    assert weak.get("/console/events/names/?q=ad").status_code == 403
    assert 'hx-get="/console/events/names/"' in admin.get("/console/events/").content.decode()


def test_exports_hold_every_match_and_no_formula(tenant: Tenant, admin: Client, monkeypatch: Any) -> None:
    from iamconsole.interfaces.console.pages.events import export

    monkeypatch.setattr(export, "PAGE", 3)
    for number in range(8):
        tenant.run("iam:CreateGroup", group_name=f"+team{number}")
    rows = list(csv.DictReader(io.StringIO(streamed(admin.get("/console/events/export/?event_name=CreateGroup")))))
    assert len(rows) == 8
    assert all(row["resource"].startswith("arn:") for row in rows)
    lines = streamed(admin.get("/console/events/export/?format=jsonl&event_name=CreateGroup")).splitlines()
    assert [json.loads(line)["eventName"] for line in lines] == ["CreateGroup"] * 8
    assert admin.get("/console/events/export/?format=xml").status_code == 404


def test_the_export_needs_the_right_to_look_up(weak: Client) -> None:
    assert weak.get("/console/events/export/").status_code == 403


def test_verifying_says_how_far_and_where_it_breaks(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    page = admin.post("/console/events/verify/", follow=True).content.decode()
    assert "The chain is intact" in page
    assert re.search(r"Intact: records 1 to \d+", page)
    with setting_up(), guard.lifted(connection):
        AuditEvent.objects.filter(account_id=tenant.account_id, sequence=3).update(body='{"a":1}')
    page = admin.post("/console/events/verify/", follow=True).content.decode()
    assert "Broken at record 3" in page


def test_a_long_verification_shows_how_far_it_is_until_a_worker_is_done(
    tenant: Tenant, admin: Client, monkeypatch: Any
) -> None:
    furnish(tenant)
    monkeypatch.setattr(inspection, "AT_ONCE", 3)
    page = admin.post("/console/events/verify/", follow=True).content.decode()
    assert "The page shows how far it is" in page
    for html in (
        page,
        admin.get("/console/events/").content.decode(),
        admin.get("/console/events/trail/").content.decode(),
    ):
        assert 'hx-get="/console/events/trail/"' in html
        assert re.search(r"Waiting for a worker: \d+ records", html)
        assert "Verify now" not in html
    assert tasks.verify_ordered() == 1
    html = admin.get("/console/events/trail/").content.decode()
    assert "The verification is done." in html
    assert "hx-get" not in html
    assert re.search(r"Intact: records 1 to \d+", html)
    assert "Verify now" in html


def test_whoever_may_look_up_and_no_more_sees_no_chain(tenant: Tenant) -> None:
    with_password(tenant, "grace", allowing("iamconsole:LookupAuditEvents"))
    grace = sign_in(tenant, "grace")
    html = grace.get("/console/events/").content.decode()
    assert "Verify now" not in html
    assert "facet-1" not in html
    assert grace.post("/console/events/verify/").status_code == 403
    assert grace.get("/console/events/trail/").status_code == 403
