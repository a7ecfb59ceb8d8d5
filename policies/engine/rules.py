"""What a well-formed document may not say. Each check raises the first Fault it finds."""

import re
from collections.abc import Iterator
from typing import Final

from policies.engine import faults, values
from policies.engine.document import VERSION_BY_DEFAULT, VERSION_WITH_VARIABLES, Document, Effect, PolicyKind, Statement
from policies.engine.errors import Path
from policies.engine.faults import Fault
from policies.engine.resource_format import resource_fault

_ORGANIZATION: Final = (PolicyKind.SCP, PolicyKind.RCP)
_SID: Final = re.compile(r"[0-9A-Za-z]*")
_VENDOR: Final = re.compile(r"[a-zA-Z0-9\-.]+|\*")
_ACCOUNT: Final = r"(?:\d{12}|cloudfront)"
_PRINCIPALS: Final = {
    "*": re.compile(r"\*"),
    "AWS": re.compile(
        r"\*|\d{12}|A[A-Z0-9]{15,127}"
        rf"|arn:[a-z-]+:iam::{_ACCOUNT}:(?:root|(?:user|role)/[^*?$]+)"
        rf"|arn:[a-z-]+:sts::{_ACCOUNT}:(?:assumed-role/[^*?$/]+/[^*?$/]+|federated-user/[^*?$/]+)",
        re.ASCII,
    ),
    "Federated": re.compile(
        r"arn:[a-z-]+:iam::\d{12}:(?:saml|oidc)-provider/[^*?$]+|[A-Za-z0-9.-]+(?::\d+)?(?:/[^*?$]*)?", re.ASCII
    ),
    "Service": re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    "CanonicalUser": re.compile(r"[^*?$]+"),
}


def version(document: Document) -> None:
    """Only two versions exist; control policies must name theirs, resource control policies the newer one."""
    allowed: tuple[str | None, ...] = (VERSION_WITH_VARIABLES,)
    if document.kind is not PolicyKind.RCP:
        allowed += (VERSION_BY_DEFAULT,)
    if document.kind not in _ORGANIZATION:
        allowed += (None,)
    if document.version not in allowed:
        raise Fault(faults.VERSION, f"`{document.version}` is no version of such a policy", ("Version",))


def dates(document: Document) -> None:
    """The values of date operators are dates."""
    for statement in document.statements:
        for condition in statement.conditions:
            if not condition.operator.rpartition(":")[2].startswith("Date"):
                continue
            for index, value in enumerate(condition.values):
                if values.instant(value) is None:
                    path = _path(statement, "Condition", condition.operator, condition.key, index)
                    raise Fault(faults.LEGACY, f"`{value}` is no date", path)


def unique_sids(document: Document) -> None:
    """Sids are alphanumeric (resource policies are freer) and occur once."""
    seen: set[str] = set()
    for statement in document.statements:
        sid = statement.sid
        if not sid:
            continue
        if document.kind is not PolicyKind.RESOURCE and not _SID.fullmatch(sid):
            raise Fault(faults.SID_CHARACTERS, f"`{sid}` is not alphanumeric", _path(statement, "Sid"))
        if sid in seen:
            raise Fault(faults.SID_UNIQUE, f"`{sid}` is the Sid of two statements", _path(statement, "Sid"))
        seen.add(sid)


def principals(document: Document) -> None:
    """Resource and trust policies say to whom they apply, the others may not."""
    for statement in document.statements:
        named = statement.elements & {"Principal", "NotPrincipal"}
        if named and not document.kind.names_principals:
            element = min(named)
            raise Fault(faults.PRINCIPAL_PROHIBITED, f"`{element}` is for resource policies", _path(statement, element))
        if not named and document.kind.names_principals:
            raise Fault(faults.PRINCIPAL_MISSING, "a statement needs a `Principal`", _path(statement))
        for element, entries in (("Principal", statement.principals), ("NotPrincipal", statement.not_principals)):
            for kind, name in entries:
                if not _PRINCIPALS[kind].fullmatch(name):
                    message = f'Invalid principal in policy: "{kind}":"{name}"'
                    raise Fault(message, f"`{name}` is no {kind} principal", _path(statement, element, kind))


