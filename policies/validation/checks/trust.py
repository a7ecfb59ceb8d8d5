"""Trust policies of roles."""

import re
from collections.abc import Iterator
from typing import Final

from policies.engine import PolicyKind, matches
from policies.validation.finding import Issue
from policies.validation.narrowing import narrowed
from policies.validation.registry import each_statement
from policies.validation.tree import Policy, Principal, Statement

_TRUST: Final = {PolicyKind.TRUST}
_SAML: Final = re.compile(r"arn:[a-z-]+:iam::\d{12}:saml-provider/.+")
_OIDC: Final = re.compile(
    r"(?:arn:[a-z-]+:iam::\d{12}:oidc-provider/)?(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(?::\d+)?(?:/.*)?"
)
_SESSION: Final = re.compile(r"(arn:[^:]+):sts::(\d{12}):assumed-role/([^/]+)/[^/]+")
_ROLES_ANYWHERE: Final = "rolesanywhere.amazonaws.com"
_ROLES_ANYWHERE_ACTIONS: Final = ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")
# What a stranger can choose for himself, such as sts:ExternalId, a session name or a tag, says nothing of who he is.
_WHO: Final = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
)
_KEYS_OF_ACTIONS: Final = {
    "sts:sourceidentity": "sts:SetSourceIdentity",
    "sts:transitivetagkeys": "sts:TagSession",
    "aws:tagkeys": "sts:TagSession",
}


@each_statement("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", kinds=_TRUST)
def elements(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """The role is the resource, and its principals are named."""
    for name in ("NotPrincipal", "Resource", "NotResource"):
        if name in statement.written:
            resource = name.endswith("Resource")
            code = f"ROLE_TRUST_POLICY_SYNTAX_ERROR_{'RESOURCE' if resource else 'NOTPRINCIPAL'}"
            help = "remove it: the resource is the role itself" if resource else "name who may, in `Principal`"
            yield Issue(code, (*statement.path, name), f"a trust policy has no `{name}`", help, of_key=True)


@each_statement("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", kinds=_TRUST)
def bare_star(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """Not even a condition makes everyone a fit principal of a role."""
    for principal in statement.principals:
        if principal.kind == "*":
            code = "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"
            message = "a role cannot trust the whole world"
            yield Issue(code, principal.path, message, "name accounts, users, roles, services or identity providers")


@each_statement("TRUST_POLICY_WITH_STAR_IN_PRINCIPAL", kinds=_TRUST)
def every_account(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """Every account is trusted only under a condition that says who of them."""
    for principal in statement.principals if statement.allows and not narrowed(statement, *_WHO) else ():
        if (principal.kind, principal.value) == ("AWS", "*"):
            message = "whoever has an account, any account, may assume the role"
            help = "name accounts, users or roles, or add a condition on aws:PrincipalOrgID or aws:PrincipalArn"
            yield Issue("TRUST_POLICY_WITH_STAR_IN_PRINCIPAL", principal.path, message, help)


@each_statement("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", kinds=_TRUST)
def federated_names(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """An identity provider is a host or the ARN of a provider."""
    for principal in _federated(statement):
        name = principal.value
        if "*" not in name and "?" not in name and not _SAML.fullmatch(name) and not _OIDC.fullmatch(name):
            code = "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY"
            message = f"`{name}` is neither a domain nor the ARN of an identity provider"
            yield Issue(code, principal.path, message, "write arn:aws:iam::account:oidc-provider/host or a domain name")


@each_statement("MISMATCHED_ACTION_FOR_PRINCIPAL", kinds=_TRUST)
def action_for_principal(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """SAML and OIDC providers have an action each, everyone else the third."""
    for principal in statement.principals:
        wanted = _action(principal)
        for item in statement.actions if wanted else ():
            action = item.value.lower()
            if action.startswith("sts:assumerole") and "*" not in action and action != wanted.lower():
                message = f"`{item.value}` is not the action for {principal.kind} principal `{principal.value}`"
                yield Issue("MISMATCHED_ACTION_FOR_PRINCIPAL", item.path, message, f"use {wanted}")


def _action(principal: Principal) -> str:
    if principal.value == "*":
        return ""
    if principal.kind != "Federated":
        return "sts:AssumeRole"
    if _SAML.fullmatch(principal.value):
        return "sts:AssumeRoleWithSAML"
    return "sts:AssumeRoleWithWebIdentity" if _OIDC.fullmatch(principal.value) else ""


@each_statement("MISSING_ACTION_FOR_CONDITION_KEY", kinds=_TRUST)
def actions_for_keys(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """What a session may be given, it must also be allowed to set."""
    for condition in statement.conditions if statement.allows else ():
        tag = condition.name.startswith("aws:requesttag/")
        needed = "sts:TagSession" if tag else _KEYS_OF_ACTIONS.get(condition.name)
        if needed and not any(matches(item.value, needed, ignore_case=True) for item in statement.actions):
            message = f"`{condition.key}` can be set only where {needed} is allowed"
            code, help = "MISSING_ACTION_FOR_CONDITION_KEY", f"add {needed} to `Action`"
            yield Issue(code, condition.path, message, help, of_key=True)


@each_statement("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", kinds=_TRUST)
def roles_anywhere(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """Roles Anywhere does three things at once."""
    if not statement.allows or all(principal.value != _ROLES_ANYWHERE for principal in statement.principals):
        return
    missing = [
        action
        for action in _ROLES_ANYWHERE_ACTIONS
        if not any(matches(item.value, action, ignore_case=True) for item in statement.actions)
    ]
    if missing:
        code, path = "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", (*statement.path, "Action")
        yield Issue(code, path, f"{_ROLES_ANYWHERE} also needs {', '.join(missing)}", "add what is missing")


@each_statement("REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY", kinds=_TRUST)
def sessions_of_roles(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """Whoever trusts a role trusts its sessions."""
    names = {principal.value for principal in statement.principals}
    for principal in statement.principals:
        if found := _SESSION.fullmatch(principal.value):
            role = f"{found[1]}:iam::{found[2]}:role/{found[3]}"
            if role in names:
                message = f"`{principal.value}` is a session of {role}, which is trusted as a whole"
                code = "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY"
                yield Issue(code, principal.path, message, "remove the session")


def _federated(statement: Statement) -> Iterator[Principal]:
    return (principal for principal in statement.principals if principal.kind == "Federated")
