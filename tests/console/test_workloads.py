"""Workloads in the console: registered, given a key once, switched off, taken away."""

from __future__ import annotations

import re
from datetime import timedelta

from django.test import Client

from accounts.models import Workload
from iamconsole.kernel import clock
from tests.console.furniture import furnish
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

KEY = re.compile(r"<code>([^<]{20,})</code></details>")


def test_a_workload_from_beginning_to_end(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    form = {"workload_name": "web-2", "instance_profile_name": "Web", "submission": "once"}
    made = admin.post("/console/create/workload/", form)
    assert "no-store" in made["Cache-Control"]
    key = KEY.search(made.content.decode())
    assert key
    assert admin.post("/console/create/workload/", form)["Location"] == "/console/workloads/web-2/"
    assert key[1] not in admin.get("/console/workloads/web-2/").content.decode()
    again = KEY.search(admin.post("/console/workloads/web-2/change/", {"do": "rotate"}).content.decode())
    assert again
    assert again[1] != key[1]
    admin.post("/console/workloads/web-2/change/", {"status": "Inactive"})
    assert tenant.run("iamconsole:GetWorkload", workload_name="web-2").workload.status == "Inactive"
    assert admin.post("/console/workloads/web-2/delete/", {"confirm": "web"}).status_code == 400
    assert admin.post("/console/workloads/web-2/delete/", {"confirm": "web-2"}).status_code == 302
    html = admin.get("/console/workloads/").content.decode()
    assert "web-1" in html
    assert "/console/workloads/web-2/" not in html


def test_what_is_wrong_with_a_workload_is_said(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    response = admin.post("/console/create/workload/", {"workload_name": "web-1", "instance_profile_name": "Web"})
    assert response.status_code == 400
    assert 'id="id_workload_name_error"' in response.content.decode()
    assert admin.post("/console/create/workload/", {"workload_name": "x"}).status_code == 400


def test_deleting_says_when_it_was_used_and_offers_to_switch_it_off(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    there = "/console/workloads/web-1/delete/"
    with setting_up():
        Workload.objects.filter(account_id=tenant.account_id).update(last_used=clock.now() - timedelta(minutes=4))
    html = admin.get(there).content.decode()
    assert "no more credentials of Web" in html
    assert "given credentials 4\xa0minutes ago" in html
    assert "Deactivate instead" in html
    admin.post("/console/workloads/web-1/change/", {"status": "Inactive"})
    assert "Deactivate instead" not in admin.get(there).content.decode()
