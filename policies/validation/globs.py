"""Reasoning about patterns of `*` (any run of characters) and `?` (one character)."""

from re import compile as pattern
from typing import Final

from policies.engine import matches

_WILD: Final = frozenset("*?")
_FIRST_WILD: Final = pattern(r"[*?]")
# Longer patterns than any ARN are taken to overlap: reports are then missed, never made up.
_LONGEST: Final = 512


def is_wild(text: str) -> bool:
    """Whether a text holds a wildcard."""
    return not _WILD.isdisjoint(text)


def covers(wide: str, narrow: str) -> bool:
    """Whether every text that `narrow` matches is matched by `wide` too.

    False also where that is true only for a reason that a comparison from left to right does not see.
    """
    if wide == narrow:
        return True
    if "?" in wide and "*" in narrow:
        # `?` would take the `*` for one character.
        return False
    return matches(wide, narrow)


def overlap(one: str, other: str) -> bool:
    """Whether some text is matched by both patterns."""
    if not is_wild(one):
        return matches(other, one)
    if not is_wild(other):
        return matches(one, other)
    if not _ends_agree(one, other) or not _ends_agree(one[::-1], other[::-1]):
        return False
    return len(one) > _LONGEST or len(other) > _LONGEST or _meet(one, other)


def _ends_agree(one: str, other: str) -> bool:
    head, other_head = (_FIRST_WILD.split(text, maxsplit=1)[0] for text in (one, other))
    return head.startswith(other_head) or other_head.startswith(head)


def _meet(one: str, other: str) -> bool:
    """Walk both patterns at once over the text that they might share."""
    todo, seen = [(0, 0)], {(0, 0)}
    while todo:
        at, to = todo.pop()
        if at == len(one) and to == len(other):
            return True
        for step in _steps(one[at : at + 1], other[to : to + 1]):
            place = (at + step[0], to + step[1])
            if place not in seen:
                seen.add(place)
                todo.append(place)
    return False


def _steps(left: str, right: str) -> list[tuple[int, int]]:
    steps = []
    if left == "*":
        steps.append((1, 0))
    if right == "*":
        steps.append((0, 1))
    if left and right and (left == right or left in _WILD or right in _WILD):
        steps.append((int(left != "*"), int(right != "*")))
    return steps
