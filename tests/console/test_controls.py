"""Controls and the server agree: what is shown enabled is not refused, what is shown disabled is; for any policy."""

from __future__ import annotations

import json
import re
from itertools import chain

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from iamconsole.interfaces.console import submission
from iamconsole.interfaces.console.bulk import BulkList
from iamconsole.interfaces.console.pages.groups.bulk import BULK as GROUPS
from iamconsole.interfaces.console.pages.policies.bulk import BULK as OF_POLICIES
from iamconsole.interfaces.console.pages.roles.bulk import BULK as ROLES
from iamconsole.interfaces.console.pages.users.bulk import BULK as USERS
from iamconsole.kernel.operation import REGISTRY
from tests.console.client import sign_in, with_password
from tests.console.crawling import Form, Page, undone
from tests.console.furniture import furnish
from tests.support.tenants import Tenant

PAGES = """
users/ groups/ roles/ policies/ users/ada/ users/ada/tab/groups/ users/ada/tab/credentials/ users/ada/tab/tags/
groups/devs/ groups/devs/tab/permissions/ roles/reader/ roles/reader/tab/trust/ roles/reader/tab/tags/
policies/{policy} policies/entities/{policy} policies/versions/{policy} policies/tags/{policy} account/ mfa/
services/ services/orders/ services/orders/tab/access-keys/ services/orders/action/Read/
"""
BULKS = (USERS, GROUPS, ROLES, OF_POLICIES)
ROWS = re.compile(r'name="selected" value="([^"]+)"')
ASKED = {
    "asked": "1",
    "group_name": "devs",
    "role_name": "reader",
    "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "tag_key": "team",
    "tag_value": "x",
    "max_session_duration": "7200",
}
FRAME = ("/console/theme/", "/console/signout/", "/console/switch-role/", "/console/bulk/", "/console/credentials.csv")
ACTIONS = sorted(
    operation.permission for operation in REGISTRY.values() if operation.service == "iam" and not operation.unrestricted
)
READS = ["iam:Get*", "iam:List*", "iamconsole:Get*", "iamconsole:List*"]
WRITES = [action for action in ACTIONS if not action.startswith(("iam:Get", "iam:List"))]
NAMED = ("user/ada", "group/devs", "role/reader", "*")


def statement(effect: str, actions: list[str], resource: str) -> dict[str, object]:
    whole = resource if resource == "*" else f"arn:aws:iam::*:{resource}"
    return {"Effect": effect, "Action": actions, "Resource": whole}


ALLOWS = st.builds(statement, st.just("Allow"), st.lists(st.sampled_from(WRITES), min_size=1), st.just("*"))
DENIES = st.builds(statement, st.just("Deny"), st.lists(st.sampled_from(ACTIONS), min_size=1), st.sampled_from(NAMED))
ALL = st.just(statement("Allow", ["iam:*", "iamconsole:*"], "*"))
READING = st.just(statement("Allow", READS, "*"))
POLICIES = st.one_of(st.tuples(READING, ALLOWS), st.tuples(ALL, DENIES), st.tuples(READING, ALLOWS, DENIES))

WITHOUT_TAGS = (statement("Allow", ["iam:*", "iamconsole:*"], "*"), statement("Deny", ["iam:List*Tags"], "*"))
"""Saving tags reads those that are there."""
WITHOUT_LAST_USE = (
    statement("Allow", ["iam:*", "iamconsole:*"], "*"),
    statement("Deny", ["iam:GetAccessKeyLastUsed"], "user/ada"),
)
"""Deleting a user or a key tells when keys were last used."""


@pytest.fixture
def furnished(tenant: Tenant, admin: Client) -> tuple[Tenant, Client, list[str]]:
    things = furnish(tenant)
    with_password(tenant, "somebody")
    return tenant, admin, [f"/console/{page}".format(**things) for page in PAGES.split()]


