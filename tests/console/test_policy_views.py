"""One document, three views: every way from one to another by plain forms, and nothing is lost on it."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from policies.models import PolicyVersion
from tests.console.furniture import ALLOW, furnish
from tests.support.tenants import Tenant

FIELD = re.compile(r'<textarea[^>]*name="policy_document"[^>]*>\n?(.*?)</textarea>', re.DOTALL)
MIXED = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": ["s3:getobject", "s3:List*"], "Resource": "*",
     "Condition": {"Bool": {"aws:SecureTransport": true}}},
    {
      "Effect": "Deny",
      "NotAction": "iam:*",
      "Resource": "*"
    }
  ]
}
"""


def text_in(html: str) -> str:
    found = FIELD.search(html)
    assert found, html
    return unescape(found[1])


def fields_in(html: str) -> dict[str, Any]:
    """What a browser would send of the editor's form: every field that is filled in, ticked or chosen."""
    form = html.partition('id="editor-form"')[2].partition("</form>")[0]
    sent: dict[str, list[str]] = {}
    for attributes in re.findall(r"<input([^>]*)>", form):
        name, value = _attribute(attributes, "name"), _attribute(attributes, "value")
        ticked = 'type="checkbox"' not in attributes or re.search(r"\bchecked\b", attributes)
        if name and ticked:
            sent.setdefault(name, []).append(value)
    for attributes, text in re.findall(r"<textarea([^>]*)>\n?(.*?)</textarea>", form, re.DOTALL):
        sent.setdefault(_attribute(attributes, "name"), []).append(unescape(text))
    for attributes, options in re.findall(r"<select([^>]*)>(.*?)</select>", form, re.DOTALL):
        chosen = re.search(r"<option(?: value=\"([^\"]*)\")? selected>([^<]*)", options) or re.search(
            r"<option(?: value=\"([^\"]*)\")?[^>]*>([^<]*)", options
        )
        assert chosen
        sent.setdefault(_attribute(attributes, "name"), []).append(unescape(chosen[1] or chosen[2]))
    return sent


def _attribute(attributes: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', attributes)
    return unescape(found[1]) if found else ""


def turn(client: Client, address: str, html: str, **pressed: Any) -> str:
    """Press a button of the form as it stands, after changing some of its fields."""
    response = client.post(address, fields_in(html) | pressed)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


@pytest.fixture
def address(tenant: Tenant) -> str:
    return f"/console/policies/edit/{furnish(tenant)['policy']}"


def published(tenant: Tenant) -> str:
    return str(PolicyVersion.objects.filter(account_id=tenant.account_id).latest("number").document)


@pytest.mark.parametrize("document", [ALLOW, MIXED, '{"Statement": {"Effect": "Allow", "Action": "*"}}'])
def test_around_all_views_and_published_unchanged(tenant: Tenant, admin: Client, address: str, document: str) -> None:
    html = turn(admin, address, admin.get(address).content.decode(), policy_document=document, view="visual")
    assert "statement-title" in html
    html = turn(admin, address, html, view="plain")
    assert 'class="sentences"' in html
    html = turn(admin, address, html, view="json")
    assert text_in(html) == document


def test_an_edit_of_each_view_is_in_the_next(tenant: Tenant, admin: Client, address: str) -> None:
    html = turn(admin, address, admin.get(address).content.decode(), policy_document=MIXED, view="visual")
    assert 'value="s3:getobject" checked' in html  # as the policy spells it
    html = turn(admin, address, html, **{"s0-patterns": "s3:List*\ns3:Put*", "s0-effect": "Deny"}, view="plain")
    assert "all that begins with Put" in html
    html = turn(admin, address, html, view="json")
    statements = json.loads(text_in(html))["Statement"]
    assert statements[0] == {
        "Sid": "Read",
        "Effect": "Deny",
        "Action": ["s3:getobject", "s3:List*", "s3:Put*"],
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "true"}},
    }
    assert '"NotAction": "iam:*",\n      "Resource": "*"' in text_in(html)
    response = admin.post(address, fields_in(html) | {"then": "publish"})
    assert response.status_code == 302
    assert published(tenant) == text_in(html)


def test_a_statement_from_nothing_without_javascript(tenant: Tenant, admin: Client, address: str) -> None:
    html = turn(admin, address, admin.get(address).content.decode(), view="visual")
    html = turn(admin, address, html, do="remove:0")
    assert "There is no statement yet" in html
    html = turn(admin, address, html, do="add")
    html = turn(admin, address, html, **{"s0-service": "sqs"}, do="service:0")
    assert "Amazon SQS" in html
    arn = "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}"
    html = turn(
        admin, address, html, **{"s0-action": ["sqs:SendMessage"], "s0-sid": "Send", "s0-arn": arn}, do="type:0"
    )
    html = turn(admin, address, html, **{"s0-place-QueueName": "orders"}, do="arn:0")
    assert "arn:aws:sqs:*:*:orders" in html
    html = turn(admin, address, html, do="condition:0")
    row = {"s0-key": "aws:SourceIp", "s0-operator": "IpAddress", "s0-values": "10.0.0.0/8\n192.0.2.1/32"}
    html = turn(admin, address, html, **row, do="condition:0")
    assert '<optgroup label="For this key"><option>' in html or "IpAddress</option>" in html
    html = turn(admin, address, html, do="drop:0:1")
    assert admin.post(address, fields_in(html) | {"then": "publish"}).status_code == 302
    assert json.loads(published(tenant)) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Send",
                "Effect": "Allow",
                "Action": "sqs:SendMessage",
                "Resource": "arn:aws:sqs:*:*:orders",
                "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.1/32"]}},
            }
        ],
    }


