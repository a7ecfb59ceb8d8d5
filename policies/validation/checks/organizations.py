"""The narrower language of service control policies and resource control policies."""

from collections.abc import Iterator
from typing import Final

from policies import catalog
from policies.engine import PolicyKind
from policies.validation.finding import Issue
from policies.validation.registry import ORGANIZATION, each_statement
from policies.validation.tree import Policy, Statement

_SCP: Final = {PolicyKind.SCP}
_RCP: Final = {PolicyKind.RCP}
_IS_SERVICE: Final = "aws:principalisawsservice"
_OF_PRINCIPALS: Final = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principaltag/",
    "aws:principaltype",
)
_OF_SOURCES: Final = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths")
_ORGANIZATION_OF_SOURCE: Final = ("aws:sourceorgid", "aws:sourceorgpaths")


@each_statement("SCP_SYNTAX_ERROR_ACTION_WILDCARD", "RCP_SYNTAX_ERROR_ACTION", kinds=ORGANIZATION)
def action_wildcards(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A wildcard may stand at the end of an action only."""
    code = "SCP_SYNTAX_ERROR_ACTION_WILDCARD" if policy.kind is PolicyKind.SCP else "RCP_SYNTAX_ERROR_ACTION"
    for item in (*statement.actions, *statement.not_actions):
        if "?" in item.value or "*" in item.value[:-1]:
            message = f"`{item.value}` has a wildcard before its end"
            yield Issue(code, item.path, message, "leave one `*`, as the last character")


@each_statement("SCP_SYNTAX_ERROR_PRINCIPAL", kinds=_SCP)
def scp_principal(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A service control policy applies to the accounts that it is attached to."""
    for name in ("Principal", "NotPrincipal"):
        if name in statement.written:
            message, path = f"a service control policy has no `{name}`", (*statement.path, name)
            help = "remove it; use a condition on aws:PrincipalArn"
            yield Issue("SCP_SYNTAX_ERROR_PRINCIPAL", path, message, help, of_key=True)


@each_statement("RCP_SYNTAX_ERROR_PRINCIPAL", kinds=_RCP)
def rcp_principal(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A resource control policy is about everyone."""
    code, help = "RCP_SYNTAX_ERROR_PRINCIPAL", 'write "Principal": "*" and restrict by conditions'
    for name in ("Principal", "NotPrincipal"):
        written = statement.written.get(name)
        if name in statement.written and (name == "NotPrincipal" or written != "*"):
            message = f"a resource control policy cannot single out principals in `{name}`"
            yield Issue(code, (*statement.path, name), message, help, of_key=True)


@each_statement("RCP_SYNTAX_ERROR_ALLOW", kinds=_RCP)
def rcp_allow(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A resource control policy takes away; its Allow is the one that takes away nothing."""
    if not statement.allows:
        return
    elsewhere = any(item.value != "*" for item in statement.resources) or "NotResource" in statement.written
    if elsewhere or statement.conditions:
        message = "an Allow here is for every resource and without condition"
        yield Issue("RCP_SYNTAX_ERROR_ALLOW", statement.path, message, "write what you mean as a Deny")


@each_statement("RCP_SYNTAX_ERROR_NOTACTION", "RCP_SYNTAX_ERROR_ACTION", kinds=_RCP)
def rcp_actions(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """Only some services ask resource control policies."""
    if "NotAction" in statement.written:
        message, path = "a resource control policy has no `NotAction`", (*statement.path, "NotAction")
        yield Issue("RCP_SYNTAX_ERROR_NOTACTION", path, message, "list actions in `Action`", of_key=True)
    for item in statement.actions:
        prefix = item.value.partition(":")[0].lower()
        known = catalog.is_builtin(prefix) and prefix not in catalog.resource_control_services()
        if known or (item.value == "*" and not statement.allows):
            message = f"resource control policies do not reach `{item.value}`"
            help = "name actions of services that support them, such as s3, sqs, kms or sts"
            yield Issue("RCP_SYNTAX_ERROR_ACTION", item.path, message, help)


@each_statement(
    "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY",
    "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY",
    "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK",
    kinds=_RCP,
)
def rcp_services(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """Services of AWS call too: a Deny must say whether it means them."""
    if statement.allows:
        return
    asked = {(condition.name, value.text) for condition in statement.conditions for value in condition.values}
    present = {
        condition.name
        for condition in statement.conditions
        if condition.family == "Null" and any(value.text == "false" for value in condition.values)
    }
    for condition in statement.conditions:
        name, key = condition.name, condition.key
        if condition.family == "Null":
            continue
        if name.startswith(_OF_PRINCIPALS) and (_IS_SERVICE, "false") not in asked:
            code, message = "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY", f"`{key}` is absent when a service calls"
            yield Issue(code, condition.path, message, _exempt("false"), of_key=True)
        if name in _OF_SOURCES and (_IS_SERVICE, "true") not in asked:
            code = "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY"
            message = f"`{key}` is there only when a service calls"
            yield Issue(code, condition.path, message, _exempt("true"), of_key=True)
        if name in _ORGANIZATION_OF_SOURCE and present.isdisjoint(("aws:sourceaccount", "aws:sourcearn")):
            code, help = "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK", 'add "Null": {"aws:SourceAccount": "false"}'
            message = f"`{key}` is also absent where the service acts for no resource at all"
            yield Issue(code, condition.path, message, help, of_key=True)


def _exempt(value: str) -> str:
    return f'add "BoolIfExists": {{"aws:PrincipalIsAWSService": "{value}"}}'
