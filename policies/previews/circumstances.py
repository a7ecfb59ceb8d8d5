"""Values of condition keys for which conditions hold."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Final

from policies.engine import Condition
from policies.engine.context import Given
from policies.engine.operators import NULL, qualified

OF_THE_MOMENT: Final = frozenset({"aws:currenttime", "aws:epochtime"})
"""Every request has its own: a question is asked as of now."""
_STEPS: Final = {"NumericLessThan": Decimal(-1), "NumericGreaterThan": Decimal(1)}
_PRESENT: Final = "present"


def satisfying(conditions: Iterable[Condition]) -> dict[str, Given]:
    """Keys and values for which each of the conditions holds, as far as one value of its own can tell.

    A negated condition holds where its key is absent, so it needs none.
    """
    found: dict[str, Given] = {}
    for condition in conditions:
        if condition.key.lower() not in OF_THE_MOMENT and (value := _value(condition)) is not None:
            found[condition.key] = value
    return found


def _value(condition: Condition) -> Given:
    operator = qualified(condition.operator)
    if operator is None or not condition.values:
        return None
    first = condition.values[0]
    if operator.base.name == NULL:
        return _PRESENT if first.lower() == "false" else None
    if operator.base.negated:
        return None
    value = _near(operator.base.name, first)
    return (value,) if operator.quantifier else value


def _near(operator: str, wanted: str) -> str:
    if operator == "IpAddress":
        return wanted.partition("/")[0]
    if operator not in _STEPS:
        return wanted
    try:
        return str(Decimal(wanted) + _STEPS[operator])
    except InvalidOperation:
        return wanted
