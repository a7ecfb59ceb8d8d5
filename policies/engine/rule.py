"""A statement, compiled."""

from dataclasses import dataclass

from policies.engine.arns import resource_parts
from policies.engine.conditions import Null, Test, compiled_condition
from policies.engine.context import Context
from policies.engine.document import Document, Effect, Statement
from policies.engine.principals import Grant, Principal, grant, is_exempt, is_meant
from policies.engine.variables import Parts, bind, fixed
from policies.engine.wildcard import MANY, Matcher, Tokens, matcher

_NAMES_THE_CALLER = frozenset({"StringEquals", "StringLike", "StringEqualsIgnoreCase", "ArnEquals", "ArnLike"})


@dataclass(frozen=True, slots=True)
class ResourcePattern:
    """A Resource value: all that it matches starts with `prefix`; `tokens` is None where there are variables."""

    prefix: str
    parts: Parts
    tokens: Tokens | None

    @classmethod
    def of(cls, written: str, *, variables: bool) -> "ResourcePattern":
        """Compile a Resource value."""
        parts = resource_parts(written, variables=variables)
        first = parts[0] if parts else ""
        return cls(first if isinstance(first, str) else "", parts, fixed(parts))

    @property
    def is_literal(self) -> bool:
        """Whether the pattern matches exactly one text."""
        return self.tokens is not None and all(isinstance(token, str) for token in self.tokens)

    @property
    def is_everything(self) -> bool:
        """Whether the pattern is `*`."""
        return self.tokens == (MANY,)

    @property
    def matcher(self) -> Matcher | None:
        """The matcher of a pattern without variables."""
        return None if self.tokens is None else matcher(self.tokens)

    def matches(self, resource: str, context: Context) -> bool:
        """Whether a resource matches; a variable without value matches nothing."""
        tokens = self.tokens if self.tokens is not None else bind(self.parts, context)
        return tokens is not None and matcher(tokens)(resource)


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A statement ready for evaluation."""

    statement: Statement
    resources: tuple[ResourcePattern, ...]
    not_resources: tuple[ResourcePattern, ...]
    tests: tuple[Test | Null, ...]

    @classmethod
    def of(cls, statement: Statement, document: Document) -> "Rule":
        """Compile a statement."""
        variables = document.has_variables
        return cls(
            statement,
            tuple(ResourcePattern.of(written, variables=variables) for written in statement.resources),
            tuple(ResourcePattern.of(written, variables=variables) for written in statement.not_resources),
            tuple(compiled_condition(condition, variables=variables) for condition in statement.conditions),
        )

    @property
    def is_deny(self) -> bool:
        """Whether the effect is Deny."""
        return self.statement.effect is Effect.DENY

    def holds(self, context: Context) -> bool:
        """Whether all conditions are met."""
        return not self.tests or all(test.holds(context) for test in self.tests)

    def covers(self, resource: str, context: Context) -> bool:
        """Whether the statement is about a resource; one without Resource element is about its own resource."""
        if self.not_resources:
            return not any(pattern.matches(resource, context) for pattern in self.not_resources)
        return not self.resources or any(pattern.matches(resource, context) for pattern in self.resources)

    def denies(self, principal: Principal) -> bool:
        """Whether a Deny means a principal; one without Principal element means whoever it is attached to."""
        statement = self.statement
        if statement.not_principals:
            return not is_exempt(statement.not_principals, principal)
        return "Principal" not in statement.elements or is_meant(statement.principals, principal)

    def grant(self, principal: Principal) -> Grant:
        """How strongly an Allow means a principal."""
        statement = self.statement
        if statement.not_principals:
            # A token of an identity provider is let in by name alone, here as where `*` is allowed.
            passed_over = principal.is_token or is_meant(statement.not_principals, principal)
            return Grant.NONE if passed_over else Grant.LIMITED
        found = grant(statement.principals, principal)
        if found is Grant.LIMITED and self._names_caller() and any(value == "*" for _, value in statement.principals):
            return Grant.DIRECT
        return found

    def means(self, principal: Principal) -> bool:
        """Whether the statement is about a principal at all."""
        if self.is_deny or not self.statement.elements & {"Principal", "NotPrincipal"}:
            return self.denies(principal)
        return self.grant(principal) is not Grant.NONE

    def _names_caller(self) -> bool:
        return any(
            test.key == "aws:principalarn" and test.condition.operator in _NAMES_THE_CALLER for test in self.tests
        )

    def failing(self, context: Context) -> list[Test | Null]:
        """The conditions that are not met."""
        return [test for test in self.tests if not test.holds(context)]
