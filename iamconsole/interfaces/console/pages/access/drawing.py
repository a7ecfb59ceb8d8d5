"""A graph of columns as SVG geometry: boxes, and curves between them. Pure; the template only writes it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

WIDTH: Final = 178  # of a box
HEIGHT: Final = 46
GAP: Final = 16  # between boxes of a column
STRIDE: Final = 226  # from column to column
TOP: Final = 40  # for the names of the columns
TONES: Final = ("vain", "maybe", "", "deny")
"""Of curves, what says least first: an allow that something else blocks, one under a condition, an allow, a deny."""
LONGEST: Final = 22  # characters of a label that fit into a box


@dataclass(frozen=True, slots=True)
class Node:
    """A box; `key` names it within its column."""

    key: str
    label: str
    note: Any = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A curve from a box of one column to one of another; `of` is whose path it belongs to."""

    start: tuple[int, str]
    end: tuple[int, str]
    title: Any
    url: str = ""
    tone: str = ""
    of: str = ""


@dataclass(slots=True)
class Graph:
    """Boxes in columns, at least one of them, and the curves between them, each once."""

    columns: Sequence[Any]
    nodes: list[dict[str, Node]] = field(default_factory=list)
    edges: dict[tuple[Any, ...], Edge] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.nodes = [{} for _ in self.columns]

    def node(self, column: int, node: Node) -> tuple[int, str]:
        """Put a box into a column, if it is not there; gives its place."""
        self.nodes[column].setdefault(node.key, node)
        return column, node.key

    def edge(self, edge: Edge) -> None:
        """Draw a curve; of several between the same boxes the one that says most stays."""
        key = (edge.start, edge.end)
        if key not in self.edges or TONES.index(edge.tone) > TONES.index(self.edges[key].tone):
            self.edges[key] = edge

    def drawn(self, *, chosen: str = "") -> dict[str, Any]:
        """What the template writes, without empty columns; the path of `chosen` stands out."""
        filled = [number for number, column in enumerate(self.nodes) if column]
        height = TOP + max(len(column) for column in self.nodes) * (HEIGHT + GAP)
        places = {
            (number, key): (at * STRIDE, _top(place, len(self.nodes[number]), height))
            for at, number in enumerate(filled)
            for place, key in enumerate(self.nodes[number])
        }
        bright = {end for edge in self.edges.values() if chosen and edge.of == chosen for end in (edge.start, edge.end)}
        return {
            "width": (len(filled) - 1) * STRIDE + WIDTH,
            "box": {"width": WIDTH, "height": HEIGHT},
            "height": height,
            "columns": [{"label": self.columns[number], "x": at * STRIDE} for at, number in enumerate(filled)],
            "edges": [_curve(edge, places, chosen) for edge in self.edges.values()],
            "nodes": [
                _box(node, places[number, key], bright=(number, key) in bright, chosen=bool(chosen))
                for number, column in enumerate(self.nodes)
                for key, node in column.items()
            ],
        }


def _top(place: int, count: int, height: int) -> float:
    """The upper edge of a box: columns stand centred."""
    used = count * (HEIGHT + GAP) - GAP
    return TOP + (height - TOP - used) / 2 + place * (HEIGHT + GAP)


def _box(node: Node, place: tuple[float, float], *, bright: bool, chosen: bool) -> dict[str, Any]:
    x, y = place
    return {
        "x": x,
        "y": _round(y),
        "text_x": x + 14,
        "label_y": _round(y + 20),
        "note_y": _round(y + 36),
        "label": shortened(node.label),
        "title": node.label,
        "note": node.note,
        "url": node.url,
        "tone": node.tone,
        "state": "bright" if bright else "pale" if chosen else "",
    }


def _curve(edge: Edge, places: dict[tuple[int, str], tuple[float, float]], chosen: str) -> dict[str, Any]:
    (x1, y1), (x2, y2) = places[edge.start], places[edge.end]
    x1, y1, y2 = x1 + WIDTH, _round(y1 + HEIGHT / 2), _round(y2 + HEIGHT / 2)
    reach = (x2 - x1) / 2
    return {
        "d": f"M{x1} {y1}C{x1 + reach} {y1} {x2 - reach} {y2} {x2} {y2}",
        "title": edge.title,
        "url": edge.url,
        "tone": edge.tone,
        "state": "bright" if chosen and edge.of == chosen else "pale" if chosen else "",
    }


def shortened(label: str) -> str:
    """A label that fits into its box."""
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"


def _round(value: float) -> float:
    return round(value, 1)
