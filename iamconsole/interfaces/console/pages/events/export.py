"""Records as a file, streamed: CSV for spreadsheets, JSON lines for everything else."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages import downloads, once
from iamconsole.interfaces.console.pages.events.filters import Asked, FilterForm
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import NoSuchEntity

COLUMNS = (
    "event_time", "event_name", "error_code", "principal", "access_key_id", "source_ip", "resource",
    "event_id", "sequence", "digest",
)  # fmt: skip
PAGE = 1000


def events_export(visit: Visit) -> StreamingHttpResponse:
    """Every record that matches the filters of the page; each page of them is authorized like the first."""
    kind = visit.request.GET.get("format", "csv")
    if kind not in FORMATS:
        raise NoSuchEntity(_("There is no page at this address."))
    query = visit.request.GET
    asked = Asked.of(query, FilterForm(query))
    written, content, broken = FORMATS[kind]
    name = f"audit-events-{visit.call.account_id}.{kind}"
    return downloads.streamed(visit, written(_pages(visit, asked)), name=name, content_type=content, broken=broken)


def _pages(visit: Visit, asked: Asked) -> Iterator[Sequence[Any]]:
    marker = None
    while True:
        found = visit.run("iamconsole:LookupAuditEvents", **asked.members, marker=marker, max_items=PAGE)
        yield found.events
        marker = found.marker
        if not found.is_truncated:
            return


def _csv(pages: Iterator[Sequence[Any]]) -> Iterator[str]:
    heading = _lines([COLUMNS])
    for records in pages:
        rows = ([once.inert(_said(getattr(record, column))) for column in COLUMNS] for record in records)
        yield heading + _lines(rows)
        heading = ""


def _said(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else "" if value is None else str(value)


def _lines(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _json(pages: Iterator[Sequence[Any]]) -> Iterator[str]:
    return ("".join(f"{record.cloud_trail_event}\n" for record in records) for records in pages)


FORMATS: dict[str, tuple[Callable[[Iterator[Sequence[Any]]], Iterator[str]], str, str]] = {
    "csv": (_csv, "text/csv; charset=utf-8", _lines([[downloads.INCOMPLETE]])),
    "jsonl": (_json, "application/x-ndjson; charset=utf-8", json.dumps({"incomplete": downloads.INCOMPLETE}) + "\n"),
}
"""How each kind of file is written, what it is, and how one ends that breaks off."""
