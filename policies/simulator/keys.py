"""The condition keys that policies read: in conditions and, as `${key}`, in resources and values of conditions."""

import re
from collections.abc import Container, Iterable, Iterator
from typing import Final

from policies.engine import Bound, Context, Document, Layer, Policies, Request, Statement, matches
from policies.engine.arns import resource_parts
from policies.engine.rule import ResourcePattern, Rule
from policies.engine.variables import Parts, Variable, template
from policies.engine.wildcard import MANY, Tokens, joined, matcher

_TAKE_VARIABLES: Final = ("String", "Arn")
_UNTOLD: Final = (Layer.SCP, Layer.RCP)


def keys_of(policies: Iterable[Bound]) -> list[str]:
    """Every key that policies read, sorted, once each whatever its case, as it was written first."""
    documents = [policy.compiled.document for policy in policies]
    return _sorted(
        name for document in documents for statement in document.statements for name in _read(statement, document)
    )


def missing(request: Request, policies: Policies, given: Container[str]) -> list[str]:
    """The keys that statements about this request need and that are not `given` (names in lower case).

    A statement whose resource has a variable without value may be about the request. A variable with a default needs
    nothing. Policies of an organization are not looked at, as AWS does not tell their keys.
    """
    context = Context.of(request.context)
    return _sorted(
        name
        for layer, bounds in policies.layers()
        for bound in bounds
        if layer not in _UNTOLD
        for rule in _about(bound, request, context)
        for name in _read(rule.statement, bound.compiled.document, needed=True)
        if name.lower() not in given
    )


def _sorted(names: Iterable[str]) -> list[str]:
    once: dict[str, str] = {}
    for name in names:
        once.setdefault(name.lower(), name)
    return [once[name] for name in sorted(once)]


def _read(statement: Statement, document: Document, *, needed: bool = False) -> Iterator[str]:
    variables = document.has_variables
    for condition in statement.conditions:
        yield condition.key
        if condition.operator.rpartition(":")[2].startswith(_TAKE_VARIABLES):
            for value in condition.values:
                yield from _named(template(value, variables=variables), value, needed=needed)
    for resource in (*statement.resources, *statement.not_resources):
        yield from _named(resource_parts(resource, variables=variables), resource, needed=needed)


def _named(parts: Parts, text: str, *, needed: bool) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Variable) and not (needed and part.default is not None):
            written = re.search(re.escape(part.key), text, re.IGNORECASE)
            yield written[0] if written else part.key


def _about(bound: Bound, request: Request, context: Context) -> Iterator[Rule]:
    """The statements about the request, and those that values for their variables could make so."""
    about = bound.compiled.about(request.action, request.resource, context)
    might = (
        rule
        for rule in bound.compiled.rules
        if _has_variables(rule) and _names(rule.statement, request.action) and _might_cover(rule, request, context)
    )
    return (rule for rule in (*about, *might) if rule.means(request.principal))


def _has_variables(rule: Rule) -> bool:
    return any(pattern.tokens is None for pattern in rule.resources)


def _names(statement: Statement, action: str) -> bool:
    if statement.not_actions:
        return not any(matches(pattern, action, ignore_case=True) for pattern in statement.not_actions)
    return any(matches(pattern, action, ignore_case=True) for pattern in statement.actions)


def _might_cover(rule: Rule, request: Request, context: Context) -> bool:
    return any(matcher(_open(pattern, context))(request.resource) for pattern in rule.resources)


def _open(pattern: ResourcePattern, context: Context) -> Tokens:
    """The pattern with `*` for each variable without value."""
    return joined((part.value(context) or MANY) if isinstance(part, Variable) else part for part in pattern.parts)
