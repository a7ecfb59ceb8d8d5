"""Every page asks the database the same number of questions of a small company and of one ten times as large.

`sql_counts.json` notes how many, which may only go down. A new page cannot be forgotten: `test_pages` demands its
address.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from iamconsole.audit.models import AuditEvent, AuthorizationRecord
from iamconsole.kernel import clock
from iamconsole.runtime.authentication import visitors
from tests.console.furniture import furnish
from tests.console.test_pages import ADDRESSES, FOR_EVERYBODY
from tests.support.company import Size, fill
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

NOTED = Path(__file__).with_name("sql_counts.json")
FEW = Size(users=12, roles=8, policies=8, events=60)
MANY = Size(users=120, roles=80, policies=80, events=600)
MORE = """
events/{event}/  denied/{denial}/  events/?error_code=AccessDenied  events/?outcome=Failed
events/?principal=arn:aws:iam::{account}:user/ada  events/?source_ip=10.0.1.1  palette/?q=user  palette/?q=
choices/policies/?q=po  choices/policies/?first=job-functions  choices/groups/  choices/roles/?q=role
events/?q=ada  events/?resource=user/ada&principal=root  events/names/?q=ad  events/trail/
"""
"""Pages of what only a company has."""
PAGES = [*ADDRESSES, *FOR_EVERYBODY, *(f"/console/{page}" for page in MORE.split())]


def furnished(tenant: Tenant) -> dict[str, str]:
    """One of each thing, somebody who was denied, and somebody who has not been here for a year."""
    things = furnish(tenant)
    with pytest.raises(ClientError, match="AccessDenied"):
        tenant.client(key=tenant.user("eve")).list_users()
    mine = {"account_id": tenant.account_id}
    tenant.run("iam:CreateUser", user_name="idle")
    tenant.run("iam:AddUserToGroup", group_name="devs", user_name="idle")
    tenant.run("iam:AttachUserPolicy", user_name="idle", policy_arn=things["policy"])
    with setting_up():
        User.objects.filter(name="idle", **mine).update(created=clock.now() - timedelta(days=400))
    return things | {
        "event": str(AuditEvent.objects.filter(**mine).first().event_id),
        "denial": AuthorizationRecord.objects.filter(**mine).first().authorization_id,
    }


def statements(client: Client, things: dict[str, str]) -> dict[str, Counter[str]]:
    """What each page asks, without the values, once it has read what a process keeps."""
    return {page: _statements(client, page.format(**things)) for page in PAGES}


def _statements(client: Client, address: str) -> Counter[str]:
    response = client.get(address)
    assert response.status_code == 200, (address, response.content.decode())
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return Counter(query["sql"].partition(" WHERE ")[0] for query in captured)


def test_a_page_takes_as_many_statements_for_ten_times_the_company(
    tenant: Tenant, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "NOTED", timedelta(days=1))  # that a session is alive is written by the minute
    things = furnished(tenant)
    fill(tenant, FEW, named="few-")
    few = statements(admin, things)
    fill(tenant, MANY, named="many-")
    many = statements(admin, things)
    differing = {page: (few[page] - many[page], many[page] - few[page]) for page in PAGES}
    grown = {page: both for page, both in differing.items() if few[page].total() != many[page].total()}
    assert grown == {}
    noted = json.loads(NOTED.read_text())
    assert few.keys() == noted.keys(), "the pages of test_pages.py are noted with their numbers"
    assert {page: (few[page].total(), most) for page, most in noted.items() if few[page].total() > most} == {}
