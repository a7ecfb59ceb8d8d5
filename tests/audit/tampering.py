"""What an intruder does to a trail who owns the database."""

from __future__ import annotations

import uuid
from typing import Any

from iamconsole.audit.chain import digest_of
from iamconsole.audit.models import AuditChain, AuditEvent
from tests.audit.support import trail_of


class Trail:
    """The account's records, as an intruder holds them."""

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self.rows = AuditEvent.objects.filter(account_id=account_id)
        self.length = len(trail_of(account_id))

    def at(self, place: int) -> Any:
        return self.rows.filter(sequence=place)

    def row(self, place: int) -> AuditEvent:
        found: AuditEvent = self.at(place).get()
        return found

    def move(self, place: int, to: int) -> None:
        self.at(place).update(sequence=to)

    def shift(self, places: range, by: int) -> None:
        for place in places if by < 0 else reversed(places):
            self.move(place, place + by)

    def lower_head(self, to: int) -> None:
        AuditChain.objects.filter(pk=self.account_id).update(sequence=to, digest=self.row(to).digest)


def edit_body(trail: Trail) -> None:
    row = trail.row(3)
    trail.at(3).update(body=row.body.replace('"readOnly":false', '"readOnly":true'))


def edit_digest(trail: Trail) -> None:
    trail.at(3).update(digest="0" * 64)


def edit_previous(trail: Trail) -> None:
    trail.at(3).update(previous="0" * 64)


def edit_body_and_digest(trail: Trail) -> None:
    edit_body(trail)
    row = trail.row(3)
    digest = digest_of(account_id=row.account_id, sequence=3, previous=row.previous, body=row.body)
    trail.at(3).update(digest=digest)


def delete_in_the_middle(trail: Trail) -> None:
    trail.at(3).delete()
    trail.at(4).delete()


def delete_and_renumber(trail: Trail) -> None:
    trail.at(3).delete()
    trail.shift(range(4, trail.length + 1), -1)


def delete_the_beginning(trail: Trail) -> None:
    trail.rows.filter(sequence__lte=2).delete()


def delete_the_tail(trail: Trail) -> None:
    trail.rows.filter(sequence__gt=trail.length - 2).delete()


def delete_everything(trail: Trail) -> None:
    trail.rows.delete()


def reorder(trail: Trail) -> None:
    trail.move(3, 999)
    trail.move(4, 3)
    trail.move(999, 4)


def insert(trail: Trail) -> None:
    row = trail.row(3)
    trail.shift(range(4, trail.length + 1), 1)
    row.pk, row.event_id, row.sequence, row.previous = None, uuid.uuid4(), 4, row.digest
    row.body = row.body.replace(str(trail.row(3).event_id), str(row.event_id))
    row.digest = digest_of(account_id=row.account_id, sequence=4, previous=row.previous, body=row.body)
    row.save(force_insert=True)


def append_beyond_the_head(trail: Trail) -> None:
    row = trail.row(trail.length)
    row.pk, row.event_id, row.sequence, row.previous = None, uuid.uuid4(), row.sequence + 1, row.digest
    row.body = row.body.replace(str(trail.row(trail.length).event_id), str(row.event_id))
    row.digest = digest_of(account_id=row.account_id, sequence=row.sequence, previous=row.previous, body=row.body)
    row.save(force_insert=True)


def lower_the_head_alone(trail: Trail) -> None:
    trail.lower_head(trail.length - 2)


def forget_the_head(trail: Trail) -> None:
    AuditChain.objects.filter(pk=trail.account_id).delete()


def edit_the_head(trail: Trail) -> None:
    AuditChain.objects.filter(pk=trail.account_id).update(digest="0" * 64)
