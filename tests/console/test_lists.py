"""Lists: search, filters, ordering and pages live in the URL; the number of SQL queries does not grow."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import (
    AccessKey,
    Group,
    KeyRotation,
    KeySighting,
    LoginProfile,
    Membership,
    Role,
    RotationSchedule,
    User,
)
from iamconsole.audit.access import holdings
from iamconsole.audit.models import AuthorizationRecord, LastAccess
from iamconsole.kernel import clock
from iamconsole.replication import freshness
from iamconsole.replication.models import ProjectedDocument, ProjectedRow
from policies.models import ManagedPolicy, PolicyVersion
from tests.console.furniture import ALLOW, TRUST
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

COUNTS = Path(__file__).with_name("sql_counts.json")
FEW, MANY = 10, 5000
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


def rotations(tenant: Tenant, count: int) -> None:
    """Users, each with a key that is being replaced and was seen."""
    users(tenant, count)
    now, account = clock.now(), tenant.account_id
    lengths = {"notice_days": 0, "overlap_seconds": 0, "quiet_seconds": 0, "grace_seconds": 0}
    RotationSchedule.objects.filter(account_id=account).delete()
    RotationSchedule.objects.create(
        id="rs-1", account_id=account, max_age_days=90, delivery_kind="pull", created=now, updated=now, **lengths
    )
    keys = list(AccessKey.objects.filter(account_id=account, id__startswith=f"AKIA{account[-4:]}"))
    KeyRotation.objects.bulk_create(
        KeyRotation(
            id=f"kr-{n:05d}",
            account_id=account,
            user_id=key.user_id,
            schedule_id="rs-1",
            old_key_id=key.id,
            state="Due",
            created=now,
            since=now,
            next_at=now,
        )
        for n, key in enumerate(keys)
    )
    KeySighting.objects.bulk_create(
        KeySighting(account_id=account, access_key=key, digest="-", first_seen=now, last_seen=now) for key in keys
    )


def groups(tenant: Tenant, count: int) -> None:
    made = Group.objects.bulk_create(Group(**named(tenant, "group", n)) for n in range(count))
    admin = User.objects.get(account_id=tenant.account_id, name="admin")
    now = clock.now()
    Membership.objects.bulk_create(
        Membership(account_id=tenant.account_id, user=admin, group=group, created=now) for group in made
    )


def roles(tenant: Tenant, count: int) -> None:
    Role.objects.bulk_create(Role(**named(tenant, "role", n), trust_policy=TRUST) for n in range(count))


def policies(tenant: Tenant, count: int) -> None:
    rows = (ManagedPolicy(**named(tenant, "policy", n), updated=clock.now()) for n in range(count))
    made = ManagedPolicy.objects.bulk_create(rows)
    PolicyVersion.objects.bulk_create(
        PolicyVersion(account_id=tenant.account_id, policy=policy, number=1, document=ALLOW, created=policy.created)
        for policy in made
    )


def accesses(tenant: Tenant, count: int) -> None:
    admin = User.objects.get(account_id=tenant.account_id, name="admin")
    LastAccess.objects.filter(account_id=tenant.account_id).delete()
    LastAccess.objects.bulk_create(
        LastAccess(
            account_id=tenant.account_id,
            principal_id=admin.unique_id,
            service="s3",
            action=f"s3:Get{n}",
            principal=admin.arn,
            attempted=clock.now(),
            allowed=clock.now(),
        )
        for n in range(count)
    )


def denials(tenant: Tenant, count: int) -> None:
    body = json.dumps({"evaluations": [{"action": "a:B", "resource": "*", "evaluatedEffect": "IMPLICIT_DENY"}]})
    AuthorizationRecord.objects.filter(account_id=tenant.account_id).delete()
    AuthorizationRecord.objects.bulk_create(
        AuthorizationRecord(
            account_id=tenant.account_id,
            resource_account_id=tenant.account_id,
            authorization_id=f"{n:026x}",
            time=clock.now(),
            principal="",
            body=body,
        )
        for n in range(count)
    )


def projected(tenant: Tenant, count: int) -> None:
    """Users as decisions know them, with an inline policy each."""
    rows = ProjectedRow.objects.filter(account_id=tenant.account_id, kind="user", body__name__startswith="many-")
    rows.delete()
    digest = hashlib.sha256(ALLOW.encode()).hexdigest()
    ProjectedDocument.objects.get_or_create(digest=digest, defaults={"text": ALLOW})
    body = {"attached": [], "inline": [["p", digest]], "groups": [], "boundary": None, "root": False, "tags": {}}
    ProjectedRow.objects.bulk_create(
        ProjectedRow(
            kind="user",
            id=f"AIDAMANY{tenant.account_id[-4:]}{n:05d}",
            account_id=tenant.account_id,
            arn=f"arn:aws:iam::{tenant.account_id}:user/many-{n}",
            body=body | {"name": f"many-{n}"},
        )
        for n in range(count)
    )
    freshness.forget()
    holdings._kept._entries.clear()


LISTS: dict[str, tuple[str, Callable[[Tenant, int], None]]] = {
    "users": ("/console/users/", users),
    "users by activity, keys over 90 days": ("/console/users/?sort=-activity&filter=old-keys", users),
    "users, searched": ("/console/users/?q=user-0000", users),
    "groups": ("/console/groups/", groups),
    "roles": ("/console/roles/", roles),
    "policies": ("/console/policies/", policies),
    "attach policies": ("/console/users/admin/attach/", policies),
    "dashboard": ("/console/", users),
    "first steps": ("/console/start/", users),
    "users without MFA": ("/console/recommendations/users-mfa/", users),
    "direct administrators": ("/console/recommendations/administrators/", users),
    "create a role": ("/console/create/role/", users),
    "key rotation": ("/console/key-rotation/", rotations),
    "notifications": ("/console/account/notifications/", users),
    "unused credentials": ("/console/account/unused-credentials/?days=1", users),
    "replication": ("/console/replication/", users),
    "keys by age": ("/console/key-rotation/keys/", rotations),
    "search": ("/console/search/?q=user", users),
    "effective access": ("/console/users/admin/tab/access/", groups),
    "last accessed": ("/console/users/admin/tab/last-accessed/", accesses),
    "activity": ("/console/users/admin/tab/activity/", users),
    "simulator": ("/console/simulator/?who=admin&action=s3:*", groups),
    "access map": ("/console/map/?action=s3:GetObject", projected),
    "denied": ("/console/denied/", denials),
}


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", LISTS)
def test_the_number_of_queries_is_constant_and_only_falls(tenant: Tenant, admin: Client, name: str) -> None:
    address, make = LISTS[name]
    with setting_up():
        make(tenant, FEW)
    few = queries(admin, address)
    with setting_up():
        _clear(tenant)
        make(tenant, MANY)
    assert queries(admin, address) == few
    kept = json.loads(COUNTS.read_text())[name]
    assert few == kept, f"{name}: {few} queries, noted {kept}: note a lower number, undo a higher one"


def _clear(tenant: Tenant) -> None:
    account = {"account_id": tenant.account_id}
    Membership.objects.filter(**account).delete()
    AccessKey.objects.filter(**account, user__name__startswith="user-").delete()
    LoginProfile.objects.filter(**account, user__name__startswith="user-").delete()
    User.objects.filter(**account, name__startswith="user-").delete()
    Group.objects.filter(**account).delete()
    Role.objects.filter(**account).delete()
    ManagedPolicy.objects.filter(**account).delete()


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
