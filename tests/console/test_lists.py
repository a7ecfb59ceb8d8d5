"""Lists: search, filters, ordering and pages live in the URL; the list is of one account alone."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import (
    AccessKey,
    Group,
    LoginProfile,
    Membership,
    User,
)
from iamconsole.kernel import clock
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

ROW = re.compile(r'<th scope="row"><a href="[^"]+">([^<]+)</a>|<th scope="row">\s*<a href="[^"]+">([^<]+)</a>')


def named(tenant: Tenant, prefix: str, number: int, **more: Any) -> dict[str, Any]:
    name = f"{prefix}-{number:05d}"
    return {
        "account_id": tenant.account_id,
        "unique_id": f"{prefix[:4].upper()}{tenant.account_id[-4:]}{number:09d}",
        "name": name,
        "name_key": name,
        "created": clock.now() - timedelta(hours=number),
        **more,
    }


def users(tenant: Tenant, count: int) -> None:
    """Users with a password, a key and a membership each."""
    now, account = clock.now(), tenant.account_id
    made = User.objects.bulk_create(User(**named(tenant, "user", n)) for n in range(count))
    group = Group.objects.create(**named(tenant, "crew", 0))
    Membership.objects.bulk_create(Membership(account_id=account, user=u, group=group, created=now) for u in made)
    profiles = (LoginProfile(account_id=account, user=u, created=now, changed=now, last_used=now) for u in made[::2])
    LoginProfile.objects.bulk_create(profiles)
    AccessKey.objects.bulk_create(
        AccessKey(
            id=f"AKIA{account[-4:]}{n:012d}",
            account_id=account,
            user=user,
            slot=1,
            sealed_secret="-",
            created=now - timedelta(days=n * 37 % 200),
            last_used=now - timedelta(days=n % 50),
        )
        for n, user in enumerate(made)
    )


def shown(client: Client, address: str) -> list[str]:
    """The names in the first column."""
    return [first or second for first, second in ROW.findall(client.get(address).content.decode())]


def test_search_by_name_path_id_arn_and_key(tenant: Tenant, admin: Client) -> None:
    key = tenant.user("Ada", path="/engineering/")["AccessKeyId"]
    tenant.user("grace")
    unique_id = User.objects.get(account_id=tenant.account_id, name="Ada").unique_id
    arn = f"arn:aws:iam::{tenant.account_id}:user/engineering/Ada"
    for text in ("ad", "aDA", "/engineer", key, key[:18], unique_id, arn):
        assert "Ada" in shown(admin, f"/console/users/?q={text}"), text
        assert "grace" not in shown(admin, f"/console/users/?q={text}"), text


def test_filters_orders_and_pages(tenant: Tenant, admin: Client) -> None:
    with setting_up():
        users(tenant, 60)
    assert len(shown(admin, "/console/users/")) == 25
    assert len(shown(admin, "/console/users/?size=100")) == 61
    assert shown(admin, "/console/users/?page=3&size=25")[-1] == "user-00059"
    assert shown(admin, "/console/users/?page=999")[-1] == "user-00059"
    assert shown(admin, "/console/users/?sort=-name")[0] == "user-00059"
    assert shown(admin, "/console/users/?sort=created")[0] == "user-00059"
    assert shown(admin, "/console/users/?filter=no-console")[0] == "user-00001"
    assert shown(admin, "/console/users/?filter=console")[:2] == ["admin", "user-00000"]
    assert shown(admin, "/console/users/?sort=activity&filter=keys")[0] in ("admin", "user-00049")


@pytest.mark.parametrize("query", ["page=-1", "page=x", "size=9999999999", "sort=password", "filter=';--", "q=%00"])
def test_nonsense_in_the_url_is_ignored(admin: Client, query: str) -> None:
    assert admin.get(f"/console/users/?{query}").status_code == 200


def test_links_of_a_list_keep_its_state(tenant: Tenant, admin: Client) -> None:
    with setting_up():
        users(tenant, 60)
    html = admin.get("/console/users/?q=user&filter=keys&sort=-created&size=25&page=2").content.decode()
    assert 'rel="prev" href="/console/users/?q=user&amp;filter=keys&amp;sort=-created"' in html
    assert 'href="/console/users/?q=user&amp;filter=keys&amp;sort=created"' in html
    assert '<input type="hidden" name="filter" value="keys">' in html


def test_a_list_is_of_this_account_alone(tenant: Tenant, app: Any, admin: Client) -> None:
    from tests.support.tenants import open_account

    other = open_account(app)
    key = other.user("stranger")["AccessKeyId"]
    for text in ("", "stranger", key, f"arn:aws:iam::{other.account_id}:user/stranger"):
        assert "stranger" not in shown(admin, f"/console/users/?q={text}")


def test_a_policy_is_described_below_its_name(tenant: Tenant, admin: Client) -> None:
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}'
    told = "Reads every report of the finance department"
    tenant.run("iam:CreatePolicy", policy_name="Reports", policy_document=document, description=told)
    html = admin.get("/console/policies/?filter=customer&q=Reports").content.decode()
    assert "Description</th>" not in html
    name = html[html.index("<tbody>") :].partition("</th>")[0]
    assert "Reports</a>" in name
    assert f'<span class="cell-note">{told}</span>' in name


@pytest.mark.parametrize(
    ("principal", "action", "said"),
    [
        ({"Federated": "arn:aws:iam::{account}:saml-provider/Corp"}, "AssumeRoleWithSAML", "saml-provider/Corp"),
        ({"AWS": "arn:aws:iam::{account}:root"}, "AssumeRole", "{account}"),
        ({"Service": "ec2.amazonaws.com"}, "AssumeRole", "ec2.amazonaws.com"),
    ],
)
def test_whom_a_role_trusts_is_said_shortly_and_told_in_full(
    tenant: Tenant, admin: Client, principal: dict[str, str], action: str, said: str
) -> None:
    ((kind, value),) = principal.items()
    value, said = (text.replace("{account}", tenant.account_id) for text in (value, said))
    statement = {"Effect": "Allow", "Principal": {kind: value}, "Action": f"sts:{action}"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    tenant.run("iam:CreateRole", role_name="Lent", assume_role_policy_document=document)
    html = admin.get("/console/roles/?q=Lent").content.decode()
    assert f'<span class="chip" title="{value}">{said}</span>' in html
