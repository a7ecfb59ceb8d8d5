"""What is asked, and the policies that answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from policies.engine.compiled import Compiled
from policies.engine.context import Context, Given
from policies.engine.document import PolicyKind
from policies.engine.index import ResourceIndex
from policies.engine.principals import Principal

KEPT_PLANS: Final = 256


class Layer(StrEnum):
    """The kinds of policies of a decision, in the order in which AWS names them in its checks."""

    RCP = "rcp"
    SCP = "scp"
    RESOURCE = "resource"
    TRUST = "trust"
    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Request:
    """May `principal` do `action` on `resource`?

    `resource_account` is the owner of the resource, None for the principal's own account.
    """

    principal: Principal
    action: str
    resource: str
    context: Mapping[str, Given] | Context = field(default_factory=Context)
    resource_account: str | None = None

    @property
    def crosses_accounts(self) -> bool:
        """Whether the resource belongs to another account than the principal."""
        return self.resource_account is not None and self.resource_account != self.principal.account


@dataclass(frozen=True, slots=True)
class Source:
    """Where a policy comes from.

    `type` is user, group, role, aws-managed, user-managed, resource, session, scp, rcp or boundary.
    """

    id: str
    type: str
    arn: str = ""
    name: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A policy where it is attached."""

    source: Source
    compiled: Compiled


@dataclass(frozen=True, slots=True)
class Plan:
    """What all policies say about one action: the denies in the order of their layers, and the allows of each layer."""

    denies: tuple[tuple[Layer, ResourceIndex], ...]
    identity: tuple[ResourceIndex, ...]
    boundary: tuple[ResourceIndex, ...] | None
    session: tuple[ResourceIndex, ...] | None
    levels: tuple[tuple[Layer, tuple[ResourceIndex, ...]], ...]
    resource: tuple[ResourceIndex, ...]

    @property
    def allows_everything(self) -> bool:
        """Whether the action is allowed on all that the principal's account has, whatever the request says."""
        limited = self.denies or self.levels or self.boundary is not None or self.session is not None
        return not limited and any(index.is_unconditional for index in self.identity)


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of a decision.

    `session` None means that no session policy was passed. `scps` and `rcps` hold one tuple per level (root, each unit,
    account); an Allow is needed at each. `resource_must_allow` is for trust and key policies. Keep and share the
    object: it remembers, per action, which statements matter.
    """

    identity: tuple[Bound, ...] = ()
    boundary: Bound | None = None
    session: tuple[Bound, ...] | None = None
    scps: tuple[tuple[Bound, ...], ...] = ()
    rcps: tuple[tuple[Bound, ...], ...] = ()
    resource: tuple[Bound, ...] = ()
    resource_must_allow: bool = False
    _plans: dict[str, Plan] = field(default_factory=dict, init=False, repr=False, compare=False)

    def layers(self) -> tuple[tuple[Layer, tuple[Bound, ...]], ...]:
        """Every level of every layer that has policies, in the order of the checks."""
        return (
            *((Layer.RCP, level) for level in self.rcps),
            *((Layer.SCP, level) for level in self.scps),
            *((_resource_layer(bound), (bound,)) for bound in self.resource),
            (Layer.IDENTITY, self.identity),
            (Layer.BOUNDARY, (self.boundary,) if self.boundary else ()),
            (Layer.SESSION, self.session or ()),
        )

    def plan(self, action: str) -> Plan:
        """What the policies say about an action."""
        plan = self._plans.get(action)
        if plan is None:
            if len(self._plans) >= KEPT_PLANS:
                self._plans.clear()
            plan = self._plans[action] = self._plan(action)
        return plan

    def _plan(self, action: str) -> Plan:
        return Plan(
            denies=tuple(
                (layer, index)
                for layer, bounds in self.layers()
                for bound in bounds
                if (index := bound.compiled.slice(action).denies)
            ),
            identity=_allows(self.identity, action),
            boundary=_allows((self.boundary,), action) if self.boundary else None,
            session=None if self.session is None else _allows(self.session, action),
            levels=(
                *((Layer.RCP, _allows(level, action)) for level in self.rcps),
                *((Layer.SCP, _allows(level, action)) for level in self.scps),
            ),
            resource=_allows(self.resource, action),
        )


def _allows(bounds: tuple[Bound, ...], action: str) -> tuple[ResourceIndex, ...]:
    return tuple(index for bound in bounds if (index := bound.compiled.slice(action).allows))


def _resource_layer(bound: Bound) -> Layer:
    return Layer.TRUST if bound.compiled.kind is PolicyKind.TRUST else Layer.RESOURCE
