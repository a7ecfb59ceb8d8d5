"""The parts of a service, from how they are stored to the catalogue's form, and from there to how they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policies import catalog
from policies.services import shapes


def of_definition(prefix: str, name: str, definition: Mapping[str, Any]) -> catalog.Service:
    """A service out of what is stored of it."""
    return catalog.Service.of(
        prefix,
        name,
        actions=[
            catalog.Action(
                prefix,
                action["Name"],
                catalog.AccessLevel(action["AccessLevel"]),
                resource_types=tuple(map(catalog.ActionResource, action["ResourceTypes"])),
                condition_keys=tuple(action["ConditionKeys"]),
                description=action["Description"],
            )
            for action in definition["Actions"]
        ],
        resource_types=[
            catalog.ResourceType(prefix, kind["Name"], kind["ArnTemplate"], tuple(kind["ConditionKeys"]))
            for kind in definition["ResourceTypes"]
        ],
        condition_keys=[*_own_keys(definition), *_global_keys(definition)],
    )


def _own_keys(definition: Mapping[str, Any]) -> Iterator[catalog.ConditionKey]:
    for key in definition["ConditionKeys"]:
        types = (catalog.ValueType(key["Type"]),)
        yield catalog.ConditionKey(key["Name"], types, key["Multivalued"], key["Description"])


def _global_keys(definition: Mapping[str, Any]) -> Iterator[catalog.ConditionKey]:
    """The global keys that the parts name: AWS's services list those they know, which tells whether tags count."""
    for part in (*definition["Actions"], *definition["ResourceTypes"]):
        for name in part["ConditionKeys"]:
            if name.lower() in catalog.GLOBAL_KEYS:
                yield catalog.GLOBAL_KEYS[name.lower()]


def parts_of(service: catalog.Service) -> shapes.Definition:
    """The parts of a service as they are shown; built-in ones need not have the form that registered ones have."""
    return shapes.Definition(
        actions=[_action(action) for action in service.actions.values()],
        resource_types=[_resource_type(kind) for kind in service.resource_types.values()],
        condition_keys=[
            _condition_key(key) for name, key in service.condition_keys.items() if name not in catalog.GLOBAL_KEYS
        ],
    )


def _action(action: catalog.Action) -> shapes.ServiceAction:
    return shapes.ServiceAction.model_construct(
        name=action.name,
        access_level=action.access_level.value,
        resource_types=[kind.name for kind in action.resource_types],
        condition_keys=list(action.condition_keys),
        description=action.description,
    )


def _resource_type(kind: catalog.ResourceType) -> shapes.ServiceResourceType:
    return shapes.ServiceResourceType.model_construct(
        name=kind.name, arn_template=kind.arn, condition_keys=list(kind.condition_keys)
    )


def _condition_key(key: catalog.ConditionKey) -> shapes.ServiceConditionKey:
    return shapes.ServiceConditionKey.model_construct(
        name=key.name, type=key.types[0].value, multivalued=key.multivalued, description=key.description
    )
