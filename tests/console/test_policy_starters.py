"""What a new policy may begin with: valid, without a finding, and good for what it says."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from iamconsole.interfaces.console.pages.policies import starters
from iamconsole.interfaces.console.pages.policies.starters import STARTERS, Starter
from policies.engine import PolicyKind
from policies.validation import findings
from tests.console.client import sign_in, with_password
from tests.console.furniture import allowing
from tests.support.tenants import Tenant

CREATE = "/console/create/policy/"


@pytest.mark.parametrize("starter", STARTERS, ids=lambda each: each.key)
def test_a_beginning_is_shown_and_saved_as_it_stands(tenant: Tenant, admin: Client, starter: Starter) -> None:
    text = starter.document(tenant.account_id)
    assert list(findings(text, PolicyKind.IDENTITY)) == []
    html = unescape(admin.get(starter.url).content.decode())
    assert text.strip() in html
    assert f'value="{starter.name}"' in html
    assert str(starter.notice) in html
    for each in STARTERS:
        assert each.url in html
    made = {"policy_name": starter.name, "description": starter.description, "path": "/", "policy_document": text}
    assert admin.post(starter.url, made).status_code == 302


def test_an_unknown_beginning_is_the_usual_one(admin: Client) -> None:
    assert "ReadReports" in admin.get(f"{CREATE}?start=gone").content.decode()


def test_people_set_up_their_own_mfa_with_the_first_of_them_and_touch_nobody_elses(tenant: Tenant) -> None:
    with_password(tenant, "ann")
    ann = sign_in(tenant, "ann")
    html = unescape(ann.get("/console/mfa/").content.decode())
    assert "No policy lets you set up a device yet" in html
    assert str(starters.OWN_CREDENTIALS.title) in html
    assert CREATE not in html
    document = starters.OWN_CREDENTIALS.document(tenant.account_id)
    tenant.run("iam:PutUserPolicy", user_name="ann", policy_name="own", policy_document=document)
    html = ann.get("/console/mfa/").content.decode()
    assert "No policy lets you" not in html
    page = ann.post("/console/mfa/app/", {"virtual_mfa_device_name": "ann-phone"})
    assert 'name="authentication_code1"' in page.content.decode()
    serial = f"arn:aws:iam::{tenant.account_id}:mfa/ann-phone"
    assert ann.post("/console/mfa/app/", {"do": "cancel", "serial_number": serial}).status_code == 302
    tenant.user("bob")
    client = tenant.client(key=tenant.key("ann"))
    assert client.list_access_keys(UserName="ann")["AccessKeyMetadata"]
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        client.list_access_keys(UserName="bob")
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        client.create_access_key(UserName="bob")


def test_who_may_create_policies_is_led_to_it(tenant: Tenant, admin: Client) -> None:
    with_password(tenant, "ann", allowing("iam:CreatePolicy"))
    assert starters.OWN_CREDENTIALS.url in unescape(sign_in(tenant, "ann").get("/console/mfa/").content.decode())
    assert starters.OWN_CREDENTIALS.url in unescape(admin.get("/console/start/").content.decode())
