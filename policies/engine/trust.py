"""What a trust policy may not say."""

from policies.engine import faults
from policies.engine.document import Document, PolicyKind
from policies.engine.faults import Fault


def actions(document: Document) -> None:
    """The actions of a trust policy belong to STS."""
    if document.kind is not PolicyKind.TRUST:
        return
    for statement in document.statements:
        path = ("Statement", statement.index)
        if statement.not_actions:
            raise Fault(faults.TRUST_ACTIONS, "a trust policy has no `NotAction`", (*path, "NotAction"))
        for index, action in enumerate(statement.actions):
            if not action.lower().startswith("sts:"):
                raise Fault(faults.TRUST_ACTIONS, f"`{action}` is no action of sts", (*path, "Action", index))


def elements(document: Document) -> None:
    """The resource of a trust policy is its role, and NotPrincipal would trust nearly everyone."""
    if document.kind is not PolicyKind.TRUST:
        return
    for statement in document.statements:
        for element in ("Resource", "NotResource", "NotPrincipal"):
            if element in statement.elements:
                path = ("Statement", statement.index, element)
                raise Fault(f"Has prohibited field {element}.", f"a trust policy has no `{element}`", path)
