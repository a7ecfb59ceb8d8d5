"""What the signed-in principal may do, asked of the authorizer without leaving a record: for menus and controls.

Nothing is allowed here: whoever presses a control runs an operation, which is authorized in its own right.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_origin

from iamconsole.audit.access.grants import is_withheld
from iamconsole.kernel.call import Call, PrincipalType
from iamconsole.kernel.errors import AccessDenied
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.shapes import Shape
from iamconsole.runtime import principals
from iamconsole.runtime.authorization import examine, locate

UNNAMED = "*"  # stands for a name that is not chosen yet, such as that of a user to be created


def may(call: Call, operation: Operation, members: Mapping[str, Any]) -> str | None:
    """None where the principal may run the operation, else AWS's sentence why not.

    `members` may be incomplete. A page whose form asks for the rest stays open while any Allow names the action at
    all: a right to create users below /team/ or with a certain boundary only shows once path and boundary are chosen.
    """
    try:
        request = _request(operation, members)
        examine(call, operation, request, locate(call, operation.on, request))
    except AccessDenied as denied:
        if not denied.explicit and _incomplete(operation, members) and _allowed_somewhere(call, operation):
            return None
        return denied.message
    return None


def ever(call: Call, operation: Operation) -> bool:
    """Whether anything lets the principal run the operation, and nothing forbids it whatever it is run on."""
    if call.principal.type is PrincipalType.ROOT:
        return True
    policies = principals.policies_of(call.principal, operation.permission)
    allowed = any(bound.compiled.slice(operation.permission).allows is not None for bound in policies.identity)
    return allowed and not is_withheld(policies, operation.permission)


def _request(operation: Operation, members: Mapping[str, Any]) -> Shape:
    """The input as far as it is known; nothing is validated, since nothing is done with it."""
    return operation.input.model_construct(**_known(operation, members))


def _known(operation: Operation, members: Mapping[str, Any]) -> dict[str, Any]:
    fields = operation.input.model_fields
    unknown = {
        name: [] if get_origin(field.annotation) is list else UNNAMED
        for name, field in fields.items()
        if field.is_required()
    }
    return unknown | dict(members)


def _incomplete(operation: Operation, members: Mapping[str, Any]) -> bool:
    wanted = {name for name, field in operation.input.model_fields.items() if field.is_required()}
    wanted |= set(operation.conditions.values())
    return bool(wanted - set(members))


def _allowed_somewhere(call: Call, operation: Operation) -> bool:
    found = principals.policies_of(call.principal, operation.permission)
    return any(bound.compiled.slice(operation.permission).allows is not None for bound in found.identity)
