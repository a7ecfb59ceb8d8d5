"""Who a policy speaks of."""

import re
from collections.abc import Iterator
from typing import Final

from iamconsole.kernel.services import service_principal
from policies.engine import PolicyKind
from policies.validation.finding import Issue
from policies.validation.globs import is_wild
from policies.validation.narrowing import narrowed
from policies.validation.registry import ALL, each_statement
from policies.validation.tree import Policy, Principal, Statement

WITHOUT: Final = frozenset({PolicyKind.IDENTITY, PolicyKind.SESSION, PolicyKind.BOUNDARY})
_SERVICE: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal)")
_ROLE_ID, _USER_ID = re.compile(r"AROA[A-Z0-9]{12,}"), re.compile(r"AIDA[A-Z0-9]{12,}")
_SOURCES: Final = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths")
# They run code of the role's own account, which handed the role over with iam:PassRole; at AWS they name no source.
_WITHOUT_SOURCE: Final = frozenset({"ec2.amazonaws.com", "ec2.amazonaws.com.cn", "lambda.amazonaws.com"})
_ABSENT_FOR_SERVICES: Final = frozenset({"aws:username", "aws:principalorgid", "aws:principalorgpaths"})
_SPEAKING: Final = frozenset({PolicyKind.RESOURCE, PolicyKind.TRUST})


@each_statement("UNSUPPORTED_PRINCIPAL", kinds=WITHOUT)
def not_here(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A policy of an identity is about that identity."""
    for name in ("Principal", "NotPrincipal"):
        if name in statement.written:
            message = f"`{name}` has no place in this kind of policy: it applies to whom it is attached to"
            path = (*statement.path, name)
            yield Issue("UNSUPPORTED_PRINCIPAL", path, message, f"remove `{name}`", of_key=True)


@each_statement("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", kinds=_SPEAKING)
def wildcards(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A principal is everyone (`*`) or named in full."""
    for principal in _all(statement):
        whole = principal.value == "*" and principal.kind in ("*", "AWS")
        if is_wild(principal.value) and not whole:
            message = f"principals of kind {principal.kind} cannot have wildcards: `{principal.value}`"
            help = "list principals in full, or use `*` with a condition on aws:PrincipalArn"
            yield Issue("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", principal.path, message, help)


@each_statement("INVALID_SERVICE_PRINCIPAL_FORMAT", kinds=_SPEAKING)
def service_names(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """Services of AWS have host names; those of this installation have an account id in the middle."""
    for principal in _all(statement):
        name = principal.value
        if principal.kind != "Service" or is_wild(name) or _SERVICE.fullmatch(name):
            continue
        if service_principal(name) is None:
            message = f"`{name}` is not the name of a service principal"
            help = "write service-name.amazonaws.com, or prefix.123456789012.iamconsole for a registered service"
            yield Issue("INVALID_SERVICE_PRINCIPAL_FORMAT", principal.path, message, help)


@each_statement("INVALID_ROLE_REFERENCE", "INVALID_USER_REFERENCE", kinds=_SPEAKING)
def unique_ids(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A unique id in place of an ARN is what remains of an identity that was deleted."""
    for principal in _all(statement):
        for what, form in (("role", _ROLE_ID), ("user", _USER_ID)):
            if principal.kind == "AWS" and form.fullmatch(principal.value):
                message = f"`{principal.value}` is the unique id of a {what}, perhaps of a deleted one"
                help = f"write the ARN of the {what}"
                yield Issue(f"INVALID_{what.upper()}_REFERENCE", principal.path, message, help)


@each_statement("FEDERATED_PRINCIPAL_NOT_SUPPORTED", kinds=ALL - WITHOUT - {PolicyKind.TRUST})
def federated(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """Tokens of identity providers are exchanged for roles, by trust policies; nothing else sees them."""
    for principal in _all(statement):
        if principal.kind == "Federated":
            message = f"tokens of `{principal.value}` never reach this kind of policy"
            help = "name the role that they are exchanged for"
            yield Issue("FEDERATED_PRINCIPAL_NOT_SUPPORTED", principal.path, message, help)


@each_statement("ALLOW_WITH_NOT_PRINCIPAL", kinds=ALL - WITHOUT)
def allow_not_principal(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """Everyone but a few, anonymous callers included."""
    if statement.allows and "NotPrincipal" in statement.written:
        message = "an Allow with `NotPrincipal` is for everyone else in the world, anonymous callers included"
        path = (*statement.path, "NotPrincipal")
        yield Issue("ALLOW_WITH_NOT_PRINCIPAL", path, message, "use `Principal`", of_key=True)


@each_statement("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", kinds=_SPEAKING)
def confused_deputy(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A service acts for all its customers: say for which of them."""
    if not statement.allows or narrowed(statement, *_SOURCES):
        return
    for principal in statement.principals:
        of_its_owner = policy.kind is PolicyKind.TRUST and principal.value in _WITHOUT_SOURCE
        if principal.kind == "Service" and not of_its_owner:
            message = f"`{principal.value}` may act for anybody's resources"
            help = "add a condition on aws:SourceArn or aws:SourceAccount"
            yield Issue("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", principal.path, message, help)


@each_statement("UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", kinds=_SPEAKING)
def keys_of_people(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A service is in no organization, has no tags and no user name."""
    if not statement.allows or statement.kinds() != {"Service"}:
        return
    for condition in statement.conditions:
        if condition.name in _ABSENT_FOR_SERVICES or condition.name.startswith("aws:principaltag/"):
            message = f"`{condition.key}` is always absent when a service calls"
            code, help = "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", "use aws:SourceOrgID or aws:SourceAccount"
            yield Issue(code, condition.path, message, help, of_key=True)


def _all(statement: Statement) -> tuple[Principal, ...]:
    return (*statement.principals, *statement.not_principals)
