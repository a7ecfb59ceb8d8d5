"""What a catalogue knows about a service: actions, resource types and condition keys."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class AccessLevel(StrEnum):
    """What an action does to its resource, in the words of AWS's Service Authorization Reference."""

    LIST = "List"
    READ = "Read"
    WRITE = "Write"
    PERMISSIONS = "Permissions management"
    TAGGING = "Tagging"


class ValueType(StrEnum):
    """The type of one value of a condition key."""

    STRING = "String"
    ARN = "ARN"
    BOOL = "Bool"
    NUMERIC = "Numeric"
    DATE = "Date"
    IP_ADDRESS = "IPAddress"
    BINARY = "Binary"


@dataclass(frozen=True, slots=True)
class ConditionKey:
    """A condition key as documented; `name` may hold a place to fill, as in `aws:ResourceTag/${TagKey}`."""

    name: str
    types: tuple[ValueType, ...] = (ValueType.STRING,)
    multivalued: bool = False
    description: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of resource; `arn` has places to fill, as in `arn:${Partition}:s3:::${BucketName}`."""

    service: str
    name: str
    arn: str
    condition_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionResource:
    """A resource type that an action works on, and what applies only then."""

    name: str
    required: bool = False
    condition_keys: tuple[str, ...] = ()
    dependent_actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """One action; its resource types are names within the same service."""

    service: str
    name: str
    access_level: AccessLevel
    resource_types: tuple[ActionResource, ...] = ()
    condition_keys: tuple[str, ...] = ()
    dependent_actions: tuple[str, ...] = ()
    description: str = field(default="", compare=False, repr=False)

    @property
    def full_name(self) -> str:
        """As policies write it: `s3:GetObject`."""
        return f"{self.service}:{self.name}"


@dataclass(frozen=True, slots=True)
class Service:
    """A service; the keys of its mappings are lower case, those of condition keys with their prefix (`s3:prefix`)."""

    prefix: str
    name: str
    actions: Mapping[str, Action] = field(default_factory=lambda: _NOTHING, repr=False)
    resource_types: Mapping[str, ResourceType] = field(default_factory=lambda: _NOTHING, repr=False)
    condition_keys: Mapping[str, ConditionKey] = field(default_factory=lambda: _NOTHING, repr=False)

    @classmethod
    def of(
        cls,
        prefix: str,
        name: str,
        *,
        actions: Iterable[Action] = (),
        resource_types: Iterable[ResourceType] = (),
        condition_keys: Iterable[ConditionKey] = (),
    ) -> "Service":
        """A service of given parts."""
        return cls(
            prefix=prefix,
            name=name,
            actions={action.name.lower(): action for action in actions},
            resource_types={kind.name.lower(): kind for kind in resource_types},
            condition_keys={key.name.lower(): key for key in condition_keys},
        )
