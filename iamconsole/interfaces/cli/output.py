"""Results for people (tables) and for programs (JSON under AWS's member names, as the aws CLI prints them)."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import StringIO
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from iamconsole.kernel.names import aws_name
from iamconsole.kernel.shapes import EncodedDocument, Shape, metadata_of

# Descriptions are anybody's text: what a terminal would obey is shown, not sent.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
FEW, WIDE = 5, 400  # a table of fewer columns than this may fold its cells; one of more becomes blocks
PAGING = ("IsTruncated", "Marker")


def as_data(value: Any) -> Any:
    """A result as JSON data: AWS's names, absent members left out, policy documents as objects."""
    match value:
        case Shape():
            return _members(value)
        case datetime():
            return value.isoformat(timespec="seconds")
        case Mapping():
            return {key: as_data(each) for key, each in value.items()}
        case list() | tuple():
            return [as_data(each) for each in value]
        case bytes():
            return value.decode("ascii", "backslashreplace")
    return value


def _members(shape: Shape) -> dict[str, Any]:
    found = {}
    for name, field in type(shape).model_fields.items():
        value = getattr(shape, name)
        if value is not None:
            is_document = EncodedDocument in (*field.metadata, *metadata_of(field.annotation))
            found[field.alias or aws_name(name)] = _document(value) if is_document else as_data(value)
    return found


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def as_json(data: Any) -> str:
    text = json.dumps(data, indent=4, ensure_ascii=False)
    return CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def as_table(data: Any, *, title: str) -> str:
    """A table of the rows where the result is a list, of its members otherwise."""
    if isinstance(data, Mapping):
        data = {name: value for name, value in data.items() if name not in PAGING}
    while isinstance(data, Mapping) and len(data) == 1:
        (data,) = data.values()
    if data in ([], {}):
        return f"{title}: nothing"
    if isinstance(data, list) and all(isinstance(row, Mapping) for row in data):
        return rendered(_rows(data, title))
    rows = data if isinstance(data, Mapping) else dict(enumerate(data if isinstance(data, list) else [data], 1))
    return rendered(_blocks([rows], title))


def rendered(*parts: RenderableType, color: bool = False) -> str:
    """What rich makes of it, as wide as the terminal."""
    out = StringIO()
    console = Console(file=out, width=_width(), force_terminal=color, highlight=False)
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _width() -> int:
    return shutil.get_terminal_size((120, 24)).columns


def _rows(data: Sequence[Mapping[str, Any]], title: str) -> Table:
    """A row an item; where the terminal is too narrow for that, a block an item."""
    names = list(dict.fromkeys(name for row in data for name in row))
    cells = [[cell(row.get(name, "")) for name in names] for row in data]
    widths = [
        max(cell_len(name), *(line.cell_len for row in cells for line in row[at].split()))
        for at, name in enumerate(names)
    ]
    if sum(widths) + 3 * len(names) + 1 > max(_width(), WIDE if len(names) < FEW else 0):
        return _blocks(data, title)
    table = _table(title)
    for name in names:
        table.add_column(Text(name), overflow="fold")
    for row in cells:
        table.add_row(*row)
    return table


def _blocks(data: Sequence[Mapping[Any, Any]], title: str) -> Table:
    table = _table(title)
    table.show_header = False
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in data:
        for name, value in row.items():
            table.add_row(Text(str(name), style="bold"), cell(value))
        table.add_section()
    return table


def _table(title: str) -> Table:
    return Table(title=Text(title), title_justify="left", box=box.ROUNDED, header_style="bold")


def cell(value: Any) -> Text:
    """Anything as the text of a cell; lists one below the other, tags as `key=value`."""
    if isinstance(value, list):
        return Text("\n").join(cell(each) for each in value)
    if isinstance(value, Mapping) and set(value) == {"Key", "Value"}:
        return cell(f"{value['Key']}={value['Value']}")
    text = as_json(value) if isinstance(value, Mapping) else str(value)
    return Text(CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text))
