"""Wrapping sealed secrets anew, a batch at a time: only what is not done yet, so it may end anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from accounts.master_keys import ring as rings
from accounts.master_keys.columns import COLUMNS, SealedColumn
from iamconsole.kernel.call import Call
from iamconsole.kernel.paging import decode_marker, encode_marker
from iamconsole.sealing import SealingError

logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class Batch:
    """What became of a batch; `marker` where there may be more."""

    rewrapped: int = 0
    unusable: list[str] = field(default_factory=list)
    marker: str | None = None


def batch(call: Call, column: SealedColumn, *, marker: str | None, size: int) -> Batch:
    """Wrap at most `size` secrets of the call's account anew."""
    done, sealer = Batch(), rings.sealer()
    rows = column.not_under(rings.current().current_id).filter(account_id=call.account_id)
    if marker:
        rows = rows.filter(pk__gt=decode_marker(marker))
    found = list(rows.select_related(*column.parents).order_by("pk")[:size])
    for row in found:
        try:
            before = getattr(row, column.column)
            after = sealer.rewrap(before, bound_to=column.bound_to(row))
        except SealingError as fault:
            logger.error("a sealed secret cannot be opened", kind=column.name, row=str(row), why=str(fault))
            done.unusable.append(str(row))
        else:
            done.rewrapped += _replace(call, column, row, before, after)
    if len(found) == size:
        done.marker = encode_marker(str(found[-1].pk))
    return done


def _replace(call: Call, column: SealedColumn, row: object, before: str, after: str) -> int:
    """Write it unless somebody else wrote meanwhile; gives how many rows were written."""
    own = column.model.objects.filter(account_id=call.account_id, pk=row.pk)  # type: ignore[attr-defined]
    written: int = own.filter(**{column.column: before}).update(**{column.column: after})
    if written:
        call.emit(*column.changed(row), "rewrapped")
    return written


def open_work() -> list[tuple[str, str]]:
    """What is still to be done: accounts and kinds."""
    current = rings.current().current_id
    found = [
        (account_id, name)
        for name, column in COLUMNS.items()
        for account_id in column.not_under(current).order_by().values_list("account_id", flat=True).distinct()
    ]
    return sorted(found)
