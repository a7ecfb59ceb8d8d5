"""Finding records by what people know of a name: all of it or its beginning, with its type before it, or the whole ARN.

Few records are sorted at once, and those of one name lie in their order in an index. Where a beginning is that of many
names and very many records, the next of them is never far: the records themselves are walked then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db.models import BinaryField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Substr

from iamconsole.audit import beginnings
from iamconsole.audit.models import AuditName
from iamconsole.audit.naming import PRINCIPAL, RESOURCE, key_of, keys_of

FEW: Final = 5_000
"""Rows that are sorted at most: some milliseconds."""
MOST_NAMES: Final = 8
"""Names that are asked for one by one at most, when they are those of more rows."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody typed about the caller's side of records, or about that of what was called upon."""

    side: str
    text: str
    whole: bytes = b""
    """The one name that is meant, once it is known which ones begin so."""

    @property
    def about(self) -> tuple[str, str]:
        return self.side, self.text

    @property
    def is_arn(self) -> bool:
        return self.text.startswith("arn:")

    @property
    def key(self) -> bytes:
        """The name, or the beginning of one."""
        if self.is_arn:
            return list(keys_of(self.text))[-1]
        return key_of(self.text.rpartition("/")[2])

    @property
    def end(self) -> bytes | None:
        """The least name that is greater than all with this beginning; None where every name may follow."""
        key = self.key
        return key[:-1] + bytes([key[-1] + 1]) if key else None  # no text in UTF-8 ends with 0xff

    @property
    def head(self) -> str:
        """What stands before the name: its type, or a part of its path."""
        return "" if self.is_arn else self.text.rpartition("/")[0].strip("/")

    def head_is_in(self, arn: str) -> bool:
        """As `condition` asks it of the database."""
        return any(f"{mark}{self.head}/".casefold() in arn.casefold() for mark in ":/")

    @property
    def condition(self) -> Q:
        """Which names are meant."""
        if self.is_arn:
            return Q(side=self.side, name=self.key, arn=self.text)
        if self.whole:
            return self.under_head(Q(side=self.side, name=self.whole))
        return self.under_head(self.beginning)

    @property
    def beginning(self) -> Q:
        """Which names begin so, whatever stands before them."""
        return Q(side=self.side, name__gte=self.key) & (Q(name__lt=self.end) if self.end else Q())

    def under_head(self, names: Q) -> Q:
        """Of some names those with this head."""
        return names & (Q(arn__icontains=f":{self.head}/") | Q(arn__icontains=f"/{self.head}/")) if self.head else names


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which records can match: by their columns, and by names that they must have."""

    columns: Mapping[str, str] = field(default_factory=dict)
    names: tuple[Wanted, ...] = ()

    def also(self, wanted: Wanted) -> Way:
        return replace(self, names=(*self.names, wanted))

    def with_column(self, **exactly: str) -> Way:
        return replace(self, columns={**self.columns, **exactly})


def ways(*, principal: str | None, resource: str | None, named: str | None) -> list[Way]:
    """Every way to match; a record is found if it matches one of them."""
    found = [Way()]
    if principal:
        found = [each for way in found for each in _as_principal(way, principal)]
    if resource:
        found = [each for way in found for each in _as_resource(way, resource)]
    if named:
        found = [each for way in found for each in (*_as_principal(way, named), *_as_resource(way, named))]
    return found


def _as_principal(way: Way, text: str) -> Iterator[Way]:
    wanted = Wanted(PRINCIPAL, text)
    yield way.with_column(principal=text) if wanted.is_arn else way.also(wanted)


def _as_resource(way: Way, text: str) -> Iterator[Way]:
    """Of records that an earlier release wrote, the column is known before the names are."""
    wanted = Wanted(RESOURCE, text)
    if wanted.is_arn:
        yield way.with_column(resource=text)
    yield way.also(wanted)


def leading(account_id: str, names: Sequence[Wanted]) -> Sequence[Wanted] | None:
    """The names of whom an index leads to the records at once, any of them; None where all begin very many.

    The order of the index is asked for, or PostgreSQL would look for few among very many by reading all of them.
    """
    rows = AuditName.objects.filter(account_id=account_id)
    for wanted in names:
        if wanted.is_arn:
            return [wanted]
        count = rows.filter(wanted.beginning).order_by("name")[: FEW + 1].count()
        if count <= FEW:
            return [wanted] if count else []
        found = beginnings.names(account_id, wanted, most=MOST_NAMES + 1)
        if len(found) <= MOST_NAMES:
            return [replace(wanted, whole=each.key) for each in found]
    return None


def having(rows: QuerySet[Any], wanted: Wanted, *, event: str) -> QuerySet[Any]:
    """Those whose record, which `event` refers to, has such a name; the few names of each are looked at.

    Written so that no planner can look at all names that begin so, for each record or at once: nothing compared but the
    record is a bare column, and a scalar subquery is no join.
    """
    names = AuditName.objects.across_accounts("the record is one account's").filter(event=OuterRef(event))
    names = names.alias(
        of=Coalesce("side", Value("")), beginning=Substr("name", 1, len(wanted.key) or 1, output_field=BinaryField())
    )
    names = names.filter(wanted.under_head(Q(of=wanted.side)))
    if wanted.is_arn:
        names = names.filter(arn=wanted.text)
    elif wanted.key:
        names = names.filter(beginning=wanted.key)
    return rows.alias(**{f"has_{wanted.side}": Subquery(names.values("place")[:1])}).filter(
        **{f"has_{wanted.side}__isnull": False}
    )
