"""Finding records by what people know of a name: all of it or its beginning, with its type before it, or the whole ARN.

Records of one name lie in their order in an index, and few records are sorted at once. Where a beginning is that of
very many, the next of them is never far: the records themselves are walked then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from django.db.models import Exists, OuterRef, Q

from iamconsole.audit.models import AuditName
from iamconsole.audit.naming import PRINCIPAL, RESOURCE, key_of, keys_of

FEW: Final = 20_000
"""Names that are sorted at most: some ten milliseconds."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody typed about the caller's side of records, or about that of what was called upon."""

    side: str
    text: str
    whole: bool = False

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
    def condition(self) -> Q:
        """Which names are meant."""
        if self.is_arn:
            return Q(side=self.side, name=self.key, arn=self.text)
        found = Q(side=self.side, name=self.key) if self.whole else Q(side=self.side, name__gte=self.key)
        if not self.whole and (end := _after(self.key)) is not None:
            found &= Q(name__lt=end)
        head = self.text.rpartition("/")[0].strip("/")
        return found & (Q(arn__icontains=f":{head}/") | Q(arn__icontains=f"/{head}/")) if head else found


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


def leading(account_id: str, names: Sequence[Wanted]) -> Wanted | None:
    """The name whose index leads to the records at once; None where there is none, or all begin very many."""
    for wanted in names:
        rows = AuditName.objects.filter(wanted.condition, account_id=account_id)
        if wanted.is_arn or rows[: FEW + 1].count() <= FEW:
            return wanted
        if not rows.filter(name__gt=wanted.key).exists():
            return replace(wanted, whole=True)
    return None


def has(account_id: str, wanted: Wanted, *, event: str) -> Exists:
    """Whether the record that `event` refers to has such a name."""
    return Exists(AuditName.objects.filter(wanted.condition, account_id=account_id, event=OuterRef(event)))


def _after(beginning: bytes) -> bytes | None:
    """The least text that is greater than all with this beginning; None where every text may follow."""
    kept = beginning.rstrip(b"\xff")
    return kept[:-1] + bytes([kept[-1] + 1]) if kept else None
