"""Where each element of a policy text stands."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from json import loads
from typing import Final

from policies.engine.errors import Path

_TOKEN: Final = re.compile(r'[ \t\r\n]*(?:("[^"\\]*(?:\\.[^"\\]*)*")|([{}\[\]:,])|([^\s{}\[\]:,"]+))', re.DOTALL)
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text: `line` and `column` count from 1, `offset` from 0."""

    line: int
    column: int
    offset: int


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text; `end` is the first place after it."""

    start: Position
    end: Position


@dataclass(slots=True)
class _Node:
    start: int
    end: int = 0
    children: dict[str | int, "_Node"] = field(default_factory=dict)
    is_object: bool = False
    key: str | None = None

    def add(self, child: "_Node") -> bool:
        """Put a value under the key just read, or at the end of the list; False if the key was there already."""
        name: str | int = len(self.children) if self.key is None else self.key
        fresh = name not in self.children
        self.children[name] = child
        self.key = None
        return fresh


class Layout:
    """The places of a valid JSON text, read when first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    def position(self, offset: int) -> Position:
        """The line and column of an offset."""
        line = bisect_right(self._lines, offset)
        return Position(line, offset - self._lines[line - 1] + 1, offset)

    def span(self, path: Path) -> Span:
        """The span of the element at a path; of the innermost element that exists where the path leads nowhere.

        Index 0 of an element that is no list is the element itself, as a list of one may lose its brackets.
        """
        node = self._root
        for step in path:
            child = node.children.get(step)
            if child is None and step != 0:
                break
            node = child or node
        return Span(self.position(node.start), self.position(node.end))

    def statement(self, index: int) -> Span:
        """The span of a statement."""
        return self.span(("Statement", index))

    @property
    def duplicate(self) -> Path:
        """The path of the first key that is given twice; empty if none is."""
        return self._read[1]

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(end.end() for end in _LINE_END.finditer(self.text))]

    @property
    def _root(self) -> _Node:
        return self._read[0]

    @cached_property
    def _read(self) -> tuple[_Node, Path]:
        root = _Node(0)
        stack, path = [root], list[str | int]()
        duplicate: Path = ()
        for found in _TOKEN.finditer(self.text):
            string, sign, other = found.groups()
            if root.children and len(stack) == 1:
                # Only a text that is no JSON goes on after its value.
                break
            top = stack[-1]
            if sign in ("]", "}"):
                stack.pop().end = found.end()
                path = path[:-1]
            elif string and top.is_object and top.key is None:
                top.key = _unquoted(string)
            elif sign not in (":", ","):
                start = found.end() - len(string or sign or other)
                child = _Node(start, found.end(), is_object=sign == "{")
                here = [*path, len(top.children) if top.key is None else top.key]
                if not top.add(child) and not duplicate:
                    duplicate = tuple(here[1:])
                if sign:
                    stack.append(child)
                    path = here
        return root.children.get(0, root), duplicate


def _unquoted(string: str) -> str:
    try:
        return str(loads(string))
    except ValueError:
        # The rest of a text that is being refused anyway.
        return string
