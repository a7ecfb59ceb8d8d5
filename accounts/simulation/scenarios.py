"""From members of an input to what the simulator takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from accounts.simulation import shapes
from iamconsole.kernel.errors import InvalidInput
from policies import simulator
from policies.engine import Bound, PolicyKind


@contextmanager
def checked() -> Iterator[None]:
    """What the simulator cannot use is an InvalidInput."""
    try:
        yield
    except simulator.UnusableInput as unusable:
        raise InvalidInput(str(unusable)) from None


def given_policies(texts: Sequence[str]) -> tuple[Bound, ...]:
    """The policies of PolicyInputList."""
    return simulator.listed(texts, PolicyKind.IDENTITY, member="PolicyInputList")


def organization(levels: Sequence[shapes.OrderedOrganizationPolicy]) -> tuple[tuple[Bound, ...], ...]:
    """The service control policies of each level."""
    return simulator.levels(level.service_control_policy_input_list for level in levels)


def owner(given: str | None) -> str | None:
    """The account that owns the resources, if it is told."""
    return simulator.owner(given) if given else None


def context(entries: Sequence[shapes.ContextEntry]) -> simulator.Facts:
    """The condition keys that are given."""
    return simulator.context(
        (entry.context_key_name, entry.context_key_values, entry.context_key_type) for entry in entries
    )
