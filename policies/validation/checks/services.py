"""Traps of single services."""

from collections.abc import Iterator

from policies.validation.finding import Issue
from policies.validation.registry import each_condition, each_statement
from policies.validation.tree import Condition, Policy, Statement


@each_statement("DYNAMODB_ATTRIBUTES_WITHOUT_SELECT")
def dynamodb_attributes(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A query that asks for no attributes gets all of them."""
    if not statement.allows or "dynamodb:select" in statement.keys:
        return
    for condition in statement.conditions:
        if condition.name == "dynamodb:attributes":
            message = f"`{condition.key}` does not limit requests that name no attributes: they get all"
            help = 'add "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}'
            yield Issue("DYNAMODB_ATTRIBUTES_WITHOUT_SELECT", condition.path, message, help, of_key=True)


@each_condition("S3_PREFIX_IN_NEGATIVE_CONTEXT")
def s3_prefix(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """Listing with a shorter prefix shows what a longer one was to hide."""
    negated = condition.base is not None and condition.base.negated
    denies = statement.effect is not None and not statement.allows
    if condition.name == "s3:prefix" and denies != negated:
        message = "a listing with a shorter prefix, or with none, gets past this condition"
        help = "allow the prefixes that may be listed, with a positive operator"
        yield Issue("S3_PREFIX_IN_NEGATIVE_CONTEXT", condition.path, message, help, of_key=True)
