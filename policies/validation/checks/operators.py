"""Condition operators: that they exist, and that they suit the type of the key."""

from collections.abc import Iterator
from typing import Final

from policies import catalog
from policies.catalog import ValueType
from policies.engine.operators import NULL, OPERATORS, Quantifier, qualified
from policies.validation.finding import Issue
from policies.validation.registry import each_condition, each_statement
from policies.validation.tree import Condition, Policy, Statement

_SUITABLE: Final = {
    ValueType.STRING: frozenset({"String"}),
    # An ARN is a text too; only wildcards are at home in one kind of operator.
    ValueType.ARN: frozenset({"Arn", "String"}),
    ValueType.BOOL: frozenset({"Bool", "String"}),
    ValueType.NUMERIC: frozenset({"Numeric"}),
    ValueType.DATE: frozenset({"Date"}),
    ValueType.IP_ADDRESS: frozenset({"Ip"}),
    ValueType.BINARY: frozenset({"Binary"}),
}
_FAMILY_NAMES: Final = {"Ip": "IpAddress and NotIpAddress"}
_STRING_LIKE: Final = ("StringLike", "StringNotLike")


@each_statement("INVALID_CONDITION_OPERATOR", "NULL_WITH_IF_EXISTS")
def known_operators(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """The operator exists."""
    written, path = statement.written.get("Condition"), (*statement.path, "Condition")
    for operator in written if isinstance(written, dict) else ():
        base = operator.rpartition(":")[2]
        if base == f"{NULL}IfExists":
            message = "`Null` asks whether a key exists and cannot be used with IfExists"
            yield Issue("NULL_WITH_IF_EXISTS", (*path, operator), message, "write `Null`", of_key=True)
        elif qualified(operator) is None:
            message = f"there is no condition operator `{operator}`"
            yield Issue("INVALID_CONDITION_OPERATOR", (*path, operator), message, _meant(operator), of_key=True)


def _meant(operator: str) -> str:
    prefix, colon, base = operator.rpartition(":")
    suffix = "IfExists" if base.lower().endswith("ifexists") else ""
    near = catalog.closest(base[: len(base) - len(suffix)], OPERATORS)
    set_operator = catalog.closest(prefix, map(str, Quantifier)) if colon else ""
    if near is None or set_operator is None:
        return "operators have names such as StringEquals, StringLike or ArnLike"
    return f"did you mean `{set_operator}{colon}{near}{suffix}`?"


@each_condition("TYPE_MISMATCH", "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS")
def suits_key(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """The operator is made for the type of the key."""
    known = catalog.condition_key(condition.key)
    if known is None or condition.base is None or condition.family == NULL or "/$" in known.name or ":$" in known.name:
        # What a tag or an encryption context holds is up to whoever sets it.
        return
    allowed = sorted(frozenset().union(*(_SUITABLE[kind] for kind in known.types)))
    if condition.family not in allowed:
        message = (
            f"`{condition.key}` is of type {' or '.join(known.types)}, which `{condition.operator}` cannot compare"
        )
        help = f"use an operator of {' or '.join(_FAMILY_NAMES.get(name, f'the {name} family') for name in allowed)}"
        yield Issue("TYPE_MISMATCH", condition.path, message, help, of_key=True)
    elif known.types == (ValueType.ARN,) and condition.base.name in _STRING_LIKE:
        message = f"with `{condition.operator}` a `*` runs across the fields of the ARN in `{condition.key}`"
        help = f"use {condition.operator.replace('String', 'Arn')}"
        yield Issue("STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS", condition.path, message, help, of_key=True)


@each_condition("NULL_WITH_QUALIFIER")
def qualified_null(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """Null asks about the key, not about its values."""
    if condition.family == NULL and condition.quantifier:
        always = "always" if condition.quantifier is Quantifier.ALL else "never"
        message = f"`{condition.operator}` {always} holds"
        yield Issue("NULL_WITH_QUALIFIER", condition.path, message, "write `Null`", of_key=True)


@each_condition("WILDCARD_WITHOUT_LIKE_OPERATOR")
def unexpected_wildcards(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """`*` and `?` are plain characters for most operators."""
    if condition.family != "String" or condition.globs:
        return
    for value in condition.values:
        plain = value.text.replace("${*}", "").replace("${?}", "")
        if "*" in plain or "?" in plain:
            message = f"`{condition.operator}` takes the wildcard in `{value.text}` for a character"
            help = f"use {_like(condition)} if it is meant as a wildcard"
            yield Issue("WILDCARD_WITHOUT_LIKE_OPERATOR", value.path, message, help)


def _like(condition: Condition) -> str:
    return "StringNotLike" if condition.base and condition.base.negated else "StringLike"


@each_condition("REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION", "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION")
def lone_star(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """A pattern of `*` alone matches whatever there is."""
    if condition.base is None or not condition.globs or not any(value.text == "*" for value in condition.values):
        return
    key = condition.key
    if condition.base.negated:
        code = "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION"
        message = f"`{key}` always matches `*`, so `{condition.operator}` holds only where the key is absent"
        yield Issue(code, condition.path, message, 'ask that with the operator Null and the value "true"')
    elif condition.quantifier is Quantifier.ALL or (condition.qualified and condition.qualified.if_exists):
        code = "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION"
        message = f"`{condition.operator}` with `*` always holds, whether `{key}` is there or not"
        yield Issue(code, condition.path, message, "remove the key or name the values that are meant")
