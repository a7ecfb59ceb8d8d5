"""The condition operators, as a table of values.

Each family turns the wanted values of a condition into one test of a found value: does it match at least one of them?
"""

import operator as compare
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

from policies.engine import values
from policies.engine.arns import condition_parts, is_arn
from policies.engine.context import Context
from policies.engine.variables import Parts, bind, fixed, template
from policies.engine.wildcard import Matcher, Tokens, matcher

T = TypeVar("T")
Predicate: TypeAlias = Callable[[str, Context], bool]
Family: TypeAlias = Callable[[tuple[str, ...], bool], Predicate]


class Quantifier(StrEnum):
    ALL = "ForAllValues"
    ANY = "ForAnyValue"


def _same(text: str) -> str:
    return text


def _text(tokens: Tokens) -> str:
    """A pattern as it was written: for operators to which a wildcard is a character like any other."""
    return "".join(map(str, tokens))


def _equals(wanted: tuple[str, ...], variables: bool, *, fold: Callable[[str], str] = _same) -> Predicate:
    templates = [template(value, variables=variables) for value in wanted]
    plain = frozenset(fold(_text(tokens)) for parts in templates if (tokens := fixed(parts)) is not None)
    bound = tuple(parts for parts in templates if fixed(parts) is None)
    if not bound:
        return lambda found, _: fold(found) in plain

    def match(found: str, context: Context) -> bool:
        folded = fold(found)
        return folded in plain or any(
            (tokens := bind(parts, context)) is not None and fold(_text(tokens)) == folded for parts in bound
        )

    return match


def _patterns(templates: list[Parts]) -> Predicate:
    plain: tuple[Matcher, ...] = tuple(matcher(tokens) for parts in templates if (tokens := fixed(parts)) is not None)
    bound = tuple(parts for parts in templates if fixed(parts) is None)

    def match(found: str, context: Context) -> bool:
        return any(matches(found) for matches in plain) or any(
            (tokens := bind(parts, context)) is not None and matcher(tokens)(found) for parts in bound
        )

    return match


def _like(wanted: tuple[str, ...], variables: bool) -> Predicate:
    return _patterns([template(value, variables=variables) for value in wanted])


def _arn(wanted: tuple[str, ...], variables: bool) -> Predicate:
    match = _patterns([condition_parts(value, variables=variables) for value in wanted])
    return lambda found, context: is_arn(found) and match(found, context)


def _typed(
    wanted: tuple[str, ...],
    _variables: bool,
    *,
    read: Callable[[str], T | None],
    holds: Callable[[T, T], Any],
    read_found: Callable[[str], T | None] | None = None,
) -> Predicate:
    expected = tuple(value for text in wanted if (value := read(text)) is not None)
    understand = read_found or read

    def match(found: str, _: Context) -> bool:
        value = understand(found)
        return value is not None and any(holds(value, other) for other in expected)

    return match


def _in_network(address: values.Network, network: values.Network) -> bool:
    return network.holds(address)


@dataclass(frozen=True, slots=True)
class Operator:
    """A base operator; a negated one holds where none of its values match."""

    name: str
    family: Family
    negated: bool = False


def _ordered(prefix: str, read: Callable[[str], Any]) -> list[Operator]:
    relations = {
        "Equals": compare.eq,
        "LessThan": compare.lt,
        "LessThanEquals": compare.le,
        "GreaterThan": compare.gt,
        "GreaterThanEquals": compare.ge,
    }
    positive = [Operator(prefix + name, partial(_typed, read=read, holds=holds)) for name, holds in relations.items()]
    return [*positive, Operator(prefix + "NotEquals", partial(_typed, read=read, holds=compare.eq), negated=True)]


_ignoring_case: Final = partial(_equals, fold=str.lower)
_ip: Final = partial(_typed, read=values.network, holds=_in_network, read_found=values.address)

_QUANTIFIERS: Final = frozenset(map(str, Quantifier))

NULL: Final = "Null"
OPERATORS: Final[dict[str, Operator]] = {
    operator.name: operator
    for operator in (
        Operator("StringEquals", _equals),
        Operator("StringNotEquals", _equals, negated=True),
        Operator("StringEqualsIgnoreCase", _ignoring_case),
        Operator("StringNotEqualsIgnoreCase", _ignoring_case, negated=True),
        Operator("StringLike", _like),
        Operator("StringNotLike", _like, negated=True),
        *_ordered("Numeric", values.number),
        *_ordered("Date", values.instant),
        Operator("Bool", partial(_typed, read=values.boolean, holds=compare.eq)),
        Operator("BinaryEquals", partial(_typed, read=values.binary, holds=compare.eq)),
        Operator("IpAddress", _ip),
        Operator("NotIpAddress", _ip, negated=True),
        Operator("ArnEquals", _arn),
        Operator("ArnLike", _arn),
        Operator("ArnNotEquals", _arn, negated=True),
        Operator("ArnNotLike", _arn, negated=True),
        Operator(NULL, partial(_typed, read=values.boolean, holds=compare.eq)),
    )
}


@dataclass(frozen=True, slots=True)
class Qualified:
    """An operator with its set prefix and its IfExists suffix."""

    base: Operator
    quantifier: Quantifier | None = None
    if_exists: bool = False


def qualified(written: str) -> Qualified | None:
    """Read an operator as a policy writes it (`ForAnyValue:StringLikeIfExists`); None if there is no such operator."""
    prefix, colon, name = written.rpartition(":")
    if colon and prefix not in _QUANTIFIERS:
        return None
    base = OPERATORS.get(name.removesuffix("IfExists"))
    if base is None or (base.name == NULL and name != NULL):
        return None
    return Qualified(base, Quantifier(prefix) if colon else None, name.endswith("IfExists"))
