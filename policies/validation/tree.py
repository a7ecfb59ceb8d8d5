"""A policy as it was written, faults included: what every check looks at.

Unlike the engine's document it exists for any JSON; what has the wrong shape is left out here and reported by `shape`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from policies.engine import Effect, PolicyKind
from policies.engine.operators import Operator, Qualified, Quantifier
from policies.validation.finding import Path


@dataclass(frozen=True, slots=True)
class Text:
    """A text and where it stands."""

    value: str
    path: Path


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a condition: as text, and the JSON type it was written with (`string`, `number`, `boolean`)."""

    text: str
    written: str
    path: Path


@dataclass(frozen=True, slots=True)
class Principal:
    """One principal; `kind` is `*` for a bare `"*"`."""

    kind: str
    value: str
    path: Path


@dataclass(frozen=True)
class Condition:
    """One key under one operator; `qualified` is None where there is no such operator."""

    operator: str
    qualified: Qualified | None
    key: str
    values: tuple[Value, ...]
    is_list: bool
    path: Path

    @cached_property
    def name(self) -> str:
        """The key in lower case."""
        return self.key.lower()

    @property
    def base(self) -> Operator | None:
        """The operator without its prefix and suffix."""
        return self.qualified.base if self.qualified else None

    @property
    def quantifier(self) -> Quantifier | None:
        """The set operator in front, if any."""
        return self.qualified.quantifier if self.qualified else None

    @property
    def family(self) -> str:
        """String, Numeric, Date, Bool, Binary, Ip, Arn or Null; empty for an operator that does not exist."""
        return family(self.base.name) if self.base else ""

    @property
    def globs(self) -> bool:
        """Whether `*` and `?` in the values are wildcards."""
        return self.family == "Arn" or (self.base is not None and self.base.name.endswith("Like"))


@dataclass(frozen=True)
class Statement:
    """One statement; an element that is missing or cannot be read is empty, `written` are the names that are there."""

    path: Path
    written: dict[str, Any] = field(repr=False)
    effect: Effect | None
    sid: Text | None
    actions: tuple[Text, ...]
    not_actions: tuple[Text, ...]
    resources: tuple[Text, ...]
    not_resources: tuple[Text, ...]
    principals: tuple[Principal, ...]
    not_principals: tuple[Principal, ...]
    conditions: tuple[Condition, ...]

    @property
    def allows(self) -> bool:
        """Whether it is an Allow."""
        return self.effect is Effect.ALLOW

    @cached_property
    def keys(self) -> frozenset[str]:
        """The condition keys in lower case."""
        return frozenset(condition.name for condition in self.conditions)

    def kinds(self) -> set[str]:
        """The kinds of principals that it names."""
        return {principal.kind for principal in self.principals}

    def names(self, action: str) -> bool:
        """Whether its Action element lists an action (lower case) by its own name."""
        return any(item.value.lower() == action for item in self.actions)


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy; `root` is the JSON that was read."""

    kind: PolicyKind
    text: str = field(repr=False)
    root: Any = field(repr=False)
    version: Text | None
    statements: tuple[Statement, ...]
    resource_type: str | None = None

    def elements(self, *names: str) -> Iterator[tuple[Statement, Text]]:
        """The texts of Action, NotAction, Resource and NotResource elements."""
        for statement in self.statements:
            for name in names:
                for item in _ELEMENTS[name](statement):
                    yield statement, item


_ELEMENTS = {
    "Action": lambda statement: statement.actions,
    "NotAction": lambda statement: statement.not_actions,
    "Resource": lambda statement: statement.resources,
    "NotResource": lambda statement: statement.not_resources,
}

_FAMILIES = ("String", "Numeric", "Date", "Bool", "Binary", "Arn", "Null")


def family(operator: str) -> str:
    """The family of a base operator."""
    return next((name for name in _FAMILIES if operator.startswith(name)), "Ip")
