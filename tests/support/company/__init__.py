"""A company of any size around the furniture of the console's tests, put in place directly and then projected.

The rows are what operations would have left: of every kind, consistent, the audit trail an unbroken chain.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from iamconsole.replication.projection.projector import rebuild
from tests.support.company import credentials, people, permissions, records
from tests.support.company.rows import Rows
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up


@dataclass(frozen=True, slots=True)
class Size:
    """How many there are of each; everything else follows from these."""

    users: int
    roles: int
    policies: int
    events: int


def fill(tenant: Tenant, size: Size, *, named: str) -> None:
    """Add so much to an account that `tests.console.furniture.furnish` furnished; `named` begins every new name.

    ada, the group devs, the role reader and the policy Reports get their share of whatever there is.
    """
    with setting_up(), transaction.atomic():
        rows = Rows(tenant.account_id, named)
        policies = permissions.policies(rows, size.policies)
        groups = people.groups(rows, max(2, size.users // 50))
        users = people.users(rows, size.users, groups)
        roles = people.roles(rows, size.roles)
        permissions.attach(rows, policies, users=users, groups=groups, roles=roles)
        credentials.give(rows, users)
        credentials.rotate(rows, users[: max(2, size.users // 10)])
        people.workloads(rows, roles)
        people.providers(rows, max(2, size.roles // 20))
        records.accesses(rows, users, roles)
        records.denials(rows, max(3, size.events // 10))
        records.events(rows, users, size.events)
        rebuild(tenant.account_id)
