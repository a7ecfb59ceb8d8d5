"""The names of records that begin in some way, each once, without reading the records."""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

from django.db import connection

LAST: Final = b"\xff"  # no text in UTF-8 has it
OF_SIDE: Final = "SELECT name FROM audit_auditname WHERE account_id = %(account)s AND side = %(side)s AND name"
# From each name to the next in the index: as many look-ups as names, however many records have them.
NAMES: Final = f"""
    WITH RECURSIVE found(name, place) AS (
        SELECT ({OF_SIDE} >= %(begin)s AND name < %(end)s ORDER BY name LIMIT 1), 1
        UNION ALL
        SELECT ({OF_SIDE} > found.name AND name < %(end)s ORDER BY name LIMIT 1), found.place + 1
        FROM found WHERE found.name IS NOT NULL AND found.place < %(most)s
    )
    SELECT found.name, (
        SELECT arn FROM audit_auditname AS named
        WHERE named.account_id = %(account)s AND named.side = %(side)s AND named.name = found.name
        ORDER BY named.time DESC, named.sequence DESC LIMIT 1
    ) FROM found WHERE found.name IS NOT NULL ORDER BY found.name
"""  # noqa: S608  (constants)


class Begun(NamedTuple):
    """A name, and the ARN under which it was last on record, which may be unknown."""

    key: bytes
    arn: str


class Beginning(Protocol):
    """What names begin with, on which side of records."""

    @property
    def side(self) -> str: ...
    @property
    def key(self) -> bytes: ...
    @property
    def end(self) -> bytes | None: ...


def names(account_id: str, wanted: Beginning, *, most: int) -> list[Begun]:
    """The first names, in their order; one query."""
    asked = {"account": account_id, "side": wanted.side, "begin": wanted.key, "end": wanted.end or LAST, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(NAMES, asked)
        return [Begun(bytes(name), arn) for name, arn in cursor.fetchall()]
