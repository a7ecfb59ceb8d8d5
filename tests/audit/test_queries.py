"""Looking records up: newest first, page by page, by whatever people ask for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from iamconsole.audit import queries
from iamconsole.audit.chain import digest_of
from iamconsole.kernel.errors import AccessDenied, ValidationError
from iamconsole.kernel.paging import encode_marker
from tests.audit.support import trail_of
from tests.audit.test_records import call_of
from tests.support.tenants import Tenant, run


def pages(account_id: str, size: int, **filters: Any) -> list[int]:
    found: list[int] = []
    marker = None
    while True:
        rows, page = queries.events(account_id, marker=marker, max_items=size, **filters)
        found += [row.sequence for row in rows]
        assert len(rows) <= size
        if not page["is_truncated"]:
            assert page["marker"] is None
            return found
        marker = page["marker"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_pages_give_every_record_once_and_newest_first(tenant: Tenant, write: Callable[..., None], size: int) -> None:
    write(4)
    expected = [event.sequence for event in sorted(trail_of(tenant.account_id), key=lambda e: (e.time, e.sequence))]
    assert pages(tenant.account_id, size) == expected[::-1]


def test_records_of_one_moment_are_paged_by_their_place(tenant: Tenant) -> None:
    call = tenant.operator()
    for number in range(5):
        run(call, "iam:CreateUser", user_name=f"user-{number}")
    assert pages(tenant.account_id, 2, since=call.time, until=call.time) == sorted(
        (event.sequence for event in trail_of(tenant.account_id) if event.time == call.time), reverse=True
    )


def test_records_that_come_in_between_do_not_shift_pages(tenant: Tenant, write: Callable[..., None]) -> None:
    write(4)
    first, page = queries.events(tenant.account_id, max_items=3)
    write(2, begin=10)
    second, _ = queries.events(tenant.account_id, max_items=3, marker=page["marker"])
    assert [e.sequence for e in second] == [first[-1].sequence - n for n in (1, 2, 3)]


def test_every_filter_finds_its_own(tenant: Tenant, other: Tenant) -> None:
    call = call_of(tenant, "admin", source_ip="192.0.2.7")
    with pytest.raises(Exception, match="nobody"):
        run(call, "iam:DeleteUser", user_name="nobody")
    (event,) = [e for e in trail_of(tenant.account_id) if e.source_ip == "192.0.2.7"]
    key = tenant.admin_key["AccessKeyId"]
    tenant.client().create_user(UserName="by-key")
    with_key = trail_of(tenant.account_id)[-1]
    for filters, wanted in (
        ({"name": "DeleteUser"}, event),
        ({"error_code": "NoSuchEntity"}, event),
        ({"source_ip": "192.0.2.7"}, event),
        ({"principal": call.principal.arn, "source_ip": "192.0.2.7"}, event),
        ({"resource": f"arn:aws:iam::{tenant.account_id}:user/nobody"}, event),
        ({"since": event.time, "until": event.time}, event),
        ({"access_key_id": key}, with_key),
    ):
        found, _ = queries.events(tenant.account_id, **filters)
        assert [e.sequence for e in found] == [wanted.sequence], filters
        assert queries.events(other.account_id, **filters)[0] == []
    later, _ = queries.events(tenant.account_id, since=with_key.time + timedelta(microseconds=1))
    assert later == []


@pytest.mark.parametrize(
    "marker", ["nonsense", "é", encode_marker("x 1"), encode_marker("2027-01-01T00:00:00 1"), "AA"]
)
def test_a_marker_that_is_none_of_ours_is_refused(tenant: Tenant, marker: str) -> None:
    with pytest.raises(ValidationError):
        queries.events(tenant.account_id, marker=marker)


def test_a_page_is_one_query(tenant: Tenant, write: Callable[..., None], django_assert_num_queries: Any) -> None:
    write(5)
    _, page = queries.events(tenant.account_id, max_items=2)
    with django_assert_num_queries(1):
        queries.events(tenant.account_id, marker=page["marker"], max_items=2, name="CreateUser")


def test_the_operation_shows_records_that_can_be_verified(tenant: Tenant) -> None:
    run(call_of(tenant, "admin", source_ip="192.0.2.1"), "iam:CreateUser", user_name="ada")
    (event,) = run(
        call_of(tenant, "admin"), "iamconsole:LookupAuditEvents", event_name="CreateUser", max_items=1
    ).events
    assert json.loads(event.cloud_trail_event)["requestParameters"]["userName"] == "ada"
    assert event.digest == digest_of(
        account_id=tenant.account_id, sequence=event.sequence, previous=event.previous, body=event.cloud_trail_event
    )
    assert (event.source_ip, event.error_code, event.resource) == (
        "192.0.2.1",
        None,
        f"arn:aws:iam::{tenant.account_id}:user/ada",
    )


def test_nobody_looks_without_being_allowed(tenant: Tenant) -> None:
    tenant.user("weak")
    with pytest.raises(AccessDenied):
        run(call_of(tenant, "weak"), "iamconsole:LookupAuditEvents")


def test_nobody_looks_into_another_account(tenant: Tenant, other: Tenant) -> None:
    found = run(call_of(tenant, "admin"), "iamconsole:LookupAuditEvents", max_items=1000).events
    assert len(found) == len(trail_of(tenant.account_id))
    assert other.account_id not in "".join(event.cloud_trail_event for event in found)
