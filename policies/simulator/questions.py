"""What a simulation is asked: each action on each resource."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policies.engine.arns import is_arn
from policies.simulator.errors import UnusableInput

ANY_RESOURCE: Final = "*"
HANDLING_OPTIONS: Final = (
    "EC2-VPC-EBS",
    "EC2-VPC-EBS-Subnet",
    "EC2-VPC-InstanceStore",
    "EC2-VPC-InstanceStore-Subnet",
)
_ACTION: Final = re.compile(r"[a-zA-Z0-9\-.]+:[^\s:*?]+")


@dataclass(frozen=True, slots=True)
class Questions:
    """Pairs of an action and a resource, numbered from 0."""

    actions: Sequence[str]
    resources: Sequence[str]

    @classmethod
    def of(cls, actions: Sequence[str], resources: Sequence[str], *, handling: str | None = None) -> "Questions":
        """The questions of actions (`service:Name`, known or not) and resources (ARNs or `*`, which is the default).

        `handling` is AWS's ResourceHandlingOption. Raises UnusableInput.
        """
        if handling is not None and handling not in HANDLING_OPTIONS:
            raise UnusableInput(f"ResourceHandlingOption: {handling} is none of {', '.join(HANDLING_OPTIONS)}.")
        if not actions:
            raise UnusableInput("ActionNames: name at least one action, such as s3:GetObject.")
        for number, action in enumerate(actions, start=1):
            if "*" in action or "?" in action:
                raise UnusableInput(f"ActionNames.{number}: {action} has a wildcard; name each action in full.")
            if not _ACTION.fullmatch(action):
                raise UnusableInput(f"ActionNames.{number}: {action} is not of the form service:Action.")
        for number, resource in enumerate(resources, start=1):
            if resource != ANY_RESOURCE and not is_arn(resource):
                raise UnusableInput(f"ResourceArns.{number}: {resource[:128]} must be in ARN format or *.")
        return cls(actions, resources or [ANY_RESOURCE])

    def __len__(self) -> int:
        return len(self.actions) * len(self.resources)

    def some(self, start: int, stop: int) -> Iterator[tuple[str, str]]:
        """The pairs from `start` up to `stop`, without making the others: there can be millions."""
        for number in range(start, min(stop, len(self))):
            action, resource = divmod(number, len(self.resources))
            yield self.actions[action], self.resources[resource]
