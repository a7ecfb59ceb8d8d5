"""What an import consists of: operations with their inputs, each knowing where in the file it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from iamconsole.kernel.operation import REGISTRY, Operation


@dataclass(frozen=True, slots=True)
class Item:
    """One operation to run; `source` is what a person calls its place: `row 17`, `user ada`."""

    operation: Operation
    raw: Mapping[str, Any]
    source: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an import will do, in order, and what it leaves out, each with the reason."""

    items: Sequence[Item]
    left_out: Sequence[str] = field(default_factory=tuple)

    @property
    def batch(self) -> list[tuple[Operation, Mapping[str, Any]]]:
        """The items as `runtime.batch.execute_batch` takes them."""
        return [(item.operation, item.raw) for item in self.items]


def item(action: str, source: str, **members: Any) -> Item:
    """An item of an IAM operation by its name; members that are None or empty are left to their defaults."""
    given = {name: value for name, value in members.items() if value not in (None, "", [])}
    return Item(REGISTRY[f"iam:{action}"], given, source)
