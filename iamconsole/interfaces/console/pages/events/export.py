"""Records as a file, streamed: CSV for spreadsheets, JSON lines for everything else."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages import once
from iamconsole.interfaces.console.pages.events.filters import Asked, FilterForm
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import NoSuchEntity

COLUMNS = (
    "event_time", "event_name", "error_code", "principal", "access_key_id", "source_ip", "resource",
    "event_id", "sequence", "digest",
)  # fmt: skip
PAGE = 1000


def events_export(visit: Visit) -> HttpResponse | StreamingHttpResponse:
    """Every record that matches the filters of the page; each page of them is authorized like the first."""
    kind = visit.request.GET.get("format", "csv")
    if kind not in FORMATS:
        raise NoSuchEntity(_("There is no page at this address."))
    query = visit.request.GET
    asked = Asked.of(query, FilterForm(query))
    first = visit.run("iamconsole:LookupAuditEvents", **asked.members, max_items=PAGE)
    written, content = FORMATS[kind]
    response = StreamingHttpResponse(written(_records(visit, asked, first)), content_type=content)
    response["Content-Disposition"] = f'attachment; filename="audit-events-{visit.call.account_id}.{kind}"'
    return response


def _records(visit: Visit, asked: Asked, found: Any) -> Iterator[Any]:
    while True:
        yield from found.events
        if not found.is_truncated:
            return
        found = visit.run("iamconsole:LookupAuditEvents", **asked.members, marker=found.marker, max_items=PAGE)


def _csv(records: Iterator[Any]) -> Iterator[str]:
    yield _line(COLUMNS)
    for record in records:
        yield _line([once.inert(_said(getattr(record, column))) for column in COLUMNS])


def _said(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else "" if value is None else str(value)


def _line(values: Any) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue()


def _lines(records: Iterator[Any]) -> Iterator[str]:
    return (f"{record.cloud_trail_event}\n" for record in records)


FORMATS: dict[str, tuple[Callable[[Iterator[Any]], Iterator[str]], str]] = {
    "csv": (_csv, "text/csv; charset=utf-8"),
    "jsonl": (_lines, "application/x-ndjson; charset=utf-8"),
}
