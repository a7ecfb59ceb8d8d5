"""The database itself refuses to change or delete what is on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from iamconsole.audit import checkpoints, guard
from iamconsole.audit.models import AuditEvent, AuditSegment, DroppableSegment
from tests.audit.support import sql, trail_of
from tests.support.tenants import Tenant

STATEMENTS = {
    "edit a record": "UPDATE audit_auditevent SET body = '{}'",
    "edit a column": "UPDATE audit_auditevent SET source_ip = '' WHERE sequence = 1",
    "delete a record": "DELETE FROM audit_auditevent WHERE sequence = 2",
    "delete all records": "DELETE FROM audit_auditevent",
    "edit a name": "UPDATE audit_auditname SET arn = ''",
    "delete a name": "DELETE FROM audit_auditname WHERE sequence = 2",
    "edit a checkpoint": "UPDATE audit_auditsegment SET digest = ''",
    "delete a checkpoint": "DELETE FROM audit_auditsegment",
}
OF_SQLITE = {
    "replace by id": "INSERT OR REPLACE INTO audit_auditevent SELECT * FROM audit_auditevent WHERE sequence = 1",
    "replace by place": (
        "INSERT OR REPLACE INTO audit_auditevent (account_id, sequence, time, event_id, name, principal, access_key_id,"
        " source_ip, error_code, resource, body, previous, digest) SELECT account_id, sequence, time, 'x', name,"
        " principal, access_key_id, source_ip, error_code, resource, body, previous, digest FROM audit_auditevent"
    ),
    "replace a name": "INSERT OR REPLACE INTO audit_auditname SELECT * FROM audit_auditname",
    "replace a checkpoint": "INSERT OR REPLACE INTO audit_auditsegment SELECT * FROM audit_auditsegment",
}
OF_POSTGRES = {
    "empty the records": "TRUNCATE audit_auditevent",
    "empty the names": "TRUNCATE audit_auditname",
    "empty the checkpoints": "TRUNCATE audit_auditsegment",
    "write over a record": (
        "INSERT INTO audit_auditevent SELECT * FROM audit_auditevent WHERE sequence = 1"
        " ON CONFLICT (id) DO UPDATE SET body = '{}'"
    ),
    "as a replica": "SET LOCAL session_replication_role = replica; DELETE FROM audit_auditevent",
}


@pytest.fixture
def closed(tenant: Tenant) -> checkpoints.Checkpoint:
    made = checkpoints.close_segment(tenant.account_id, at_once=True)
    assert made
    return made


def refused(statement: str) -> bool:
    try:
        with transaction.atomic():
            sql(statement)
    except IntegrityError as fault:
        return guard.REFUSAL in str(fault)
    return False


def test_every_way_to_change_the_past_is_refused(tenant: Tenant, closed: Any) -> None:
    before = list(AuditEvent.objects.filter(account_id=tenant.account_id).values().order_by("pk"))
    ways = STATEMENTS | (OF_POSTGRES if connection.vendor == "postgresql" else OF_SQLITE)
    for way, statement in ways.items():
        assert refused(statement), f"nothing stopped it: {way}"
    assert list(AuditEvent.objects.filter(account_id=tenant.account_id).values().order_by("pk")) == before
    assert AuditSegment.objects.filter(account_id=tenant.account_id).count() == 1


def test_django_is_refused_as_well(tenant: Tenant) -> None:
    event = trail_of(tenant.account_id)[0]
    event.body = "{}"
    for act in (event.save, event.delete, AuditEvent.objects.filter(account_id=tenant.account_id).delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_the_door_opens_for_one_closed_segment_only(tenant: Tenant, other: Tenant, closed: Any) -> None:
    tenant.run("iam:CreateUser", user_name="after")
    DroppableSegment.objects.create(account_id=tenant.account_id, number=1)
    for kept in (
        AuditEvent.objects.filter(account_id=tenant.account_id, sequence__gt=closed.last),
        AuditEvent.objects.filter(account_id=other.account_id),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            kept.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        DroppableSegment.objects.create(id=2, account_id=other.account_id, number=1)
    AuditEvent.objects.filter(account_id=tenant.account_id, sequence__lte=closed.last).delete()


def test_the_door_opens_for_no_segment_that_is_not_closed(tenant: Tenant) -> None:
    DroppableSegment.objects.create(account_id=tenant.account_id, number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.filter(account_id=tenant.account_id).delete()


def test_migrations_leave_the_guard_in_place(db: Any) -> None:
    """Fails for a migration that rebuilds a guarded table on SQLite and does not install the guard again."""
    assert guard.missing(connection) == []


def test_the_guard_can_be_lifted_and_comes_back(tenant: Tenant, write: Callable[..., None]) -> None:
    with guard.lifted(connection):
        assert len(guard.missing(connection)) == 9
        AuditEvent.objects.filter(account_id=tenant.account_id, sequence=1).update(source_ip="x")
    assert guard.missing(connection) == []
    guard.install(connection)
    assert guard.missing(connection) == []


def test_a_trigger_that_is_switched_off_counts_as_missing(tenant: Tenant) -> None:
    off = {
        "postgresql": "ALTER TABLE audit_auditevent DISABLE TRIGGER audit_auditevent__no_update",
        "sqlite": "DROP TRIGGER audit_auditevent__no_update",
    }
    sql(off[connection.vendor])
    assert guard.missing(connection) == ["audit_auditevent__no_update"]