def test_a_statement_that_is_no_json_is_kept_and_told(tenant: Tenant, admin: Client, address: str) -> None:
    html = turn(admin, address, admin.get(address).content.decode(), policy_document=MIXED, view="visual")
    broken = fields_in(html) | {"s1-json": '{"Effect": '}
    for pressed in ({"view": "json"}, {"do": "add"}):
        answer = admin.post(address, broken | pressed).content.decode()
        assert "This is no JSON object." in answer
        assert "{&quot;Effect&quot;:</textarea>" in answer
    assert admin.post(address, broken | {"then": "publish"}).status_code == 400
    assert PolicyVersion.objects.filter(account_id=tenant.account_id).count() == 2


def test_what_is_no_policy_stays_in_the_json_view(admin: Client, address: str) -> None:
    html = turn(admin, address, admin.get(address).content.decode(), policy_document='{"Statement": ', view="visual")
    assert "correct it as JSON first" in html
    assert text_in(html) == '{"Statement": '
    html = turn(admin, address, html, view="plain")
    assert "correct it as JSON first" in html


def test_a_trust_policy_shows_who(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    address = "/console/roles/reader/trust/"
    html = admin.get(f"{address}?view=visual").content.decode()
    assert "Service ec2.amazonaws.com" in html
    assert "s0-resources" not in html
    sent = fields_in(html) | {"s0-principals": f"Service ec2.amazonaws.com\n{tenant.account_id}"}
    assert admin.post(address, sent).status_code == 302
    trust = json.loads(tenant.run("iam:GetRole", role_name="reader").role.assume_role_policy_document)
    assert trust["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com", "AWS": tenant.account_id}
    assert "The service ec2.amazonaws.com" in admin.get(f"{address}?view=plain").content.decode()


def test_creating_and_writing_inline_in_every_view(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    for address, name in (("/console/create/policy/", "Own"), ("/console/users/ada/inline/", "own")):
        html = admin.get(f"{address}?view=visual").content.decode()
        html = turn(admin, address, html, policy_name=name, view="plain")
        assert "This field is required" not in html
        assert f'value="{name}"' in html
        assert admin.post(address, fields_in(html)).status_code == 302, address


def test_services_of_the_account_can_be_chosen(tenant: Tenant, admin: Client, address: str) -> None:
    tenant.run(
        "iamconsole:RegisterService",
        service_prefix="parcels",
        service_name="Parcels",
        actions=[{"name": "ShipOrder", "access_level": "Write"}],
    )
    html = turn(admin, address, admin.get(f"{address}?view=visual").content.decode(), do="add")
    html = turn(admin, address, html, **{"s1-service": "parcels"}, do="service:1")
    assert 'value="parcels:ShipOrder"' in html
    words = admin.get("/console/completions/?service=parcels").json()
    assert words["actions"] == [["parcels:ShipOrder", "Write"]]


def test_words_to_complete_with(admin: Client) -> None:
    everywhere = admin.get("/console/completions/").json()
    assert ["s3", "Amazon S3"] in everywhere["services"]
    assert ["aws:SourceIp", "IPAddress"] in everywhere["keys"]
    words = admin.get("/console/completions/?service=S3").json()
    assert ["s3:GetObject", "Read"] in words["actions"]
    assert ["arn:${Partition}:s3:::${BucketName}", "bucket"] in words["arns"]
    assert admin.get("/console/completions/?service=nothing").json() == {"actions": [], "keys": [], "arns": []}


def test_markup_in_a_document_stays_text_in_every_view(admin: Client, address: str) -> None:
    script = "<script>alert(1)</script>"
    document = MIXED.replace('"Read"', f'"{script}"').replace('"iam:*"', f'"{script}"').replace("s3:List*", script)
    for view in ("visual", "plain", "json"):
        html = admin.post(address, {"policy_document": document, "view": view}).content.decode()
        assert script not in html, view


def test_a_form_of_large_services_is_small_enough_to_be_sent(admin: Client, address: str) -> None:
    """Django refuses forms of more than a thousand fields."""
    statement = '{"Effect": "Allow", "Action": ["ec2:RunInstances", "ec2:*"], "Resource": "*"}'
    document = f'{{"Statement": [{", ".join([statement] * 20)}]}}'
    html = admin.post(address, {"policy_document": document, "view": "visual"}).content.decode()
    sent = fields_in(html)
    assert sum(len(values) for values in sent.values()) < 500
    assert text_in(turn(admin, address, html, view="json")) == document


def test_more_statements_than_fit_into_a_form_stay_json(admin: Client, address: str) -> None:
    statement = '{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}'
    document = f'{{"Statement": [{", ".join([statement] * 61)}]}}'
    html = admin.post(address, {"policy_document": document, "view": "visual"}).content.decode()
    assert "more statements than fit into a form" in html
    assert text_in(html) == document