def actions_given(document: Document) -> None:
    """A statement has actions."""
    for statement in document.statements:
        if not statement.actions and not statement.not_actions:
            raise Fault(faults.NO_ACTIONS, "a statement needs an `Action` or a `NotAction`", _path(statement))


def resource_format(document: Document) -> None:
    """Resources of identity policies are ARNs; resource policies may use the short forms of their service."""
    if document.kind is PolicyKind.RESOURCE:
        return
    for statement, element, index, resource in _items(document, "Resource"):
        if fault := resource_fault(resource):
            message, detail = fault
            raise Fault(message, detail, _path(statement, element, index))


def action_format(document: Document) -> None:
    """An action is `*` or `service:Name`."""
    for statement, element, index, action in _items(document, "Action"):
        path = _path(statement, element, index)
        if action == "*":
            continue
        vendor, colon, name = action.partition(":")
        if not colon:
            raise Fault(faults.NO_VENDOR, f"`{action}` names no service", path)
        if ":" in name:
            raise Fault(faults.TWO_COLONS, f"`{action}` has more than one colon", path)
        if not _VENDOR.fullmatch(vendor):
            raise Fault(f"Vendor {vendor} is not valid", f"`{vendor}` is no service prefix", path)


def condition_keys(document: Document) -> None:
    """A condition key is `service:name`."""
    for statement in document.statements:
        for condition in statement.conditions:
            if ":" not in condition.key:
                path = _path(statement, "Condition", condition.operator, condition.key)
                raise Fault(faults.NO_VENDOR, f"condition key `{condition.key}` names no service", path)


def resources_given(document: Document) -> None:
    """A statement has resources; in a trust policy that is the role it belongs to."""
    if document.kind is PolicyKind.TRUST:
        return
    for statement in document.statements:
        if not statement.resources and not statement.not_resources:
            raise Fault(faults.NO_RESOURCES, "a statement needs a `Resource` or a `NotResource`", _path(statement))


def organization_elements(document: Document) -> None:
    """The narrower grammar of service and resource control policies."""
    if document.kind not in _ORGANIZATION:
        return
    for statement, element, index, action in _items(document, "Action"):
        if "?" in action or "*" in action[:-1]:
            path = _path(statement, element, index)
            raise Fault(faults.ORGANIZATION_TYPE, f"`{action}` may have a `*` at its end only", path)
    if document.kind is PolicyKind.RCP:
        for statement in document.statements:
            _resource_control_elements(statement)


def _resource_control_elements(statement: Statement) -> None:
    if statement.principals != (("*", "*"),):
        raise Fault(faults.ORGANIZATION_TYPE, "`Principal` must be `*`", _path(statement, "Principal"))
    if statement.not_actions:
        raise Fault(faults.ORGANIZATION_TYPE, "`NotAction` is not allowed", _path(statement, "NotAction"))
    if statement.effect is Effect.ALLOW and (statement.conditions or statement.resources != ("*",)):
        raise Fault(faults.ORGANIZATION_TYPE, "an `Allow` is for every resource, without condition", _path(statement))


def _items(document: Document, element: str) -> Iterator[tuple[Statement, str, int, str]]:
    for statement in document.statements:
        plain, negated = (
            (statement.actions, statement.not_actions)
            if element == "Action"
            else (statement.resources, statement.not_resources)
        )
        for index, item in enumerate(plain):
            yield statement, element, index, item
        for index, item in enumerate(negated):
            yield statement, f"Not{element}", index, item


def _path(statement: Statement, *steps: str | int) -> Path:
    return ("Statement", statement.index, *steps)
