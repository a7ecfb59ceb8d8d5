"""Empty places teach: what belongs there, why, and what to do next; nowhere is a dead end."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.console.furniture import TRUST, allowing
from tests.support.tenants import Tenant

EMPTY = re.compile(r'<div class="empty">(.*?)\n</div>', re.S)
# Of an account with one of each and nothing in it: pages with the titles of their empty places.
PLACES = {
    "groups/?q=nobody": ["Nothing matches"],
    "groups/": ["No groups yet"],
    "roles/": ["No roles yet"],
    "users/lone/": ["No policies", "Nothing through groups"],
    "users/lone/tab/groups/": ["In no group"],
    "users/lone/tab/credentials/": ["No MFA device", "No access keys"],
    "users/lone/tab/access/": ["lone can do nothing"],
    "users/lone/tab/access/?show=risky": ["Nothing of this kind"],
    "users/lone/tab/last-accessed/": ["Nothing was asked for yet"],
    "users/lone/tab/activity/": ["No decisions yet", "No events on record"],
    "users/lone/sessions/": ["Not signed in"],
    "groups/bare/": ["No users in this group"],
    "groups/bare/tab/permissions/": ["No policies"],
    "roles/idle/": ["No policies"],
    "roles/idle/tab/trust/": ["In no instance profile"],
    "policies/entities/{policy}": ["Attached to nobody", "Bounds nobody"],
    "search/": ["Type what you look for"],
    "search/?q=nothing-of-this-name": ["Nothing was found"],
    "denied/": ["Nobody was refused"],
    "denied/?q=nobody": ["Nothing is on record for this"],
    "simulator/": ["Ask a question"],
    "map/": ["Ask a question"],
    "mfa/": ["No MFA device"],
    "events/?event_name=NoSuchThing": ["No events match"],
    "key-rotation/": ["No key was rotated yet"],
    "key-rotation/schedules/": ["No schedules"],
    "identity-providers/": ["No identity providers yet"],
    "identity-providers/?q=none": ["Nothing matches"],
    "workloads/": ["No workloads yet"],
    "account/": ["No properties"],
    "recommendations/old-passwords/": ["Nobody"],
}
BUTTONS = {
    "users/lone/tab/groups/": "Add to groups",
    "users/lone/tab/credentials/": "Create access key",
    "groups/bare/": "Add users",
    "roles/idle/": "Attach policies",
    "mfa/": "Add an authenticator app",
    "key-rotation/schedules/": "Schedule for the account",
}


@pytest.fixture
def bare(tenant: Tenant) -> str:
    """One of each, with nothing in it; the policy's ARN."""
    tenant.run("iam:CreateUser", user_name="lone")
    made = tenant.run("iam:CreatePolicy", policy_name="Alone", policy_document=allowing("s3:GetObject"))
    return str(made.policy.arn)


def test_every_empty_place_says_what_belongs_there(tenant: Tenant, admin: Client, bare: str) -> None:
    for page, titles in PLACES.items():
        if page.startswith(("groups/bare", "roles/idle")):
            continue
        check(admin, page.format(policy=bare), titles)
    tenant.run("iam:CreateGroup", group_name="bare")
    tenant.run("iam:CreateRole", role_name="idle", assume_role_policy_document=TRUST)
    for page, titles in PLACES.items():
        if page.startswith(("groups/bare", "roles/idle")):
            check(admin, page, titles)


def check(client: Client, page: str, titles: list[str]) -> None:
    """Each place has its title, an icon and a sentence; its button stands there and nowhere else on the page."""
    html = client.get(f"/console/{page}").content.decode()
    places = EMPTY.findall(html)
    found = [re.sub("<.*?>", "", re.findall(r'class="empty-title">(.*?)</p>', place)[0]) for place in places]
    assert found == titles, page
    for place in places:
        assert "<svg" in place, page
        assert re.search(r"</p><p>[^<]{20,}", place), page
    if label := BUTTONS.get(page):
        assert label in "".join(places), page
        assert html.count(f"{label}</") == 1, page
