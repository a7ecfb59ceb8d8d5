"""CSV files (RFC 4180) whose rows are entities: every fault is named by its row; what is written is spreadsheet-safe.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, and read without.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from accounts.importing.items import Item, Plan
from iamconsole.kernel.errors import Fault, ValidationError

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
GUARD = "'"
MOST_ROWS = 20_000
Row = Mapping[str, str]
Planned = tuple[list[Item], list[str]]
"""The items of a row, and what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the rows of a file are (`user`) and its columns: the first names the row, an import does without `shown`."""

    kind: str
    columns: Sequence[str]
    shown: Sequence[str]

    @property
    def name(self) -> str:
        return self.columns[0]


def plan(text: str, layout: Layout, planned: Callable[[Row, str], Planned]) -> Plan:
    """What to run so that every row of the file exists; one ValidationError names every bad row by its number.

    Rows are counted as a spreadsheet shows them: the header is row 1.
    """
    found = list(islice(rows(text, layout), MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        raise ValidationError(f"a file may have {MOST_ROWS:,} rows: split it")
    items: list[Item] = []
    errors: dict[str, list[str]] = {}
    seen: dict[str, str] = {}
    for source, row in found:
        made, faults = planned(row, source)
        name = row[layout.name].lower()
        faults = [*_undecodable(made if name else made[:1]), *faults]
        if first := seen.setdefault(name, source) if name else "":
            faults += [f"the {layout.kind} {row[layout.name]} is in {first} already"] if first != source else []
        items += made
        if faults:
            errors[source] = faults
    if errors:
        listed = "; ".join(f"{source}: {', '.join(faults)}" for source, faults in errors.items())
        raise ValidationError(f"{len(errors)} of {len(found)} rows cannot be imported: {listed}", errors=errors)
    return Plan(tuple(items))


def _undecodable(items: Iterable[Item]) -> Iterator[str]:
    for each in items:
        try:
            each.operation.decode(each.raw)
        except Fault as fault:
            yield fault.message


def rows(text: str, layout: Layout) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row that is not blank, by column; the file must name the columns it has."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _demand_columns(header, layout)
        for number, cells in enumerate(reader, start=2):
            if any(cell.strip() for cell in cells):
                yield f"row {number}", _row(header, cells, number, layout)
    except csv.Error as fault:
        raise ValidationError(f"line {reader.line_num} is not CSV: {fault}") from None


def _demand_columns(header: list[str], layout: Layout) -> None:
    listed = ", ".join(layout.columns)
    if layout.name not in header:
        raise ValidationError(f"the first row must name the columns, {layout.name} among them: {listed}")
    for name in header:
        if name not in (*layout.columns, *layout.shown):
            close = difflib.get_close_matches(name, layout.columns, n=1, cutoff=0.5)
            hint = f"did you mean {close[0]}?" if close else f"there are {listed}"
            raise ValidationError(f"there is no column {name!r}: {hint}")
    if len(set(header)) < len(header):
        raise ValidationError("a column is given twice")


def _row(header: list[str], cells: list[str], number: int, layout: Layout) -> dict[str, str]:
    if len(cells) > len(header):
        raise ValidationError(f"row {number} has {len(cells)} cells, but there are {len(header)} columns")
    row = dict.fromkeys(layout.columns, "") | dict(zip(header, map(unguarded, cells), strict=False))
    return {name: row[name].strip() for name in layout.columns}


def split(cell: str) -> list[str]:
    """`a; b; a` → a, b."""
    return list(dict.fromkeys(part.strip() for part in cell.split(";") if part.strip()))


def written(layout: Layout, entries: Iterable[Sequence[str]]) -> str:
    """The file of rows with all columns."""
    return heading(layout) + lines(entries)


def heading(layout: Layout) -> str:
    """The line that names all columns."""
    return lines([[*layout.columns, *layout.shown]])


def lines(entries: Iterable[Sequence[str]]) -> str:
    """A line for each row."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([guarded(cell) for cell in cells] for cells in entries)
    return out.getvalue()


def guarded(cell: str) -> str:
    """The cell as text for every spreadsheet: what begins like a formula gets an apostrophe before it."""
    return GUARD + cell if cell.startswith(FORMULA) else cell


def unguarded(cell: str) -> str:
    """The cell without that apostrophe; no name, path, group or tag begins with one of its own."""
    return cell[1:] if cell.startswith(GUARD) and cell[1:].startswith(FORMULA) else cell
