"""A change of somebody's policies as data: what leaves one layer of them, and what comes in its place."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from policies.engine import Bound, Compiled, Layer, Policies, Source
from policies.previews.change import exchanged


class Edit(Protocol):
    """Whatever can be made in a principal's policies."""

    @property
    def documents(self) -> Iterable[Compiled]:
        """The policies that leave or come: what they name is what is asked about."""

    def made_in(self, policies: Policies) -> Policies:
        """The policies once the change is made."""


@dataclass(frozen=True, slots=True)
class LayerEdit:
    """What one layer loses and gets.

    A policy that comes by several ways is in the identity layer once for each, and an edit takes away one of them. Of
    the layers of a boundary and of a trust policy `after` is all there will be.
    """

    layer: Layer
    before: tuple[Bound, ...] = ()
    after: tuple[Bound, ...] = ()

    @property
    def documents(self) -> Iterable[Compiled]:
        return [bound.compiled for bound in (*self.before, *self.after)]

    def made_in(self, policies: Policies) -> Policies:
        if self.layer is Layer.BOUNDARY:
            return replace(policies, boundary=next(iter(self.after), None))
        if self.layer is Layer.TRUST:
            return replace(policies, resource=self.after, resource_must_allow=True)
        left = list(policies.identity)
        for gone in self.before:
            _remove_one(left, gone.source)
        return replace(policies, identity=(*left, *self.after))


@dataclass(frozen=True, slots=True)
class Replacement:
    """What takes the place of a managed policy wherever somebody has it.

    `after` None leaves it out wherever it grants; where it bounds, it stays.
    """

    source_id: str
    before: Compiled
    after: Compiled | None

    @property
    def documents(self) -> Iterable[Compiled]:
        return [self.before, *([self.after] if self.after else [])]

    def made_in(self, policies: Policies) -> Policies:
        after = Bound(Source(id=self.source_id, type="user-managed"), self.after) if self.after else None
        return exchanged(policies, self.source_id, identity=after, boundary=after or policies.boundary)


def made(edits: Iterable[Edit], policies: Policies) -> Policies:
    """The policies once all of the edits are made, one after another."""
    for edit in edits:
        policies = edit.made_in(policies)
    return policies


def documents_of(edits: Iterable[Edit]) -> list[Compiled]:
    """Every policy that the edits are about, once."""
    return list(dict.fromkeys(policy for edit in edits for policy in edit.documents))


def _remove_one(bounds: list[Bound], source: Source) -> None:
    for place, bound in enumerate(bounds):
        if bound.source.id == source.id:
            del bounds[place]
            return