@given(statements=POLICIES)
@example(statements=WITHOUT_TAGS)
@example(statements=WITHOUT_LAST_USE)
@settings(
    max_examples=5,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_controls_and_the_server_agree(furnished: tuple[Tenant, Client, list[str]], statements: object) -> None:
    tenant, admin, pages = furnished
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    tenant.run("iam:PutUserPolicy", user_name="somebody", policy_name="random", policy_document=document)
    pressing = Pressing(sign_in(tenant, "somebody"))
    wrong = list(chain.from_iterable(disagreements(pressing, admin, page) for page in pages))
    assert not wrong, "\n".join([document, *wrong])


@given(statements=POLICIES)
@settings(
    max_examples=4,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_bulk_bars_and_the_server_agree(furnished: tuple[Tenant, Client, list[str]], statements: object) -> None:
    """What has a button is never refused as a whole; what has none changes nothing."""
    tenant, admin, _pages = furnished
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    tenant.run("iam:PutUserPolicy", user_name="somebody", policy_name="random", policy_document=document)
    somebody = sign_in(tenant, "somebody")
    wrong = list(chain.from_iterable(bulk_disagreements(somebody, admin, bulked) for bulked in BULKS))
    assert not wrong, "\n".join([document, *wrong])


def bulk_disagreements(somebody: Client, admin: Client, bulked: BulkList) -> list[str]:
    page = bulked.base.address
    answer = somebody.get(page)
    if answer.status_code == 403:
        return []
    bar = answer.content.decode().partition('id="bulk"')[2]
    shown, found = re.findall(r'name="action" value="([\w-]+)"', bar), []
    rows = ROWS.findall(admin.get(page).content.decode())
    for bulk in (each for each in bulked.actions if each.offered):
        sent = {"action": bulk.value, "selected": rows, **ASKED}
        preview = somebody.post(page.replace("/console/", "/console/bulk/"), sent)
        if bulk.value in shown and preview.status_code == 403:
            found.append(f"{page}: {bulk.value} has a button and is refused as a whole")
        buttons = preview.content.decode().partition('class="form-actions"')[2]
        if bulk.value not in shown and f">{bulk.label}</button>" in buttons:
            found.append(f"{page}: {bulk.value} has no button and works")
    return found


class Pressing:
    """Somebody who presses what pages show. The tabs of a thing repeat its controls; each is pressed once."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._links: dict[str, int] = {}
        self._forms: dict[tuple[object, ...], bool] = {}

    def leads_to_refusal(self, url: str) -> bool:
        if url not in self._links:
            self._links[url] = self.client.get(url).status_code
        return self._links[url] == 403

    def is_refused(self, form: Form) -> bool:
        values = sorted(field for field in form.fields if field[0] not in submission.NOT_CONTENT)
        pressed = (form.action, *values, *sorted(form.empty), *form.buttons[:1])
        if pressed not in self._forms:
            with undone(self.client):
                answer = self.client.post(form.action, form.sent(*form.buttons[:1]))
            self._forms[pressed] = answer.status_code == 403
        return self._forms[pressed]

    def is_closed(self, url: str) -> bool:
        """Whether the page behind a link is refused, or else whatever it sends."""
        if self.leads_to_refusal(url):
            return True
        return any(self.is_refused(form) for form in own(Page(self.client.get(url).content.decode(), url)))


def disagreements(somebody: Pressing, admin: Client, page: str) -> list[str]:
    """Controls of a page that promise another thing than the server does."""
    answer = somebody.client.get(page)
    if answer.status_code == 403:
        return []
    shown = Page(answer.content.decode(), page)
    links = {label: url for label, url in shown.links.items() if somebody.leads_to_refusal(url)}
    found = [f"{page}: {label} leads to a refusal" for label in links]
    found += [f"{page}: {form.label or form.action} is refused" for form in own(shown) if somebody.is_refused(form)]
    if not shown.disabled:
        return found
    known = Page(admin.get(page).content.decode(), page)
    forms = {form.label: form for form in own(known)}
    for label in shown.disabled:
        if label in known.links and not somebody.is_closed(known.links[label]):
            found.append(f"{page}: {label} is shown disabled and works")
        if label in forms and not somebody.is_refused(forms[label]):
            found.append(f"{page}: {label} is shown disabled and works")
    return found


def own(page: Page) -> list[Form]:
    """The forms of the page itself."""
    return [form for form in page.forms if not form.action.startswith(FRAME)]
