"""The table of condition operators, apart from policies."""

import operator as compare

import pytest

from policies.engine import Condition, Context, EngineFault, values
from policies.engine.conditions import compiled_condition
from policies.engine.operators import _ordered

RELATIONS = {
    "Equals": compare.eq,
    "NotEquals": compare.eq,  # negated: it holds where none of the values is equal
    "LessThan": compare.lt,
    "LessThanEquals": compare.le,
    "GreaterThan": compare.gt,
    "GreaterThanEquals": compare.ge,
}


@pytest.mark.parametrize(("prefix", "read"), [("Numeric", values.number), ("Date", values.instant)])
def test_ordered_operators(prefix, read):
    table = {operator.name: operator for operator in _ordered(prefix, read)}
    assert table.keys() == {prefix + name for name in RELATIONS}
    for name, relation in RELATIONS.items():
        operator = table[prefix + name]
        assert operator.negated is (name == "NotEquals")
        predicate = operator.family(("2020",), True)
        for found in ("2019", "2020", "2021"):
            assert predicate(found, Context()) is relation(found, "2020"), (operator.name, found)


@pytest.mark.parametrize(("operator", "always"), [("ForAnyValue:Null", False), ("ForAllValues:Null", True)])
def test_null_of_a_set_does_not_depend_on_the_key(operator, always):
    test = compiled_condition(Condition(operator, "a:b", ("true",)), variables=True)
    assert test.holds(Context()) is always
    assert test.holds(Context({"a:b": "c"})) is always


def test_an_operator_that_does_not_exist():
    with pytest.raises(EngineFault, match=r"^there is no condition operator `StringIs`$"):
        compiled_condition(Condition("StringIs", "a:b", ("c",)), variables=True)
