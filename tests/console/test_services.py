"""Services in the console: found, registered, changed and taken away; their keys; a question that is really asked."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from typing import Any
from wsgiref.simple_server import make_server

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import ServiceAccessKey
from iamconsole.audit.history.recorder import recorder
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel import clock
from iamconsole.replication.models import ChangeEntry
from policies.models import RegisteredService
from tests.console.client import sign_in, with_password
from tests.console.furniture import allowing, register_orders
from tests.decisions.asking import Doors
from tests.support import inprocess
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

HERE = "/console/services/orders/"
ROWS = {
    "service_prefix": "invoices",
    "service_name": "Billing",
    "action_name": ["Read", "Pay", ""],
    "action_access_level": ["Read", "Write", "Read"],
    "action_resource_types": ["bill", "bill, account", ""],
    "action_condition_keys": ["", "invoices:Amount", ""],
    "action_description": ["Shows a bill", "", ""],
    "type_name": ["bill", "account"],
    "type_arn_template": ["arn:${Partition}:invoices:::bill/${Id}", "arn:${Partition}:invoices:::account/${Id}"],
    "type_condition_keys": ["aws:ResourceTag/${TagKey}", ""],
    "key_name": ["invoices:Amount"],
    "key_type": ["Numeric"],
    "key_multivalued": ["true"],
    "key_description": ["In cents"],
}
DEFINITION = {"Actions": [{"Name": "Read", "AccessLevel": "Read"}]}
PASTED = {"service_prefix": "invoices", "service_name": "Billing", "definition": json.dumps(DEFINITION)}


@pytest.fixture
def orders(tenant: Tenant) -> str:
    """A key of the service `orders`."""
    return register_orders(tenant)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def footprint(tenant: Tenant) -> tuple[int, ...]:
    rows = (RegisteredService, AuditEvent, ChangeEntry)
    return tuple(model.objects.filter(account_id=tenant.account_id).count() for model in rows)


@pytest.mark.parametrize(
    ("query", "found", "missing"),
    [
        ("", "orders", "kms"),
        ("?q=kms", "kms", "orders"),
        ("?q=key+management", "kms", "orders"),
        ("?filter=registered", "orders", "a2c"),
        ("?filter=built-in", "a2c", "orders"),
        ("?sort=-actions", "ec2", "a2c"),
    ],
)
def test_services_are_searched_filtered_and_ordered(
    admin: Client, orders: str, query: str, found: str, missing: str
) -> None:
    shown = text(admin, f"/console/services/{query}")
    assert f'href="/console/services/{found}/"' in shown
    assert f'href="/console/services/{missing}/"' not in shown


def test_services_of_another_account_are_nowhere(tenant: Tenant, app: Any, admin: Client) -> None:
    from tests.support.tenants import open_account

    register_orders(open_account(app))
    assert HERE not in text(admin, "/console/services/?q=orders")
    assert HERE not in text(admin, "/console/palette/?q=orders")
    for address in (HERE, f"{HERE}try/", f"{HERE}action/Read/", f"{HERE}edit/", f"{HERE}delete/"):
        assert admin.get(address).status_code == 404, address


@pytest.mark.parametrize(
    ("address", "found", "missing"),
    [
        ("?filter=write", "/action/Cancel/", "/action/Read/"),
        ("?q=shows", "/action/Read/", "/action/Cancel/"),
        ("tab/resource-types/", "arn:${Partition}:orders:::order/${OrderId}", "/action/Read/"),
        ("tab/condition-keys/", "orders:Why", "/action/Read/"),
        ("action/cancel/", "orders:Why", "Shows an order"),
        ("tab/integration/", "orders:Read", "orders:Cancel"),
    ],
)
def test_parts_are_shown(admin: Client, orders: str, address: str, found: str, missing: str) -> None:
    shown = text(admin, HERE + address)
    assert found in shown
    assert missing not in shown


def test_built_in_services_have_neither_keys_nor_forms(admin: Client) -> None:
    shown = text(admin, "/console/services/s3/")
    assert "CreateBucket" in shown
    assert "Edit" not in shown
    assert "Access keys" not in shown
    assert admin.get("/console/services/s3/tab/access-keys/").status_code == 404
    for page in ("edit", "delete"):
        assert admin.get(f"/console/services/s3/{page}/").status_code == 400
    for address in ("services/nothing/", "services/s3/tab/nothing/", "services/s3/action/Nothing/"):
        assert admin.get(f"/console/{address}").status_code == 404


def test_a_service_is_registered_by_rows(tenant: Tenant, admin: Client) -> None:
    answer = admin.post("/console/create/service/", ROWS)
    assert answer["Location"] == "/console/services/invoices/tab/access-keys/"
    made = tenant.run("iamconsole:GetService", service_prefix="invoices").service
    read, pay = made.actions
    assert (read.name, read.resource_types, read.description) == ("Read", ["bill"], "Shows a bill")
    assert (pay.access_level, pay.resource_types, pay.condition_keys) == (
        "Write",
        ["bill", "account"],
        ["invoices:Amount"],
    )
    assert made.resource_types[0].condition_keys == ["aws:ResourceTag/${TagKey}"]
    (key,) = made.condition_keys
    assert (key.type, key.multivalued, key.description) == ("Numeric", True, "In cents")


def test_a_service_is_registered_from_json_and_from_the_answer_of_another(tenant: Tenant, admin: Client) -> None:
    assert admin.post("/console/create/service/", PASTED).status_code == 302
    answer = {"Service": {"ServicePrefix": "else", **DEFINITION}}
    copied = PASTED | {"service_prefix": "copied", "definition": json.dumps(answer)}
    assert admin.post("/console/create/service/", copied).status_code == 302
    first, second = (
        tenant.run("iamconsole:GetService", service_prefix=prefix).service for prefix in ("invoices", "copied")
    )
    assert first.actions == second.actions


def test_rows_and_json_are_two_views_of_one_draft(tenant: Tenant, admin: Client) -> None:
    before = footprint(tenant)
    shown = admin.post("/console/create/service/", ROWS | {"step": "json"}).content.decode()
    typed = html.unescape(re.search(r"<textarea[^>]*name=\"definition\"[^>]*>(.*?)</textarea>", shown, re.S)[1])  # type: ignore[index]
    pasted = {"service_prefix": "", "service_name": "Billing", "definition": typed, "step": "rows"}
    back = admin.post("/console/create/service/", pasted)
    assert back.status_code == 200
    shown = back.content.decode()
    for value in (
        'value="bill account"',
        'value="invoices:Amount"',
        'value="Shows a bill"',
        '<option value="true" selected>',
    ):
        assert value in shown
    assert "required." not in shown
    assert footprint(tenant) == before


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (PASTED | {"service_prefix": "s3"}, "Service s3 is built in"),
        (PASTED | {"service_prefix": "Orders!"}, "regular expression"),
        (PASTED | {"service_name": ""}, "This field is required."),
        (PASTED | {"definition": "{"}, "The definition is not JSON"),
        (PASTED | {"definition": "[]"}, "The definition must be an object"),
        (PASTED | {"definition": '{"Actions": 7}'}, "actions"),
        (PASTED | {"definition": '{"Actions": ["Read"]}'}, "actions"),
        (PASTED | {"definition": ""}, "actions"),
        (ROWS | {"type_arn_template": ["nonsense", "nonsense"]}, "has the ARN template nonsense"),
        (ROWS | {"key_name": ["else:Amount"]}, "Condition key else:Amount is not valid"),
    ],
)
def test_what_is_wrong_is_said_on_the_form_which_keeps_what_was_typed(
    tenant: Tenant, admin: Client, form: dict[str, Any], said: str
) -> None:
    answer = admin.post("/console/create/service/", form)
    shown = html.unescape(answer.content.decode())
    assert answer.status_code == 400
    assert said in shown
    assert str(form.get("definition", "bill, account").split(",")[0]) in shown
    assert not RegisteredService.objects.filter(account_id=tenant.account_id).exists()


def test_checks_say_what_saving_would_and_leave_nothing(tenant: Tenant, admin: Client) -> None:
    before = footprint(tenant)
    for form, said in (
        (ROWS, "This can be saved as it stands."),
        (ROWS | {"key_name": [""]}, "Action Pay names the condition key invoices:Amount"),
        (PASTED | {"definition": "{"}, "is not JSON"),
        (PASTED | {"service_prefix": "s3"}, "is built in"),
    ):
        assert said in admin.post("/console/check-service/", form).content.decode()
        assert said in admin.post("/console/create/service/", form | {"step": "check"}).content.decode()
    assert footprint(tenant) == before


def test_a_large_definition_is_edited_as_json(tenant: Tenant, admin: Client) -> None:
    actions = [{"name": f"Do{n}", "access_level": "Write"} for n in range(150)]
    tenant.run("iamconsole:RegisterService", service_prefix="large", service_name="Large", actions=actions)
    shown = text(admin, "/console/services/large/edit/")
    assert "Do149" in shown
    assert 'name="definition"' in shown
    assert "Edit as a form" not in shown


def test_a_service_is_edited(tenant: Tenant, admin: Client, orders: str) -> None:
    assert 'value="orders:Why"' in text(admin, f"{HERE}edit/")
    form = {name: value for name, value in ROWS.items() if not name.startswith("key_")}
    form |= {"service_prefix": "else", "service_name": "Bills", "type_arn_template": ["arn:aws:orders:::b/${Id}"] * 2}
    refused = admin.post(f"{HERE}edit/", form)
    assert "invoices:Amount" in refused.content.decode()
    assert admin.post(f"{HERE}edit/", form | {"action_condition_keys": [""] * 3})["Location"] == HERE
    service = tenant.run("iamconsole:GetService", service_prefix="orders").service
    assert (service.service_name, service.condition_keys) == ("Bills", [])


def test_keys_are_made_shown_once_switched_and_deleted(tenant: Tenant, admin: Client, orders: str) -> None:
    made = admin.post(f"{HERE}keys/", {"do": "create"})
    assert "no-store" in made["Cache-Control"]
    keys = ServiceAccessKey.objects.filter(account_id=tenant.account_id).exclude(pk=orders)
    key_id = keys.get().pk
    secret = re.search(r"<code>([\w+/]{40})</code>", made.content.decode())[1]  # type: ignore[index]
    shown = text(admin, f"{HERE}tab/access-keys/")
    assert key_id in shown
    assert secret not in shown
    service = Doors(tenant.app, {"AccessKeyId": key_id, "SecretAccessKey": secret})
    tenant.user("ada")
    question = {"principal": f"arn:aws:iam::{tenant.account_id}:user/ada", "action": "orders:Read", "resource": "*"}
    assert service.post("/api/v1/authorize", question).status == 200
    off = {"do": "update", "access_key_id": key_id, "status": "Inactive"}
    assert admin.post(f"{HERE}keys/", off).status_code == 302
    assert not keys.get().active
    assert "It was" in text(admin, f"{HERE}keys/{key_id}/delete/")
    assert admin.post(f"{HERE}keys/{key_id}/delete/").status_code == 302
    assert not keys.exists()
    assert admin.get(f"{HERE}keys/{key_id}/delete/").status_code == 404
    assert admin.post(f"{HERE}keys/", {"do": "explode"}).status_code == 400


def test_a_service_is_deregistered_with_its_keys_once_nothing_needs_it(
    tenant: Tenant, admin: Client, orders: str
) -> None:
    tenant.run("iam:CreatePolicy", policy_name="Buyers", policy_document=allowing("orders:Read"))
    tenant.user("ada", allowing("orders:Cancel"))
    name = f"orders.{tenant.account_id}.iamconsole"
    trust = allowing("sts:AssumeRole").replace('"Resource":"*"', f'"Principal":{{"Service":"{name}"}}')
    tenant.run("iam:CreateRole", role_name="clerk", assume_role_policy_document=trust)
    shown = text(admin, f"{HERE}delete/")
    for said in ("<strong>2</strong> policies name its actions", "Buyers, 1 inline", "clerk", orders):
        assert said in shown
    assert admin.post(f"{HERE}delete/", {"confirm": "order"}).status_code == 400
    assert admin.post(f"{HERE}delete/", {"confirm": "orders"})["Location"] == "/console/services/"
    assert admin.get(HERE).status_code == 404


def test_what_stands_in_the_way_of_deregistering_is_said(tenant: Tenant, admin: Client, orders: str) -> None:
    tenant.run(
        "iamconsole:UpdateService",
        service_prefix="orders",
        service_name="Orders",
        actions=[{"name": "Read", "access_level": "Read"}],
        service_linked_role_policy=allowing("s3:GetObject"),
    )
    name = f"orders.{tenant.account_id}.iamconsole"
    tenant.run("iam:CreateServiceLinkedRole", aws_service_name=name)
    shown = text(admin, f"{HERE}delete/")
    assert "must delete its service-linked roles first" in shown
    assert "Deregister service" not in shown
    assert admin.post(f"{HERE}delete/", {"confirm": "orders"}).status_code == 409


@pytest.fixture
def ada(tenant: Tenant, orders: str) -> str:
    """A user who may read orders from one network."""
    condition = '{"StringEquals":{"orders:Why":"audit"}}'
    tenant.user("ada", allowing("orders:Read", resource="arn:aws:orders:::order/*", condition=condition))
    return f"arn:aws:iam::{tenant.account_id}:user/ada"


QUESTION = {"who": "user/ada", "action": "Read", "resource": "arn:aws:orders:::order/7"}
BECAUSE = {"key": ["orders:Why"], "type": ["string"], "value": ["audit"]}


def test_a_question_is_asked_as_a_client_asks_it(tenant: Tenant, admin: Client, ada: str) -> None:
    allowed = admin.post(f"{HERE}try/", QUESTION | BECAUSE).content.decode()
    assert "Allowed" in allowed
    denied = html.unescape(admin.post(f"{HERE}try/", QUESTION).content.decode())
    assert "no identity-based policy allows the orders:Read action" in denied
    found = re.search(r"/console/denied/([0-9a-f]{26})/", denied)
    assert found
    recorder.flush()
    assert "orders:Read" in text(admin, found[0])
    body = json.loads(re.search(r"<pre[^>]*>(\{.*?\})</pre>", denied, re.S)[1])  # type: ignore[index]
    wire = Doors.of(tenant).authorize(ada, "orders:Read", QUESTION["resource"])
    assert {name: body[name] for name in ("decision", "reason", "checks", "nearMisses")} == {
        name: wire[name] for name in ("decision", "reason", "checks", "nearMisses")
    }


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"who": "group/ada"}, 404, "cannot be found"),
        ({"who": "user/nobody"}, 404, "cannot be found"),
        ({"who": "arn:aws:iam::000000000000:user/ada"}, 403, "Only principals of account"),
        ({"action": ""}, 400, "must be one action"),
        ({"action": "s3:Get*"}, 400, "must be one action"),
        ({"who": ""}, 400, "must be the ARN of a user"),
    ],
)
def test_questions_that_cannot_be_asked(admin: Client, ada: str, wrong: dict[str, str], status: int, said: str) -> None:
    answer = admin.post(f"{HERE}try/", QUESTION | wrong)
    assert answer.status_code == status
    assert said in answer.content.decode()


def test_whoever_may_not_ask_is_told_as_a_client_is(tenant: Tenant, ada: str) -> None:
    with_password(tenant, "looker", allowing("iamconsole:GetService", "iam:GetUser"))
    answer = sign_in(tenant, "looker").post(f"{HERE}try/", QUESTION)
    assert answer.status_code == 403
    assert "is not authorized to perform: iamconsole:Authorize" in html.unescape(answer.content.decode())


def test_a_role_that_was_switched_to_asks_in_its_own_name(tenant: Tenant, admin: Client, ada: str) -> None:
    trust = allowing("sts:AssumeRole").replace('"Resource":"*"', f'"Principal":{{"AWS":"{tenant.account_id}"}}')
    tenant.run("iam:CreateRole", role_name="clerk", assume_role_policy_document=trust)
    document = allowing("iamconsole:GetService", "iam:GetUser", "iamconsole:Authorize")
    tenant.run("iam:PutRolePolicy", role_name="clerk", policy_name="p", policy_document=document)
    admin.post("/console/switch-role/", {"account": tenant.alias, "roleName": "clerk"})
    shown = admin.post(f"{HERE}try/", QUESTION | BECAUSE).content.decode()
    assert "Allowed" in shown
    assert "assumed-role/clerk/" in shown
    tenant.run("iam:DeleteRolePolicy", role_name="clerk", policy_name="p")
    document = allowing("iamconsole:GetService", "iam:GetUser")
    tenant.run("iam:PutRolePolicy", role_name="clerk", policy_name="p", policy_document=document)
    assert admin.post(f"{HERE}try/", QUESTION | BECAUSE).status_code == 403


@pytest.mark.parametrize(("wanted", "status"), [("true", 403), ("false", 200)])
def test_what_the_session_knows_counts_when_it_asks(tenant: Tenant, ada: str, wanted: str, status: int) -> None:
    condition = f'{{"BoolIfExists":{{"aws:MultiFactorAuthPresent":"{wanted}"}}}}'
    documents = allowing("iamconsole:GetService", "iam:GetUser"), allowing("iamconsole:Authorize", condition=condition)
    with_password(tenant, "asker", *documents)
    assert sign_in(tenant, "asker").post(f"{HERE}try/", QUESTION).status_code == status


def test_roles_that_trust_a_service_are_listed_by_its_arn(tenant: Tenant) -> None:
    for name in ("orders", "orders2"):
        principal = f'"Principal":{{"Service":"{name}.{tenant.account_id}.iamconsole"}}'
        trust = allowing("sts:AssumeRole").replace('"Resource":"*"', principal)
        tenant.run("iam:CreateRole", role_name=f"of-{name}", assume_role_policy_document=trust)
    arn = f"arn:aws:iamconsole::{tenant.account_id}:service/orders"
    found = tenant.run("iamconsole:ListTrustingRoles", principal_arn=arn).roles
    assert [role.role_name for role in found] == ["of-orders"]


def test_whoever_may_look_may_not_therefore_change(tenant: Tenant, orders: str) -> None:
    reads = ("ListServices", "GetService", "ListServiceAccessKeys")
    with_password(tenant, "looker", allowing(*(f"iamconsole:{read}" for read in reads)))
    looker = sign_in(tenant, "looker")
    assert text(looker, "/console/services/").count('aria-disabled="true"') == 1
    assert text(looker, HERE).count('aria-disabled="true"') == 2
    keys = text(looker, f"{HERE}tab/access-keys/")
    assert keys.count('aria-disabled="true"') == 3
    assert "Deactivate" not in keys
    for address in ("/console/create/service/", f"{HERE}edit/", f"{HERE}delete/", f"{HERE}keys/{orders}/delete/"):
        assert looker.get(address).status_code == 403, address
    for address, form in (
        ("/console/create/service/", PASTED),
        (f"{HERE}keys/", {"do": "create"}),
        (f"{HERE}delete/", {"confirm": "orders"}),
    ):
        assert looker.post(address, form).status_code == 403, address


def test_the_palette_and_the_search_find_services_and_actions(admin: Client, orders: str) -> None:
    assert HERE in text(admin, "/console/palette/?q=ord")
    assert f"{HERE}action/Read/" in text(admin, "/console/palette/?q=orders:re")
    assert "/console/services/s3/action/GetObject/" in text(admin, "/console/palette/?q=s3:getobject")
    assert HERE in text(admin, "/console/search/?q=orders")


def many(tenant: Tenant, count: int) -> None:
    parts = {
        "Actions": [
            {"Name": f"Do{n}", "AccessLevel": "Read", "ResourceTypes": [], "ConditionKeys": [], "Description": ""}
            for n in range(5 * count)
        ],
        "ResourceTypes": [],
        "ConditionKeys": [],
    }
    RegisteredService.objects.filter(account_id=tenant.account_id, prefix__startswith="many").delete()
    RegisteredService.objects.bulk_create(
        RegisteredService(
            account_id=tenant.account_id,
            prefix=f"many-{n}",
            name=f"Many {n}",
            definition=parts,
            created=clock.now(),
            updated=clock.now(),
        )
        for n in range(count)
    )


@pytest.mark.parametrize("address", ["/console/services/", "/console/services/many-1/"])
def test_the_number_of_queries_is_constant(tenant: Tenant, admin: Client, address: str) -> None:
    seen = []
    for count in (5, 90):
        with setting_up():
            many(tenant, count)
        admin.get(address)
        with CaptureQueriesContext(connection) as captured:
            text(admin, address)
        seen.append(len(captured))
    assert seen[0] == seen[1]


def printed(app: Any, words: list[str], keys: dict[str, str]) -> str:
    """What a program prints that sends one request, which is answered here: the database is this thread's."""
    with make_server("127.0.0.1", 0, app) as server:
        server.timeout = 30
        there = f"http://127.0.0.1:{server.server_port}"
        with subprocess.Popen(
            [word.replace("http://testserver", there) for word in words],
            env=os.environ | {f"AWS_{name}": value for name, value in keys.items()},
            stdout=subprocess.PIPE,
            text=True,
        ) as program:
            with inprocess.connection_kept():
                server.handle_request()
            return program.communicate(timeout=30)[0]


