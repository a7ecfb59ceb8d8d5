"""Files that are made while they are sent: memory for one part of them, and the first part at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import structlog
from django.http import StreamingHttpResponse

from iamconsole.interfaces.console.visit import Visit

logger = structlog.get_logger(__name__)
INCOMPLETE = "This file is incomplete: reading the rest of it failed. Download it again."
"""The last words of a file that breaks off: the server ends such an answer like any other."""


def streamed(visit: Visit, parts: Iterator[str], *, name: str, content_type: str, broken: str) -> StreamingHttpResponse:
    """A file of texts; a fault before the first part has a page of its own, a later one ends the file with `broken`."""
    first = next(parts, "")
    response = StreamingHttpResponse(chain([first], _rest(visit, parts, broken)), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rest(visit: Visit, parts: Iterator[str], broken: str) -> Iterator[str]:
    try:
        yield from parts
    except Exception:
        logger.exception("console download broke off", path=visit.request.path, request_id=visit.call.request_id)
        yield broken
