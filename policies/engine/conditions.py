"""One key under one operator, compiled."""

from dataclasses import dataclass

from policies.engine.context import Context
from policies.engine.document import Condition
from policies.engine.errors import EngineFault
from policies.engine.operators import NULL, Predicate, Qualified, Quantifier, qualified


@dataclass(frozen=True, slots=True)
class Test:
    """Whether the value of a context key satisfies a condition."""

    condition: Condition
    key: str
    predicate: Predicate
    negated: bool
    quantifier: Quantifier | None
    when_absent: bool

    def holds(self, context: Context) -> bool:
        """The truth of the condition; a key without value counts as absent."""
        found = context.find(self.key)
        if found is None:
            return self.when_absent
        if isinstance(found, str):
            if self.quantifier is None:
                return self.predicate(found, context) is not self.negated
            found = (found,)
        return self._holds_for_set(found, context)

    def _holds_for_set(self, found: tuple[str, ...], context: Context) -> bool:
        if self.quantifier is Quantifier.ANY:
            return any(self.predicate(value, context) is not self.negated for value in found)
        if self.quantifier is Quantifier.ALL:
            # A set of empty texts is a null data set, which satisfies ForAllValues.
            return not any(found) or all(self.predicate(value, context) is not self.negated for value in found)
        # A multivalued key never satisfies an operator for single values, whatever it asks.
        return False


@dataclass(frozen=True, slots=True)
class Null:
    """Whether a context key is absent."""

    condition: Condition
    key: str
    when_absent: bool
    when_present: bool

    def holds(self, context: Context) -> bool:
        """The truth of the condition."""
        return self.when_absent if context.find(self.key) is None else self.when_present


def compiled_condition(condition: Condition, *, variables: bool) -> Test | Null:
    """Compile a condition. Raises EngineFault on an operator that does not exist."""
    operator = qualified(condition.operator)
    if operator is None:
        raise EngineFault(f"there is no condition operator `{condition.operator}`")
    key = condition.key.lower()
    if operator.base.name == NULL:
        return _null(condition, key, operator.quantifier)
    predicate = operator.base.family(condition.values, variables)
    negated = operator.base.negated
    return Test(condition, key, predicate, negated, operator.quantifier, _when_absent(operator))


def _when_absent(operator: Qualified) -> bool:
    if operator.if_exists or operator.quantifier is Quantifier.ALL:
        return True
    return operator.base.negated and operator.quantifier is None


def _null(condition: Condition, key: str, quantifier: Quantifier | None) -> Null:
    if quantifier is not None:
        always = quantifier is Quantifier.ALL
        return Null(condition, key, always, always)
    wanted = {value.lower() for value in condition.values}
    return Null(condition, key, "true" in wanted, "false" in wanted)
