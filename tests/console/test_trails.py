"""The breadcrumbs of pages below a list: each step back is a link, and the last one is the page itself."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.support.tenants import Tenant

TRAIL = re.compile(r'<nav class="breadcrumbs".*?</nav>', re.DOTALL)
STEP = re.compile(r'<li>(?:<a href="([^"]+)">)?(?:<span aria-current="page">)?([^<]+)')
DOCUMENT = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}'


def trail(client: Client, address: str, **form: str) -> list[tuple[str, str]]:
    """Where each step leads, and what it is called."""
    html = (client.post(address, form) if form else client.get(address)).content.decode()
    found = TRAIL.search(html)
    assert found, html
    return STEP.findall(found.group())


@pytest.mark.parametrize(
    ("page", "query", "last"),
    [
        ("policy-edit", "", "Edit"),
        ("policy-edit", "?review", "Review"),
        ("policy-delete", "", "Delete"),
        ("policy-version", "?do=default&version_id=v2", "Default version"),
        ("policy-version", "?do=delete&version_id=v2", "Delete v2"),
    ],
)
def test_pages_below_a_policy_lead_back_to_it(tenant: Tenant, admin: Client, page: str, query: str, last: str) -> None:
    arn = tenant.run("iam:CreatePolicy", policy_name="Reports", policy_document=DOCUMENT).policy.arn
    tenant.run("iam:CreatePolicyVersion", policy_arn=arn, policy_document=DOCUMENT)
    assert trail(admin, reverse(f"console:{page}", args=[arn]) + query) == [
        ("", "Access management"),
        ("/console/policies/", "Policies"),
        (reverse("console:policy", args=[arn]), "Reports"),
        ("", last),
    ]


def test_the_credentials_of_a_new_user_lead_back_to_the_list(admin: Client) -> None:
    form = {"user_name": "ada", "path": "/", "console_access": "generated"}
    assert trail(admin, "/console/create/user/", **form) == [
        ("/console/users/", "Users"),
        ("/console/users/ada/", "ada"),
        ("", "Credentials"),
    ]


@pytest.mark.parametrize(
    ("address", "section"),
    [
        ("/console/services/s3/", "Understand access"),
        ("/console/create/workload/", "Access management"),
    ],
)
def test_a_trail_begins_with_the_part_of_the_menu(admin: Client, address: str, section: str) -> None:
    assert trail(admin, address)[0] == ("", section)
