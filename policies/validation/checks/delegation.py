"""Statements that let someone hand a role to a service, or have a service-linked role made."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from policies.engine import matches
from policies.validation.finding import Issue, Path
from policies.validation.globs import is_wild, overlap
from policies.validation.registry import GRANTS, each_statement
from policies.validation.resource_arns import split
from policies.validation.tree import Policy, Statement


@dataclass(frozen=True, slots=True)
class Delegation:
    """An action that gives away power: which roles it is about, and the condition key that narrows it."""

    code: str
    action: str
    roles: str
    narrowed_by: str
    narrow: re.Pattern[str]


_PASS_ROLE: Final = Delegation(
    code="PASS_ROLE",
    action="iam:PassRole",
    roles="role/*",
    narrowed_by="iam:PassedToService",
    narrow=re.compile(r"(?!)"),
)
_CREATE_SLR: Final = Delegation(
    code="CREATE_SLR",
    action="iam:CreateServiceLinkedRole",
    roles="role/aws-service-role/*",
    narrowed_by="iam:AWSServiceName",
    # The name of such a role is the service's own choice; what matters is that the service is named.
    narrow=re.compile(r"role/aws-service-role/[^*?]+\.amazonaws\.com/.*"),
)
_CODES: Final = (
    "WITH_NOT_RESOURCE",
    "WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
    "WITH_NOT_ACTION_AND_NOT_RESOURCE",
    "WITH_STAR_IN_RESOURCE",
    "WITH_STAR_IN_ACTION_AND_RESOURCE",
    "WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
)


@each_statement(*(f"{kind.code}_{code}" for kind in (_PASS_ROLE, _CREATE_SLR) for code in _CODES), kinds=GRANTS)
def broad_delegation(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """The roles, or at least the service, are named."""
    for kind in (_PASS_ROLE, _CREATE_SLR):
        how = _granted(statement, kind) if statement.allows else None
        where = _unbounded(statement, kind) if how else None
        if how and where:
            element, path = where
            code = f"{kind.code}_WITH_{_SUFFIXES[how, element]}"
            message = f"the statement allows {kind.action} on roles that it does not name"
            help = f"list role ARNs, or add a condition on {kind.narrowed_by}"
            yield Issue(code, path, message, help)


_SUFFIXES: Final = {
    ("by name", "NotResource"): "NOT_RESOURCE",
    ("by wildcard", "NotResource"): "STAR_IN_ACTION_AND_NOT_RESOURCE",
    ("by NotAction", "NotResource"): "NOT_ACTION_AND_NOT_RESOURCE",
    ("by name", "Resource"): "STAR_IN_RESOURCE",
    ("by wildcard", "Resource"): "STAR_IN_ACTION_AND_RESOURCE",
    ("by NotAction", "Resource"): "STAR_IN_RESOURCE_AND_NOT_ACTION",
}


def _granted(statement: Statement, kind: Delegation) -> str | None:
    if statement.names(kind.action.lower()):
        return "by name"
    if any(matches(item.value, kind.action, ignore_case=True) for item in statement.actions):
        return "by wildcard"
    excepted = [item.value for item in statement.not_actions]
    if excepted and not any(matches(pattern, kind.action, ignore_case=True) for pattern in excepted):
        return "by NotAction"
    return None


def _unbounded(statement: Statement, kind: Delegation) -> tuple[str, Path] | None:
    if kind.narrowed_by.lower() in statement.keys:
        return None
    if statement.not_resources:
        return "NotResource", (*statement.path, "NotResource")
    for item in statement.resources:
        if _spans_roles(item.value, kind):
            return "Resource", item.path
    return None


def _spans_roles(resource: str, kind: Delegation) -> bool:
    arn = split(resource)
    if arn is None:
        return resource == "*"
    return (
        overlap(arn.service, "iam")
        and is_wild(arn.resource)
        and overlap(arn.resource, kind.roles)
        and not kind.narrow.fullmatch(arn.resource)
    )
