"""A decision and, when asked, its reasons."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from policies.engine.conditions import Null, Test
from policies.engine.context import Context, Value
from policies.engine.document import Effect, Statement
from policies.engine.layers import bounded, lacking
from policies.engine.layout import Span
from policies.engine.request import Bound, Layer, Policies, Request, Source
from policies.engine.rule import Rule


class Outcome(StrEnum):
    """The answer."""

    ALLOW = "ALLOW"
    IMPLICIT_DENY = "IMPLICIT_DENY"
    EXPLICIT_DENY = "EXPLICIT_DENY"


class CheckType(StrEnum):
    """The checks of a decision, named as GetRequestAuthorizationDetails does."""

    RCP = "RESOURCE_CONTROL_POLICY"
    SCP = "SERVICE_CONTROL_POLICY"
    RESOURCE = "RESOURCE"
    PRINCIPAL = "PRINCIPAL"
    PERMISSIONS_BOUNDARY = "PERMISSIONS_BOUNDARY"
    SESSION = "SESSION"


class CheckEffect(StrEnum):
    """What a check contributed."""

    ALLOW = "ALLOW"
    NO_IMPACT = "NO_IMPACT"
    IMPLICIT_DENY = "IMPLICIT_DENY"
    EXPLICIT_DENY = "EXPLICIT_DENY"


@dataclass(frozen=True, slots=True)
class Matched:
    """A statement that matched, and where it comes from."""

    layer: Layer
    source: Source
    statement: Statement

    @property
    def sid(self) -> str:
        """The statement's name, often empty."""
        return self.statement.sid or ""

    @property
    def index(self) -> int:
        """The place of the statement in its document, from 0."""
        return self.statement.index

    @property
    def effect(self) -> Effect:
        """Allow or Deny."""
        return self.statement.effect

    @property
    def span(self) -> Span:
        """Where the statement stands in the text of its document."""
        return self.statement.span


@dataclass(frozen=True, slots=True)
class Check:
    """What one kind of policy contributed; `matched` are the statements that decided it."""

    type: CheckType
    effect: CheckEffect
    matched: tuple[Matched, ...] = ()


_CHECKS: Final = tuple(CheckType)
_PLACE: Final = {
    layer: _CHECKS.index(type_)
    for layer, type_ in (
        (Layer.RCP, CheckType.RCP),
        (Layer.SCP, CheckType.SCP),
        (Layer.RESOURCE, CheckType.RESOURCE),
        (Layer.TRUST, CheckType.RESOURCE),
        (Layer.IDENTITY, CheckType.PRINCIPAL),
        (Layer.BOUNDARY, CheckType.PERMISSIONS_BOUNDARY),
        (Layer.SESSION, CheckType.SESSION),
    )
}
_WITHOUT_IMPACT: Final = tuple(Check(type_, CheckEffect.NO_IMPACT) for type_ in _CHECKS)


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A statement about this action and resource that one condition kept from matching; `found` None means absent."""

    layer: Layer
    source: Source
    statement: Statement
    key: str
    operator: str
    wanted: tuple[str, ...]
    found: Value


@dataclass(slots=True, eq=False)
class Decision:
    """The answer to a request; everything but the answer itself is worked out when asked for."""

    request: Request
    policies: Policies
    outcome: Outcome
    denied_by: Layer | None

    @property
    def allowed(self) -> bool:
        """Whether the request may go on."""
        return self.outcome is Outcome.ALLOW

    @property
    def statements(self) -> tuple[Matched, ...]:
        """The statements that decided: the denies, or the allows of identity and resource policies, or none."""
        matched = self.matched()
        if self.outcome is Outcome.EXPLICIT_DENY:
            return tuple(found for found in matched if found.effect is Effect.DENY)
        if self.outcome is Outcome.ALLOW:
            granting = (Layer.IDENTITY, Layer.RESOURCE, Layer.TRUST)
            return tuple(found for found in matched if found.layer in granting)
        return ()

    def matched(self) -> tuple[Matched, ...]:
        """Every statement that matched the request, allows and denies."""
        context = Context.of(self.request.context)
        return tuple(
            Matched(layer, bound.source, rule.statement)
            for layer, bound, rule in self._about(context)
            if rule.holds(context)
        )

    def near_misses(self) -> tuple[NearMiss, ...]:
        """The statements that only one condition kept from matching."""
        context = Context.of(self.request.context)
        return tuple(
            _near_miss(layer, bound, rule.statement, failing[0], context)
            for layer, bound, rule in self._about(context)
            if len(failing := rule.failing(context)) == 1
        )

    def checks(self) -> tuple[Check, ...]:
        """What each kind of policy contributed, in the order in which AWS looks at them."""
        matched: tuple[list[Matched], ...] = tuple([] for _ in _CHECKS)
        for found in self.matched():
            matched[_PLACE[found.layer]].append(found)
        missing = () if self.allowed else {_PLACE[layer] for layer in lacking(self.request, self.policies)}
        return tuple(_check(place, here, place in missing) for place, here in enumerate(matched))

    def _about(self, context: Context) -> Iterator[tuple[Layer, Bound, Rule]]:
        """The statements about the principal, the action and the resource, whatever their conditions."""
        request, principal = self.request, bounded(self.request, self.policies)
        for layer, bounds in self.policies.layers():
            for bound in bounds:
                for rule in bound.compiled.about(request.action, request.resource, context):
                    if rule.means(principal):
                        yield layer, bound, rule


def _check(place: int, matched: list[Matched], missing: bool) -> Check:
    if not matched and not missing:
        return _WITHOUT_IMPACT[place]
    denies = tuple(found for found in matched if found.effect is Effect.DENY)
    if denies:
        return Check(_CHECKS[place], CheckEffect.EXPLICIT_DENY, denies)
    return Check(_CHECKS[place], CheckEffect.IMPLICIT_DENY if missing else CheckEffect.ALLOW, tuple(matched))


def _near_miss(layer: Layer, bound: Bound, statement: Statement, test: Test | Null, context: Context) -> NearMiss:
    condition = test.condition
    return NearMiss(
        layer,
        bound.source,
        statement,
        condition.key,
        condition.operator,
        condition.values,
        context.find(test.key),
    )
