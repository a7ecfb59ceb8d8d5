"""Every paginated operation through botocore's own paginators, whatever the size of a page."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import xform_name

from iamconsole.kernel.operation import Operation
from tests.contract import judge
from tests.query import furnished
from tests.query.aws import refused
from tests.support import inprocess
from tests.support.tenants import Tenant

PAGED = furnished.paged()
each = pytest.mark.parametrize("operation", PAGED, ids=lambda operation: operation.name)
SIZE = 4


@pytest.fixture
def iam(tenant: Tenant) -> Any:
    furnished.furnish(tenant, SIZE)
    return inprocess.client("iam", tenant.admin_key, tenant.app)


def asked(operation: Operation, tenant: Tenant) -> dict[str, Any]:
    known = furnished.members(tenant)
    return {name: known[name] for name in known if name in furnished.required(operation)} | OWN.get(operation.name, {})


OWN: dict[str, dict[str, Any]] = {
    "ListAccessKeys": {"UserName": "user-0"},
    "ListMFADevices": {"UserName": "user-0"},
    "ListPolicies": {"Scope": "Local"},
    "ListSSHPublicKeys": {"UserName": "user-0"},
    "ListSigningCertificates": {"UserName": "user-0"},
}


def everything(iam: Any, operation: Operation, size: int, **members: Any) -> tuple[list[Any], int]:
    """All entries of all lists in the order of the pages, and how many pages it took."""
    keys = judge.paginators("iam")[operation.name]["result_key"]
    keys = [keys] if isinstance(keys, str) else keys
    pages = list(iam.get_paginator(xform_name(operation.name)).paginate(**members, PaginationConfig={"PageSize": size}))
    assert all(len([e for key in keys for e in page[key]]) <= size for page in pages)
    assert [page["IsTruncated"] for page in pages] == [True] * (len(pages) - 1) + [False]
    assert all(("Marker" in page) == page["IsTruncated"] for page in pages)
    return [entry for key in keys for page in pages for entry in page[key]], len(pages)


@each
def test_pages_of_any_size_hold_the_same_once(iam: Any, tenant: Tenant, operation: Operation) -> None:
    members = asked(operation, tenant)
    whole, pages = everything(iam, operation, 1000, **members)
    assert pages == 1
    assert len(whole) >= SIZE or operation.name == "ListAccountAliases"
    for size in (1, 3, SIZE, len(whole) + 1):
        assert everything(iam, operation, size, **members)[0] == whole
    if len(whole) > 1:
        assert everything(iam, operation, 1, **members)[1] == len(whole)


@each
def test_a_marker_that_is_none_of_ours_is_refused(iam: Any, tenant: Tenant, operation: Operation) -> None:
    if operation.name == "ListAccountAliases":
        return  # there is one alias at most: no marker is ever given out, and none is read
    ask = getattr(iam, xform_name(operation.name))
    for marker in ("%%%", "nonsense!", "\u00ff\u00ff", "_w", "AA"):
        with refused("ValidationError", "Invalid Marker."):
            ask(**asked(operation, tenant), Marker=marker)


@pytest.mark.parametrize(("number", "text"), [(1001, "less than or equal to 1000"), (0, "greater than or equal to 1")])
def test_max_items_has_its_bounds(iam: Any, number: int, text: str) -> None:
    with refused("ValidationError", f"Member must have value {text}"):
        _unchecked(iam).list_users(MaxItems=number)


def _unchecked(iam: Any) -> Any:
    """The client without botocore's own checks of what it sends."""
    iam._serializer = getattr(iam._serializer, "_serializer", iam._serializer)
    return iam


def test_a_page_goes_on_after_an_entry_that_is_gone(iam: Any) -> None:
    first = iam.list_groups(MaxItems=2)
    gone = first["Groups"][-1]["GroupName"]
    iam.create_group(GroupName=f"{gone}-a")
    iam.update_group(GroupName=gone, NewGroupName="zzz")
    rest = iam.list_groups(Marker=first["Marker"])["Groups"]
    assert [group["GroupName"] for group in rest] == [f"{gone}-a", "group-2", "group-3", "zzz"]
