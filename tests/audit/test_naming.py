"""Records are found by parts of names: of whoever called, and of everything that the call was about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iamconsole.audit import finding, naming, queries, tasks
from iamconsole.audit.models import AuditChain, AuditName
from iamconsole.audit.naming import PRINCIPAL, RESOURCE, Name, names_of
from tests.audit.support import sql, trail_of
from tests.audit.test_queries import pages
from tests.audit.test_records import call_of
from tests.support.tenants import Tenant, run

ROLE = "arn:aws:iam::123456789012:role/service/deploy"
SESSION = "arn:aws:sts::123456789012:assumed-role/deploy/Night"


def found(tenant: Tenant, **filters: Any) -> list[str]:
    return [event.name for event in queries.events(tenant.account_id, max_items=1000, **filters)[0]]


@pytest.fixture
def staff(tenant: Tenant) -> Tenant:
    """Alice of a team, her group, and what was done to both by the administrator."""
    tenant.run("iam:CreateUser", user_name="Alice", path="/sales/")
    tenant.run("iam:CreateGroup", group_name="ali-baba")
    admin = call_of(tenant, "admin")
    run(admin, "iam:AddUserToGroup", group_name="ali-baba", user_name="Alice")
    run(call_of(tenant, "admin"), "iam:RemoveUserFromGroup", group_name="ali-baba", user_name="Alice")
    return tenant


@pytest.mark.parametrize(
    ("arn", "keys"),
    [
        ("arn:aws:iam::1:user/ada", [b"ada"]),
        ("arn:aws:iam::1:user/Team/Ada", [b"team", b"ada"]),
        (SESSION, [b"deploy", b"night"]),
        ("arn:aws:iam::1:root", [b"root"]),
        ("arn:aws:s3:::reports/2026/a.csv", [b"reports", b"a.csv"]),
        ("arn:aws:lambda:eu:1:function:f", [b"function", b"f"]),
        ("*", [b"*"]),
        ("arn:aws:iam::1:user/" + "é" * 200, [("é" * 64).encode()]),
        ("", []),
    ],
)
def test_an_arn_has_its_names(arn: str, keys: list[bytes]) -> None:
    assert list(naming.keys_of(arn)) == keys


def test_a_record_has_the_names_of_all_that_it_is_about_once() -> None:
    record = {
        "userIdentity": {"arn": SESSION},
        "resources": [{"ARN": ROLE}, {"ARN": "*"}],
        "requestParameters": {
            "roleName": "DEPLOY",
            "policyArn": "arn:aws:iam::aws:policy/Look\0",
            "policyName": "extra",
            "description": "no name",
            "maxItems": 7,
        },
    }
    assert names_of(record) == [
        Name(PRINCIPAL, b"deploy", SESSION),
        Name(PRINCIPAL, b"night", SESSION),
        Name(RESOURCE, b"service", ROLE),
        Name(RESOURCE, b"deploy", ROLE),
        Name(RESOURCE, b"*", "*"),
        Name(
            RESOURCE, "look\N{REPLACEMENT CHARACTER}".encode(), "arn:aws:iam::aws:policy/Look\N{REPLACEMENT CHARACTER}"
        ),
        Name(RESOURCE, b"extra"),
    ]
    assert names_of({"userIdentity": {}, "resources": [], "requestParameters": None}) == []


@pytest.mark.parametrize(
    "text", ["alice", "ALI", "user/alice", "User/Ali", "sales/alice", "arn:aws:iam::{account}:user/sales/Alice"]
)
def test_what_was_done_to_somebody_through_a_group_is_found_by_him(staff: Tenant, text: str) -> None:
    wanted = found(staff, resource=text.format(account=staff.account_id))
    assert wanted[0:2] == ["RemoveUserFromGroup", "AddUserToGroup"]
    assert wanted[-1] == "CreateUser"
    assert ("CreateGroup" in wanted) == (text == "ALI")


def test_names_and_the_rest_of_the_filters_hold_together(staff: Tenant) -> None:
    assert found(staff, resource="alice", name="CreateUser") == ["CreateUser"]
    assert found(staff, principal="adm", resource="ali") == ["RemoveUserFromGroup", "AddUserToGroup"]
    assert found(staff, principal="adm", resource="alice", outcome="Failed") == []
    assert found(staff, principal="user/adm", named="alice", name="AddUserToGroup") == ["AddUserToGroup"]
    assert found(staff, principal="alice") == []
    assert found(staff, resource="group/alice") == []
    assert found(staff, resource="lice") == []
    admin = f"arn:aws:iam::{staff.account_id}:user/admin"
    assert set(found(staff, named=admin)) == {*found(staff, principal=admin), *found(staff, resource=admin)}
    assert found(staff, named="ali") == found(staff, resource="ali")


@pytest.mark.parametrize(("few", "names"), [(5_000, 8), (0, 8), (0, 0)], ids=["sorted", "by name", "walked"])
@pytest.mark.parametrize("size", [1, 1000])
def test_pages_give_every_match_once_however_many_there_are(
    staff: Tenant, monkeypatch: pytest.MonkeyPatch, few: int, names: int, size: int
) -> None:
    monkeypatch.setattr(finding, "FEW", few)
    monkeypatch.setattr(finding, "MOST_NAMES", names)
    about = {
        row.sequence for row in AuditName.objects.filter(account_id=staff.account_id, name__in=[b"alice", b"ali-baba"])
    }
    for text in ("ali", "alice", "admin", "user/"):
        assert pages(staff.account_id, size, named=text) == sorted(pages(staff.account_id, 1000, named=text))[::-1]
    assert pages(staff.account_id, size, named="ali") == sorted(about, reverse=True)
    counted, more, facets = queries.summary(staff.account_id, named="alice")
    assert (counted, more) == (3, False)
    assert dict(facets["event_name"])["AddUserToGroup"] == 1


def test_a_page_is_as_few_queries_for_any_name(staff: Tenant, django_assert_num_queries: Any) -> None:
    for queried, filters in (
        (1, {"principal": f"arn:aws:iam::{staff.account_id}:user/admin"}),
        (2, {"resource": f"arn:aws:iam::{staff.account_id}:user/sales/Alice"}),
        (3, {"resource": "ali"}),
        (6, {"named": "a"}),
        (1, {"resource": "nobody"}),
    ):
        with django_assert_num_queries(queried):
            queries.events(staff.account_id, max_items=2, **filters)


def test_records_of_an_earlier_release_get_their_names(
    staff: Tenant, other: Tenant, write: Callable[..., None], unguarded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = list(
        AuditName.objects.filter(account_id=staff.account_id)
        .order_by("event", "place")
        .values_list("event", "place", "name", "arn")
    )
    sql("DELETE FROM audit_auditname WHERE account_id = %s AND sequence %% 2 = 0", staff.account_id)
    sql("UPDATE audit_auditevent SET body = 'none' WHERE account_id = %s", other.account_id)
    sql("DELETE FROM audit_auditname WHERE account_id = %s", other.account_id)
    monkeypatch.setattr(naming, "BATCH", 2)
    primary = trail_of(staff.account_id)[1].resource
    assert found(staff, resource=primary)
    tasks.name_records()
    assert (
        list(
            AuditName.objects.filter(account_id=staff.account_id)
            .order_by("event", "place")
            .values_list("event", "place", "name", "arn")
        )
        == kept
    )
    chain = AuditChain.objects.get(account_id=staff.account_id)
    assert chain.named == chain.sequence
    assert tasks.name_records() == 0
    monkeypatch.setattr(tasks, "NAMING", 0.0)
    write(1)
    tasks.name_records()
    assert AuditChain.objects.get(account_id=staff.account_id).named == chain.sequence


def test_nothing_of_another_account_is_found(staff: Tenant, other: Tenant) -> None:
    other.run("iam:CreateUser", user_name="alice")
    assert found(other, named="ali") == ["CreateUser"]
    assert len(found(staff, resource="alice")) == 3
