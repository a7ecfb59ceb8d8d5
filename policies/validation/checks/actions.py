"""Actions and the services they belong to."""

from collections.abc import Iterator
from typing import Final

from policies import catalog
from policies.engine import PolicyKind, matches
from policies.validation.finding import Issue
from policies.validation.registry import GRANTS, each_policy, each_statement
from policies.validation.tree import Policy, Statement, Text

_TRUST_ACTIONS: Final = (
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:setcontext",
    "sts:setsourceidentity",
    "sts:tagsession",
)


@each_policy("INVALID_ACTION", "INVALID_SERVICE_IN_ACTION", "WILDCARD_IN_SERVICE_NAME")
def known_actions(policy: Policy) -> Iterator[Issue]:
    """Every action exists, every pattern names at least one."""
    for _, item in policy.elements("Action", "NotAction"):
        if item.value != "*":
            yield from _known(item)


def _known(item: Text) -> Iterator[Issue]:
    prefix, colon, name = item.value.partition(":")
    if not colon or not name or ":" in name:
        help = "write `service:Action`, for example s3:GetObject"
        yield Issue("INVALID_ACTION", item.path, f"`{item.value}` is not the name of an action", help)
    elif "*" in prefix or "?" in prefix:
        if any(matches(prefix.lower(), known) for known in catalog.services()):
            message = f"`{prefix}` may also match services that you do not mean, or that do not exist yet"
            yield Issue("WILDCARD_IN_SERVICE_NAME", item.path, message, "write the service prefix in full")
        else:
            yield Issue("INVALID_SERVICE_IN_ACTION", item.path, f"no service is called `{prefix}`")
    elif catalog.service(prefix) is None:
        near = catalog.closest_service(prefix.lower())
        help = f"did you mean `{near}`?" if near else "look the prefix up in the catalogue of services"
        yield Issue("INVALID_SERVICE_IN_ACTION", item.path, f"there is no service `{prefix}`", help)
    elif not catalog.names_an_action(item.value):
        wild = "*" in name or "?" in name
        message = f"no action matches `{item.value}`" if wild else f"there is no action `{item.value}`"
        near = None if wild else catalog.closest_action(item.value.lower())
        help = f"did you mean `{near}`?" if near else f"look it up among the actions of {prefix}"
        yield Issue("INVALID_ACTION", item.path, message, help)


@each_statement("UNSUPPORTED_ACTION_IN_POLICY", kinds={PolicyKind.TRUST})
def trust_actions(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A trust policy is about assuming the role and nothing else."""
    help = "use sts:AssumeRole, sts:AssumeRoleWithSAML or sts:AssumeRoleWithWebIdentity"
    if "NotAction" in statement.written:
        message = "`NotAction` would trust principals with actions that nobody thought of"
        yield Issue("UNSUPPORTED_ACTION_IN_POLICY", (*statement.path, "NotAction"), message, help, of_key=True)
    for item in statement.actions:
        name = item.value.lower()
        misspelt = name.startswith("sts:") and not catalog.names_an_action(name)
        if not misspelt and not (name.startswith("sts:") and any(matches(name, action) for action in _TRUST_ACTIONS)):
            message = f"`{item.value}` has no meaning in a trust policy"
            yield Issue("UNSUPPORTED_ACTION_IN_POLICY", item.path, message, help)


@each_statement("OVERLY_BROAD_ALLOW", kinds=GRANTS)
def everything(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """Allow, every action, every resource."""
    actions, resources = ({item.value for item in items} for items in (statement.actions, statement.resources))
    if statement.allows and {"*", "*:*"} & actions and "*" in resources:
        unless = " under its conditions" if statement.conditions else ""
        message = f"the statement allows every action on every resource{unless}: whoever has it is an administrator"
        yield Issue("OVERLY_BROAD_ALLOW", statement.path, message, "list the services and actions that are needed")
