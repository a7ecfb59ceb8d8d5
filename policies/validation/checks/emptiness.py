"""Elements that are there but hold nothing."""

from collections.abc import Iterator
from typing import Final

from policies.engine.operators import Quantifier
from policies.validation.finding import Issue
from policies.validation.registry import each_condition, each_statement
from policies.validation.tree import Condition, Policy, Statement

_LISTS: Final = {"Action": "actions", "NotAction": "actions", "Resource": "resources", "NotResource": "resources"}


@each_statement("EMPTY_ARRAY_ACTION", "EMPTY_ARRAY_RESOURCE")
def empty_lists(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A list of actions or resources has entries."""
    for name, what in _LISTS.items():
        if statement.written.get(name) == []:
            code = f"EMPTY_ARRAY_{what[:-1].upper()}"
            message = f"`{name}` lists no {what}, so the statement does nothing"
            yield Issue(code, (*statement.path, name), message, f"list {what} or remove the statement")


@each_statement("EMPTY_ARRAY_PRINCIPAL", "EMPTY_OBJECT_PRINCIPAL")
def empty_principal(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A Principal names somebody."""
    for name in ("Principal", "NotPrincipal"):
        written = statement.written.get(name)
        path = (*statement.path, name)
        if written == {}:
            yield Issue("EMPTY_OBJECT_PRINCIPAL", path, f"`{name}` names nobody", "name a principal")
        for kind, names in written.items() if isinstance(written, dict) else ():
            if names == []:
                yield Issue("EMPTY_ARRAY_PRINCIPAL", (*path, kind), f"`{kind}` lists nobody", "list a principal")


@each_statement("EMPTY_OBJECT_CONDITION")
def empty_condition(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A condition asks something."""
    written, path = statement.written.get("Condition"), (*statement.path, "Condition")
    help = "add a condition key or remove the block"
    if written == {}:
        yield Issue("EMPTY_OBJECT_CONDITION", path, "`Condition` is empty and restricts nothing", help)
    for operator, keys in written.items() if isinstance(written, dict) else ():
        if keys == {}:
            message = f"`{operator}` is empty and restricts nothing"
            yield Issue("EMPTY_OBJECT_CONDITION", (*path, operator), message, help)


@each_condition(
    "EMPTY_ARRAY_CONDITION",
    "EMPTY_ARRAY_CONDITION_FORALLVALUES",
    "EMPTY_ARRAY_CONDITION_FORANYVALUE",
    "EMPTY_ARRAY_CONDITION_IFEXISTS",
)
def empty_values(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """A condition key is compared with values; what comes of none depends on the operator."""
    if condition.values or not condition.is_list or condition.qualified is None:
        return
    key, absent = condition.key, 'ask with the operator Null and the value "true" instead'
    if condition.quantifier is Quantifier.ALL:
        message = f"with ForAllValues and no values the condition holds only where `{key}` is absent"
        yield Issue("EMPTY_ARRAY_CONDITION_FORALLVALUES", condition.path, message, absent)
    elif condition.quantifier is Quantifier.ANY:
        message = f"with ForAnyValue and no values the condition on `{key}` never holds"
        yield Issue("EMPTY_ARRAY_CONDITION_FORANYVALUE", condition.path, message, "list values")
    elif condition.qualified.if_exists:
        message = f"with IfExists and no values the condition holds only where `{key}` is absent"
        yield Issue("EMPTY_ARRAY_CONDITION_IFEXISTS", condition.path, message, absent)
    else:
        yield Issue("EMPTY_ARRAY_CONDITION", condition.path, f"`{key}` is compared with no values", "list values")
