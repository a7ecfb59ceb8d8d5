"""A document taken apart into its statements, and put together again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from policies.composing.statement import Fields, fields_of
from policies.engine import Layout
from policies.engine.reader import NotJson, read

BLANK: Final = '{\n  "Version": "2012-10-17",\n  "Statement": []\n}\n'
"""What an empty text is opened as."""
_INDENT: Final = "    "


@dataclass(frozen=True, slots=True)
class Piece:
    """A statement of the document: its text as it stands there, and its fields if it has no others."""

    text: str
    fields: Fields | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A text and its statements, in their order."""

    text: str
    pieces: tuple[Piece, ...]


def opened(text: str) -> Opened | None:
    """The statements of a text; None where it is no JSON or no policy, however wrong its statements may be."""
    text = text if text.strip() else BLANK
    try:
        read(text)
    except NotJson:
        return None
    document = json.loads(text)
    if not isinstance(document, dict) or not isinstance(document.get("Statement"), dict | list):
        return None
    layout, statements = Layout(text), _listed(document["Statement"])
    spans = (layout.statement(index) for index in range(len(statements)))
    pieces = zip((text[span.start.offset : span.end.offset] for span in spans), statements, strict=True)
    return Opened(text, tuple(Piece(slice_, fields_of(statement)) for slice_, statement in pieces))


def closed(document: Opened, statements: Sequence[str]) -> str:
    """The text with these statements, each given as JSON; everything else stays, byte for byte.

    A document whose statements are what they were is not touched at all.
    """
    if list(statements) == [piece.text for piece in document.pieces]:
        return document.text
    known = {piece.text for piece in document.pieces}
    listed = [text if text in known else text.replace("\n", f"\n{_INDENT}") for text in statements]
    body = ",".join(f"\n{_INDENT}{text}" for text in listed)
    span = Layout(document.text).span(("Statement",))
    value = f"[{body}\n  ]" if body else "[]"
    return document.text[: span.start.offset] + value + document.text[span.end.offset :]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
