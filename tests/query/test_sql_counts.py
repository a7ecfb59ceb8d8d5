"""Reading takes the same number of queries however much there is, and never more than `sql_counts.json` says.

A new List or Get operation gets a line there; a number may only go down.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from iamconsole.kernel.operation import Operation
from tests.query import furnished
from tests.support.tenants import Tenant, open_account

RATCHET = Path(__file__).with_name("sql_counts.json")
SIZES = (10, 500)
FILTERS = ("User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy")


def questions(operation: Operation, tenant: Tenant) -> dict[str, dict[str, Any]]:
    """What is asked of an operation: all entries in one page; of the account's details one section at a time."""
    known = furnished.members(tenant)
    members: dict[str, Any] = {name: known[name] for name in furnished.required(operation)}
    if operation.pages:
        members["MaxItems"] = 1000
    aliases = {field.alias for field in operation.input.model_fields.values()}
    if "Filter" in aliases:
        return {f"{operation.name} {kind}": members | {"Filter": [kind]} for kind in FILTERS}
    if "UserName" in aliases:
        members["UserName"] = known["UserName"]
    return {operation.name: members}


def counted(tenant: Tenant) -> dict[str, int]:
    found = {}
    for operation in furnished.reading():
        for name, members in questions(operation, tenant).items():
            with CaptureQueriesContext(connection) as queries:
                tenant.run(operation.action, **members)
            found[name] = len(queries)
    return found


def test_reading_takes_the_same_queries_however_much_there_is(app: Any, db: None) -> None:
    few, many = (open_account(app) for _ in SIZES)
    for tenant, size in zip((few, many), SIZES, strict=True):
        furnished.furnish(tenant, size)
    counts = counted(few)
    assert counted(many) == counts
    ratchet = json.loads(RATCHET.read_text())
    assert counts.keys() == ratchet.keys()
    assert {name: count for name, count in counts.items() if count > ratchet[name]} == {}
