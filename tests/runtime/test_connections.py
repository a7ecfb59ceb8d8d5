"""How connections to the database are opened."""

from __future__ import annotations

from django.db.backends.signals import connection_created


class Cursor:
    def __init__(self, told: list[str]) -> None:
        self.told = told

    def __enter__(self) -> Cursor:
        return self

    def __exit__(self, *_fault: object) -> None:
        pass

    def execute(self, statement: str) -> None:
        self.told.append(statement)


class Connection:
    def __init__(self, vendor: str) -> None:
        self.vendor, self.told = vendor, list[str]()

    def cursor(self) -> Cursor:
        return Cursor(self.told)


def test_postgresql_compiles_no_statement() -> None:
    """Its guesses of what many conditions cost are far too high: it compiled for seconds what ran for milliseconds."""
    opened = [Connection(vendor) for vendor in ("postgresql", "sqlite")]
    for each in opened:
        connection_created.send(sender=Connection, connection=each)
    assert [each.told for each in opened] == [["SET jit = off"], []]
