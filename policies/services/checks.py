"""What the parts of a service must satisfy together: names given once, references that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import EntityAlreadyExists, InvalidInput
from policies import catalog
from policies.documents import checks as documents
from policies.services.shapes import Definition

RESERVED = "aws"
"""The vendor of global condition keys."""
PLACE = r"\$\{[A-Za-z][A-Za-z0-9]*\}"
KEY = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_./:-]*(?:{PLACE})?", re.ASCII)
ARN = re.compile(
    r"arn:(?:aws[a-z-]*|\$\{Partition\}):(?P<service>[^:]*):(?:[a-z0-9-]*|\$\{Region\}):(?:(?:\d{12})?|\$\{Account\}):"
    rf"(?:[A-Za-z0-9_+=,.@:/-]|{PLACE})+",
    re.ASCII,
)
FORM = "arn:${Partition}:%s:${Region}:${Account}:order/${OrderId}"


def refuse_built_in(prefix: str) -> None:
    """EntityAlreadyExists for a prefix that already means something in every account's policies."""
    known = catalog.service(prefix) or catalog.is_documented_provider(prefix) or prefix in catalog.arn_formats()
    if known or prefix == RESERVED:
        raise EntityAlreadyExists(f"Service {prefix} is built in: choose another prefix.")


def checked(call: Call, prefix: str, definition: Definition) -> Definition:
    """The definition, or InvalidInput that tells the first part which is wrong and why; a policy has its own faults."""
    _once("Action", (action.name for action in definition.actions))
    _once("Resource type", (kind.name for kind in definition.resource_types))
    _once("Condition key", (key.name for key in definition.condition_keys))
    for kind in definition.resource_types:
        _arn_template(prefix, kind.name, kind.arn_template)
    for key in definition.condition_keys:
        _key_name(prefix, key.name)
    _references(definition)
    if definition.service_linked_role_policy is not None:
        documents.checked(call, definition.service_linked_role_policy, quota="RolePolicySize")
    return definition


def _once(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise InvalidInput(f"{what} {name} is given twice; names differ by more than their case.")
        seen.add(name.lower())


def _arn_template(prefix: str, name: str, template: str) -> None:
    found = ARN.fullmatch(template)
    if found is None or found["service"] != prefix:
        raise InvalidInput(
            f"Resource type {name} has the ARN template {template}, which is not valid: write one such as "
            f"{FORM % prefix}, with {prefix} as its service and places to fill as ${{Name}}."
        )


def _key_name(prefix: str, name: str) -> None:
    vendor, _, rest = name.partition(":")
    if vendor != prefix or KEY.fullmatch(rest) is None:
        raise InvalidInput(f"Condition key {name} is not valid: write one such as {prefix}:Priority.")


def _references(definition: Definition) -> None:
    kinds = {kind.name for kind in definition.resource_types}
    keys = {key.name for key in definition.condition_keys} | {key.name for key in catalog.GLOBAL_KEYS.values()}
    for owner, named in (
        *((f"Action {action.name}", action.condition_keys) for action in definition.actions),
        *((f"Resource type {kind.name}", kind.condition_keys) for kind in definition.resource_types),
    ):
        for key in named:
            if key not in keys:
                raise InvalidInput(f"{owner} names the condition key {key}, which is neither declared nor global.")
    for action in definition.actions:
        for kind in action.resource_types:
            if kind not in kinds:
                raise InvalidInput(f"Action {action.name} names the resource type {kind}, which is not declared.")
