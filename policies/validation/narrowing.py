"""Whether a condition of an Allow really says for whom it is."""

from typing import Final

from policies.engine.operators import Quantifier
from policies.validation.globs import is_wild
from policies.validation.tree import Condition, Statement

_FIELDS: Final = 6
_ARN_KEYS: Final = frozenset({"aws:principalarn", "aws:sourcearn"})


def narrowed(statement: Statement, *names: str) -> bool:
    """Whether a condition on one of these keys (lower case) lets in only what it names."""
    return any(condition.name in names and narrows(condition) for condition in statement.conditions)


def narrows(condition: Condition) -> bool:
    """Whether a request without the key, or with any value at all, is turned away.

    Negations let in the rest of the world; `IfExists` and `ForAllValues` let in requests without the key.
    """
    operator = condition.qualified
    if operator is None or operator.if_exists or operator.base.negated or condition.family not in ("String", "Arn"):
        return False
    if operator.quantifier is Quantifier.ALL:
        return False
    return not condition.globs or all(_is_specific(condition.name, value.text) for value in condition.values)


def _is_specific(name: str, pattern: str) -> bool:
    """Whether a pattern says more than "anything"; an ARN does by its account, or by its name where it has none."""
    if name not in _ARN_KEYS:
        return bool(pattern.strip("*?"))
    fields = pattern.split(":", _FIELDS - 1)
    if len(fields) < _FIELDS:
        return False
    account, resource = fields[4:]
    return not is_wild(account) and bool(account or resource.strip("*?"))
