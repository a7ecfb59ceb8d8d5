"""Remembering answers for as long as no service is registered."""

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")

_forget: list[Callable[[], None]] = []


def cached(size: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep the answers for the `size` latest arguments of a function that asks the catalogue."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        remembering = lru_cache(maxsize=size)(function)
        _forget.append(remembering.cache_clear)
        return cast(Callable[P, T], remembering)

    return decorate


def forget_answers() -> None:
    """Drop every answer: the catalogue has changed."""
    for clear in _forget:
        clear()
