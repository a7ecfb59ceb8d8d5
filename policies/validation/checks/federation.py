"""Which tokens of an identity provider a role accepts."""

from collections.abc import Iterator
from typing import Final

from policies.engine import PolicyKind
from policies.validation.finding import Issue
from policies.validation.narrowing import narrowed, narrows
from policies.validation.registry import each_statement
from policies.validation.tree import Condition, Policy, Principal, Statement

_TRUST: Final = {PolicyKind.TRUST}
_GITHUB: Final = "token.actions.githubusercontent.com"
_SUBJECT: Final = f"{_GITHUB}:sub"
_SAML: Final = "saml:aud"
# Claims that say for which application a token is; every other claim says something of its bearer.
_AUDIENCES: Final = ("aud", "app_id", "azp", "oaud")


@each_statement("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", kinds=_TRUST)
def any_token(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A provider issues tokens to many: say which."""
    for principal, host in _providers(statement) if statement.allows else ():
        if not _is_mentioned(host, statement):
            message = f"every token that {host} ever issues is accepted"
            help = f"add conditions on {host}:aud and {host}:sub"
            yield Issue("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", principal.path, message, help)


@each_statement("MISSING_AUDIENCE_FOR_OIDC_PRINCIPAL", kinds=_TRUST)
def audience(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A token that was issued for another application is none for the role."""
    for principal, host in _providers(statement) if statement.allows else ():
        if _is_mentioned(host, statement) and not narrowed(statement, *(f"{host}:{name}" for name in _AUDIENCES)):
            message = f"tokens that {host} issues for any other application are accepted"
            help = f"add a condition on {host}:aud with the client id of your application"
            yield Issue("MISSING_AUDIENCE_FOR_OIDC_PRINCIPAL", principal.path, message, help)


@each_statement("MISSING_SUBJECT_FOR_OIDC_PRINCIPAL", kinds=_TRUST)
def subject(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """An application has many users: say which, by `sub` or by another claim about them."""
    for principal, host in _providers(statement) if statement.allows else ():
        untold = host == _GITHUB and _SUBJECT not in statement.keys
        if _is_mentioned(host, statement) and not untold and not _names_bearers(host, statement):
            message = f"everyone to whom {host} issues a token for the application is accepted"
            help = f"add a condition on {host}:sub, or on another claim that says who it is"
            yield Issue("MISSING_SUBJECT_FOR_OIDC_PRINCIPAL", principal.path, message, help)


@each_statement("MISSING_AUDIENCE_FOR_SAML_PRINCIPAL", kinds=_TRUST)
def saml_audience(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """An assertion that was made for another place is none for this one."""
    for principal in statement.principals if statement.allows and not narrowed(statement, _SAML) else ():
        if principal.kind == "Federated" and ":saml-provider/" in principal.value:
            message = f"assertions that `{principal.value}` makes for any other place are accepted"
            help = "add a condition on SAML:aud with the address where assertions are handed in"
            yield Issue("MISSING_AUDIENCE_FOR_SAML_PRINCIPAL", principal.path, message, help)


@each_statement("MISSING_GITHUB_REPO_CONDITION_KEY", "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", kinds=_TRUST)
def github(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """Tokens of GitHub say in `sub` for which repository and branch they are."""
    principal = next((found for found, host in _providers(statement) if host == _GITHUB), None)
    if principal is None or not statement.allows:
        return
    if _SUBJECT not in statement.keys:
        message = "workflows of every GitHub repository are accepted"
        help = f"add a condition on {_SUBJECT}, such as repo:organization/repository:ref:refs/heads/main"
        yield Issue("MISSING_GITHUB_REPO_CONDITION_KEY", principal.path, message, help)
    for condition in statement.conditions:
        if condition.name == _SUBJECT:
            yield from _subjects(condition)


def _subjects(condition: Condition) -> Iterator[Issue]:
    for value in condition.values if condition.globs else ():
        if "*" in value.text:
            message = f"`{value.text}` may match more repositories and branches than you mean"
            help = "name organization, repository and branch in full"
            yield Issue("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", value.path, message, help)


def _is_mentioned(host: str, statement: Statement) -> bool:
    return any(key.startswith((f"{host}:", f"{host}/")) for key in statement.keys)


def _names_bearers(host: str, statement: Statement) -> bool:
    audiences = {f"{host}:{name}" for name in _AUDIENCES}
    return any(
        condition.name.startswith(f"{host}:") and condition.name not in audiences and narrows(condition)
        for condition in statement.conditions
    )


def _providers(statement: Statement) -> Iterator[tuple[Principal, str]]:
    """The OIDC providers that are trusted, with their host and path in lower case."""
    for principal in statement.principals:
        name = principal.value
        if principal.kind == "Federated" and ":saml-provider/" not in name:
            host = name.partition(":oidc-provider/")[2] if name.startswith("arn:") else name
            if "." in host:
                yield principal, host.lower()
