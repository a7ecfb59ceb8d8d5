"""What all rows of a company share: the account, names, times, and who is asked for by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from iamconsole.kernel import clock
from iamconsole.storage.identifiers import Prefix, unique_id

T = TypeVar("T")
CHUNK = 500  # rows a statement


class Rows:
    """Makes rows of one account, whose names begin alike."""

    def __init__(self, account_id: str, named: str) -> None:
        self.account_id, self.named = account_id, named
        self.now: datetime = clock.now()

    def name(self, what: str, number: int) -> str:
        return f"{self.named}{what}-{number:05d}"

    def ago(self, number: int, *, days: int) -> datetime:
        """A moment within so many days, always the same one for a number."""
        return self.now - timedelta(minutes=number * 7919 % (days * 1440))

    def fields(self, prefix: Prefix, what: str, number: int) -> dict[str, Any]:
        """The fields of a named row."""
        name = self.name(what, number)
        return {
            "account_id": self.account_id,
            "unique_id": unique_id(prefix),
            "name": name,
            "name_key": name,
            "path": ("/", "/", "/engineering/", "/engineering/data/")[number % 4],
            "created": self.ago(number, days=900),
        }

    def row(self, model: type[T], name: str) -> T:
        """One of those that stood here before."""
        found: T = model.objects.get(account_id=self.account_id, name=name)  # type: ignore[attr-defined]
        return found


def put(model: type[T], rows: Iterable[T]) -> list[T]:
    """Write rows; gives them with their keys."""
    made: list[T] = model.objects.bulk_create(rows, batch_size=CHUNK)  # type: ignore[attr-defined]
    return made


def share(of: Sequence[T], number: int, count: int) -> list[T]:
    """A few of many, spread evenly over numbers; none twice."""
    return [of[(number * count + offset) % len(of)] for offset in range(min(count, len(of)))]
