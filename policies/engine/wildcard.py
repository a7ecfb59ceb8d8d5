"""Wildcard patterns: `*` is any run of characters, `?` is one; every other character is itself.

A pattern becomes tokens (literal text and wildcards), tokens become a matcher. A pattern of plain `*` is matched by
searching its literal pieces from left to right, anything else by a bit-parallel automaton; neither ever goes back, so
no pattern can be slow.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, TypeAlias, TypeVar

T = TypeVar("T")
Matcher: TypeAlias = Callable[[str], bool]


class Wild:
    """A wildcard token: `many` tells `*` from `?`, `colons` whether it may match a colon."""

    __slots__ = ("colons", "many")

    def __init__(self, *, many: bool, colons: bool) -> None:
        self.many, self.colons = many, colons

    def __repr__(self) -> str:
        return ("*" if self.many else "?") + ("" if self.colons else "[^:]")


MANY: Final = Wild(many=True, colons=True)
ONE: Final = Wild(many=False, colons=True)
MANY_IN_FIELD: Final = Wild(many=True, colons=False)
ONE_IN_FIELD: Final = Wild(many=False, colons=False)

Tokens: TypeAlias = tuple[str | Wild, ...]

_WILDCARDS = re.compile(r"([*?])")
_TOKENS: Final[dict[str, Wild]] = {"*": MANY, "?": ONE}


def tokenize(pattern: str) -> Tokens:
    """The tokens of a pattern whose wildcards match any character."""
    if "*" not in pattern and "?" not in pattern:
        return (pattern,) if pattern else ()
    return tuple(_TOKENS.get(part, part) for part in _WILDCARDS.split(pattern) if part)


def joined(parts: Iterable[str | T]) -> tuple[str | T, ...]:
    """The same parts with neighbouring literals made one."""
    result: list[str | T] = []
    for part in parts:
        last = result[-1] if result else None
        if isinstance(part, str) and isinstance(last, str):
            result[-1] = last + part
        elif part != "":
            result.append(part)
    return tuple(result)


@lru_cache(maxsize=16_384)
def matcher(tokens: Tokens) -> Matcher:
    """A function that tells whether a whole text matches the tokens."""
    wilds = {token for token in tokens if isinstance(token, Wild)}
    if not wilds:
        return "".join(map(str, tokens)).__eq__
    if wilds == {MANY}:
        return _pieces(tokens)
    return _automaton(tokens)


def _pieces(tokens: Tokens) -> Matcher:
    """The leftmost place of each literal leaves the most room for the rest, so one pass from left to right decides."""
    head = tokens[0] if isinstance(tokens[0], str) else ""
    tail = tokens[-1] if isinstance(tokens[-1], str) else ""
    inner = [token for token in tokens[bool(head) : len(tokens) - bool(tail)] if isinstance(token, str)]
    if not inner and not tail:
        return lambda text: text.startswith(head)
    if not inner:
        shortest = len(head) + len(tail)
        return lambda text: len(text) >= shortest and text.startswith(head) and text.endswith(tail)

    def match(text: str) -> bool:
        # Where head and tail overlap, no place is left to find a piece in.
        if not text.startswith(head) or not text.endswith(tail):
            return False
        at, end = len(head), len(text) - len(tail)
        for piece in inner:
            at = text.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True

    return match


def _automaton(tokens: Tokens) -> Matcher:
    """All states of the pattern as bits of one number: state n is set while n characters of the pattern are matched."""
    anything = loops = crossing = position = 0
    literals: list[tuple[int, str]] = []
    in_field = 0
    for token in tokens:
        if isinstance(token, str):
            literals += enumerate(token, position)
            position += len(token)
        elif token.many:
            loops |= 1 << position
            crossing |= token.colons << position
        else:
            anything |= 1 << position
            in_field |= (not token.colons) << position
            position += 1
    accepts = {character: anything for _, character in literals}
    accepts[":"] = anything & ~in_field
    for at, character in literals:
        accepts[character] |= 1 << at
    accepted = 1 << position

    def match(text: str) -> bool:
        states = 1
        for character in text:
            stay = crossing if character == ":" else loops
            states = ((states & accepts.get(character, anything)) << 1) | (states & stay)
            if not states:
                return False
        return bool(states & accepted)

    return match


@lru_cache(maxsize=4_096)
def _plain(pattern: str) -> Matcher:
    return matcher(tokenize(pattern))


def matches(pattern: str, text: str, ignore_case: bool = False) -> bool:
    """Whether the whole of `text` matches `pattern`; `*` and `?` match any character, colons too."""
    if ignore_case:
        return _plain(pattern.lower())(text.lower())
    return _plain(pattern)(text)
