"""The services of one account, laid over the catalogue for a while."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Final

from policies.catalog.shapes import Service

_NONE: Final[Mapping[str, Service]] = MappingProxyType({})
_laid: ContextVar[Mapping[str, Service]] = ContextVar("laid", default=_NONE)


@contextmanager
def extended(services: Iterable[Service]) -> Iterator[None]:
    """Within the block the catalogue also has these services, in this thread or task alone."""
    mark = _laid.set({service.prefix.lower(): service for service in services})
    try:
        yield
    finally:
        _laid.reset(mark)


def laid_over() -> Mapping[str, Service]:
    """The services that are laid over the catalogue here and now, by prefix in lower case."""
    return _laid.get()
