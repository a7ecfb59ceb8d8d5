"""Users in a CSV file (RFC 4180): one a row, with path, groups and tags.

    UserName,Path,Groups,Tags
    ada,/engineering/,Developers;Auditors,team=red;floor=2

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, and read without.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from accounts.importing.items import Item, Plan, item
from iamconsole.kernel.errors import Fault, ValidationError

COLUMNS = ("UserName", "Path", "Groups", "Tags")
SHOWN_ONLY = ("UserId", "Arn", "CreateDate")
"""Columns that an export adds; an import does without them."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
GUARD = "'"


def plan(text: str) -> Plan:
    """What to run so that every user of the file exists; one ValidationError names every bad row by its number.

    Rows are counted as a spreadsheet shows them: the header is row 1.
    """
    rows = list(_rows(text))
    items: list[Item] = []
    errors: dict[str, list[str]] = {}
    seen: dict[str, str] = {}
    for source, row in rows:
        made, faults = _checked(row, source)
        name = row["UserName"].lower()
        if first := seen.setdefault(name, source) if name else "":
            faults += [f"the user {row['UserName']} is in {first} already"] if first != source else []
        items += made
        if faults:
            errors[source] = faults
    if errors:
        listed = "; ".join(f"{source}: {', '.join(faults)}" for source, faults in errors.items())
        raise ValidationError(f"{len(errors)} of {len(rows)} rows cannot be imported: {listed}", errors=errors)
    return Plan(tuple(items))


def _rows(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row that is not blank, by column; the file must name the columns it has."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _demand_columns(header)
        for number, cells in enumerate(reader, start=2):
            if any(cell.strip() for cell in cells):
                yield f"row {number}", _row(header, cells, number)
    except csv.Error as fault:
        raise ValidationError(f"line {reader.line_num} is not CSV: {fault}") from None


def _demand_columns(header: list[str]) -> None:
    if "UserName" not in header:
        raise ValidationError(f"the first row must name the columns, UserName among them: {', '.join(COLUMNS)}")
    for name in header:
        if name not in COLUMNS + SHOWN_ONLY:
            close = difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.5)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(COLUMNS)}"
            raise ValidationError(f"there is no column {name!r}: {hint}")
    if len(set(header)) < len(header):
        raise ValidationError("a column is given twice")


def _row(header: list[str], cells: list[str], number: int) -> dict[str, str]:
    if len(cells) > len(header):
        raise ValidationError(f"row {number} has {len(cells)} cells, but there are {len(header)} columns")
    row = dict.fromkeys(COLUMNS, "") | dict(zip(header, map(unguarded, cells), strict=False))
    return {name: row[name].strip() for name in COLUMNS}


def _checked(row: Mapping[str, str], source: str) -> tuple[list[Item], list[str]]:
    """The items of a row and what is wrong with them."""
    name = row["UserName"]
    tags, faults = _tags(row["Tags"])
    items = [item("CreateUser", source, UserName=name, Path=row["Path"], Tags=tags)]
    items += [item("AddUserToGroup", source, UserName=name, GroupName=group) for group in _split(row["Groups"])]
    for each in items if name else items[:1]:
        try:
            each.operation.decode(each.raw)
        except Fault as fault:
            faults.append(fault.message)
    return items, faults


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _tags(cell: str) -> tuple[list[dict[str, str]], list[str]]:
    """`team=red;floor=2`; a `=` within a key is written `%3D`, since no tag may hold a `%` of its own."""
    tags, faults = [], []
    for part in _split(cell):
        key, equals, value = part.partition("=")
        if equals:
            tags.append({"Key": key.strip().replace("%3D", "="), "Value": value.strip()})
        else:
            faults.append(f"the tag {part!r} has no value: write key=value;key=value")
    return tags, faults


def export_users(users: Iterable[Any]) -> str:
    """The CSV of users as GetAccountAuthorizationDetails shows them (`UserDetail`); `plan` reads it back."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS + SHOWN_ONLY)
    for user in users:
        tags = ";".join(f"{tag.key.replace('=', '%3D')}={tag.value}" for tag in user.tags)
        created = user.create_date.strftime("%Y-%m-%dT%H:%M:%SZ")
        cells = (user.user_name, user.path, ";".join(user.group_list), tags, user.user_id, user.arn, created)
        writer.writerow([guarded(cell) for cell in cells])
    return out.getvalue()


def guarded(cell: str) -> str:
    """The cell as text for every spreadsheet: what begins like a formula gets an apostrophe before it."""
    return GUARD + cell if cell.startswith(FORMULA) else cell


def unguarded(cell: str) -> str:
    """The cell without that apostrophe; no name, path, group or tag begins with one of its own."""
    return cell[1:] if cell.startswith(GUARD) and cell[1:].startswith(FORMULA) else cell
