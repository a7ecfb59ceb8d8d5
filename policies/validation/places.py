"""Spans that the layout of a text does not give directly."""

from policies.engine import Layout, Span
from policies.validation.finding import Path

_SPACE = " \t\r\n"


def name(path: Path, layout: Layout) -> Span:
    """The span of the name of the element at a path; of its value where it has no name."""
    value = layout.span(path)
    before = layout.text[: value.start.offset].rstrip(_SPACE)
    if not before.endswith(":"):
        return value
    end = len(before[:-1].rstrip(_SPACE))
    return Span(layout.position(_opening_quote(before, end - 1)), layout.position(end))


def character(offset: int, layout: Layout) -> Span:
    """The span of one character; empty at the end of the text."""
    return Span(layout.position(offset), layout.position(min(offset + 1, len(layout.text))))


def _opening_quote(text: str, closing: int) -> int:
    at = closing
    while True:
        at = text.rfind('"', 0, at)
        backslashes = at - len(text[:at].rstrip("\\"))
        if backslashes % 2 == 0:
            return at
