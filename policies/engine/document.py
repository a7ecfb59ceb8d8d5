"""The syntax tree of a policy."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from policies.engine.layout import Layout, Span

VERSION_WITH_VARIABLES = "2012-10-17"
VERSION_BY_DEFAULT = "2008-10-17"


class PolicyKind(StrEnum):
    """What a policy is attached to; decides which elements it may have."""

    IDENTITY = "identity"
    TRUST = "trust"
    RESOURCE = "resource"
    SESSION = "session"
    BOUNDARY = "boundary"
    SCP = "scp"
    RCP = "rcp"

    @property
    def names_principals(self) -> bool:
        """Whether statements say to whom they apply."""
        return self in (PolicyKind.TRUST, PolicyKind.RESOURCE, PolicyKind.RCP)


class Effect(StrEnum):
    ALLOW = "Allow"
    DENY = "Deny"


PrincipalEntry: TypeAlias = tuple[str, str]
"""The kind (AWS, Federated, Service, CanonicalUser, or `*` for a bare `"*"`) and the value of a principal."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One key under one operator, as written; numbers and booleans are texts."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; an element that is absent is an empty tuple.

    `elements` are the names that are written, `span` is where the statement stands in the text of its document.
    """

    index: int
    effect: Effect
    sid: str | None = None
    principals: tuple[PrincipalEntry, ...] = ()
    not_principals: tuple[PrincipalEntry, ...] = ()
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    elements: frozenset[str] = field(default=frozenset(), repr=False, compare=False)
    layout: Layout = field(default_factory=lambda: Layout("{}"), repr=False, compare=False)

    @property
    def span(self) -> Span:
        """Where the statement stands in the text of its document."""
        return self.layout.statement(self.index)


@dataclass(frozen=True, slots=True)
class Document:
    """A policy; `version` is None where it is not written, which means 2008-10-17."""

    kind: PolicyKind
    version: str | None
    id: str | None
    statements: tuple[Statement, ...]
    text: str = field(repr=False)
    layout: Layout = field(repr=False, compare=False)

    @property
    def has_variables(self) -> bool:
        """Whether `${...}` means a policy variable in this document."""
        return self.version == VERSION_WITH_VARIABLES
