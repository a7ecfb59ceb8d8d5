"""The catalogue: every service with its actions, resource types and condition keys. Read lazily, a file at a time."""

from policies.catalog.builtin import arn_formats, resource_control_services
from policies.catalog.caching import cached
from policies.catalog.condition_keys import (
    closest_condition_key,
    condition_key,
    is_documented_provider,
    is_identity_provider,
    vendor,
)
from policies.catalog.global_keys import GLOBAL_KEYS, SENSITIVE_KEYS
from policies.catalog.lookup import (
    action,
    actions_matching,
    closest_action,
    closest_service,
    is_builtin,
    names_an_action,
    register,
    service,
    services,
)
from policies.catalog.overlay import extended
from policies.catalog.partitions import PARTITIONS, REGIONS
from policies.catalog.shapes import (
    AccessLevel,
    Action,
    ActionResource,
    ConditionKey,
    ResourceType,
    Service,
    ValueType,
)
from policies.catalog.spelling import closest

__all__ = [
    "GLOBAL_KEYS",
    "PARTITIONS",
    "REGIONS",
    "SENSITIVE_KEYS",
    "AccessLevel",
    "Action",
    "ActionResource",
    "ConditionKey",
    "ResourceType",
    "Service",
    "ValueType",
    "action",
    "actions_matching",
    "arn_formats",
    "cached",
    "closest",
    "closest_action",
    "closest_condition_key",
    "closest_service",
    "condition_key",
    "extended",
    "is_builtin",
    "is_documented_provider",
    "is_identity_provider",
    "names_an_action",
    "register",
    "resource_control_services",
    "service",
    "services",
    "vendor",
]
