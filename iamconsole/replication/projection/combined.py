"""A principal's policies together with others; kept, since a set remembers per action which statements matter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from policies.engine import Bound, Policies

KEPT: Final = 1_024
KEPT_GIVEN: Final = 64  # policies that came with questions: of any text, and one's own choice


def with_resource(held: Policies, attached: tuple[Bound, ...]) -> Policies:
    """What binds a principal, and the policies of the resource he asks for."""
    return _with_resource(_ById(held), attached)


def with_given(held: Policies, given: Bound) -> Policies:
    """What binds a principal, and a resource policy that came with the question."""
    return _with_given(_ById(held), given)


def with_session(held: Policies, passed: tuple[Bound, ...]) -> Policies:
    """What binds a principal, limited by the policies passed with his session; none of them allows nothing."""
    return _with_session(_ById(held), passed)


@dataclass(frozen=True, slots=True, eq=False)
class _ById:
    """Hashes by identity: policies are shared objects, and comparing them would read every one."""

    policies: Policies

    def __hash__(self) -> int:
        return id(self.policies)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.policies is self.policies


@lru_cache(maxsize=KEPT)
def _with_resource(held: _ById, attached: tuple[Bound, ...]) -> Policies:
    return replace(held.policies, resource=attached)


@lru_cache(maxsize=KEPT_GIVEN)
def _with_given(held: _ById, given: Bound) -> Policies:
    return replace(held.policies, resource=(given,))


@lru_cache(maxsize=KEPT)
def _with_session(held: _ById, passed: tuple[Bound, ...]) -> Policies:
    return replace(held.policies, session=passed)
