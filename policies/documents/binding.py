"""Principals of a document by unique id: whoever is re-created under a name is not who the name meant."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policies.engine import Layout
from policies.engine.errors import Path


def bound_text(text: str, bindings: Mapping[str, str]) -> str:
    """The text of a document with every AWS principal that is a key of `bindings` replaced by its value.

    Everything else stays as it is, byte for byte: the same ARN as a resource or in a condition means a name, not who
    had it. The text must be one that the engine parses.
    """
    if not bindings:
        return text
    layout = Layout(text)
    bound = text
    for path, value in reversed(list(_principals(json.loads(text)))):
        if value in bindings:
            span = layout.span(path)
            bound = bound[: span.start.offset] + json.dumps(bindings[value]) + bound[span.end.offset :]
    return bound


def _principals(document: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every AWS principal and its place, in the order of the text."""
    for number, statement in enumerate(_listed(document["Statement"])):
        for element in statement:
            if element in ("Principal", "NotPrincipal") and isinstance(statement[element], dict):
                for index, value in enumerate(_listed(statement[element].get("AWS", []))):
                    yield ("Statement", number, element, "AWS", index), value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