def snippet(shown: str, title: str) -> str:
    found = re.search(rf'aria-label="{re.escape(html.escape(title))}".*?<pre[^>]*>(.*?)</pre>', shown, re.S)
    assert found, title
    return html.unescape(found[1])


@pytest.mark.parametrize(
    ("title", "shell", "said"),
    [
        ("From a shell", True, '"decision":"deny"'),
        ("OpenID AuthZEN", True, '"decision":false'),
        ("Python with boto3's signer", False, "'decision': 'deny'"),
    ],
)
def test_snippets_run_as_they_stand(
    tenant: Tenant, admin: Client, orders: str, title: str, shell: bool, said: str
) -> None:
    made = tenant.run("iamconsole:CreateServiceAccessKey", service_prefix="orders").access_key
    keys = {"ACCESS_KEY_ID": made.access_key_id, "SECRET_ACCESS_KEY": made.secret_access_key}
    written = snippet(text(admin, f"{HERE}tab/integration/"), title)
    words = ["/bin/sh", "-c", written] if shell else [sys.executable, "-c", written]
    assert said in printed(tenant.app, words, keys)


def test_the_middleware_asks_about_the_path_that_is_requested(admin: Client, orders: str) -> None:
    written = snippet(text(admin, f"{HERE}tab/integration/"), "Python, in front of a WSGI application")
    compile(written, "snippet", "exec")
    assert '"orders:Read", resource="arn:aws:orders:::order{path}", service="orders"' in written


def test_registering_from_a_shell_is_what_the_form_does(tenant: Tenant, admin: Client) -> None:
    keys = {"ACCESS_KEY_ID": tenant.admin_key["AccessKeyId"], "SECRET_ACCESS_KEY": tenant.admin_key["SecretAccessKey"]}
    form = ROWS | {"service_name": "It's ours", "step": "check"}
    shown = admin.post("/console/create/service/", form).content.decode()
    shell, python = (html.unescape(found) for found in re.findall(r"<pre[^>]*>(.*?)</pre>", shown, re.S)[:2])
    assert '"ServicePrefix":"invoices"' in printed(tenant.app, ["/bin/sh", "-c", shell], keys)
    made = tenant.run("iamconsole:GetService", service_prefix="invoices").service
    assert (made.service_name, len(made.actions), made.condition_keys[0].multivalued) == ("It's ours", 2, True)
    tenant.run("iamconsole:DeregisterService", service_prefix="invoices")
    assert "'ServicePrefix': 'invoices'" in printed(tenant.app, [sys.executable, "-c", python], keys)
