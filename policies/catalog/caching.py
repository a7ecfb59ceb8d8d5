"""Remembering answers for as long as no service is registered."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar, cast

from policies.catalog.overlay import laid_over

P = ParamSpec("P")
T = TypeVar("T")

_forget: list[Callable[[], None]] = []


def cached(size: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep the answers for the `size` latest arguments of a function that asks the catalogue.

    An account's own services change the answers for that account alone, so those are not kept.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        cache = lru_cache(maxsize=size)(function)
        _forget.append(cache.cache_clear)
        remembering = cast(Callable[P, T], cache)

        @wraps(function)
        def answer(*args: P.args, **kwargs: P.kwargs) -> T:
            return (function if laid_over() else remembering)(*args, **kwargs)

        return answer

    return decorate


def forget_answers() -> None:
    """Drop every answer: the catalogue has changed."""
    for clear in _forget:
        clear()
