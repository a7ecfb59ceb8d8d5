"""The half of the reference that compares: patterns, policy variables and conditions. See `reference.py`."""

import base64
import binascii
import ipaddress
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
COMPARISONS = {
    "Equals": lambda found, wanted: found == wanted,
    "LessThan": lambda found, wanted: found < wanted,
    "LessThanEquals": lambda found, wanted: found <= wanted,
    "GreaterThan": lambda found, wanted: found > wanted,
    "GreaterThanEquals": lambda found, wanted: found >= wanted,
}
W3C_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
EPOCH_SECONDS = re.compile(r"\d+(\.\d+)?", re.ASCII)
VARIABLE = re.compile(r"\$\{(?:(?P<escape>[*?$])|(?P<key>[^${}',]+)(?:, '(?P<default>[^']*)')?)\}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Token(NamedTuple):
    """One character of a pattern; `literal` None is a wildcard, which may be kept from taking colons."""

    literal: str | None
    many: bool = False
    colons: bool = True

    def accepts(self, char: str) -> bool:
        return char == self.literal if self.literal is not None else self.colons or char != ":"


def glob(pattern: list[Token], text: str) -> bool:
    """`*` is any run of characters including none, `?` exactly one: the set of places that each token can reach."""
    reached = {0}
    for token in pattern:
        if token.many:
            for at in range(len(text)):
                if at in reached and token.accepts(text[at]):
                    reached.add(at + 1)
        else:
            reached = {at + 1 for at in reached if at < len(text) and token.accepts(text[at])}
    return len(text) in reached


def tokens(text: str, *, wild: bool) -> list[Token]:
    """The characters, `*` and `?` as wildcards where the element knows them."""
    return [Token(None, many=char == "*") if wild and char in "*?" else Token(char) for char in text]


def substituted(text: str, version: str, context: dict[str, Any], *, wild: bool) -> list[Token] | None:
    """Policy variables: `${key}`, `${key, 'default'}`, `${*}` `${?}` `${$}`; since 2012-10-17; None if unresolved.

    What is put in is literal text: it never acts as a wildcard. What is no variable stands for itself.
    """
    if version != "2012-10-17":
        return tokens(text, wild=wild)
    result, done = [], 0
    for found in VARIABLE.finditer(text):
        value = found["escape"] or variable(found["key"], found["default"], context)
        if value is None:
            return None
        result += tokens(text[done : found.start()], wild=wild) + tokens(value, wild=False)
        done = found.end()
    return result + tokens(text[done:], wild=wild)


def variable(key: str, default: str | None, context: dict[str, Any]) -> str | None:
    """The value of a single-valued key; the default in single quotes where the key is absent; else None."""
    found = look_up(context, key)
    if is_null(found):
        return default
    return None if isinstance(found, list) else as_text(found)


def action_matches(pattern: str, action: str) -> bool:
    """Prefix and name match without regard to case."""
    return glob(tokens(pattern.lower(), wild=True), action.lower())


def resource_matches(pattern: str, resource: str, version: str, context: dict[str, Any]) -> bool:
    """Field by field: only a `*` that ends a field runs on across colons; missing fields are `*`.

    Variables work after the fifth colon. `*` matches everything, and alone matches the request's `*`.
    """
    if "*" in (pattern, resource):
        return pattern == "*"
    fields = pattern.split(":", 5)
    *first, last = fields + ["*"] * (6 - len(fields))
    head = []
    for field in first:
        for place, char in enumerate(field, start=1):
            if char in "*?":
                head.append(Token(None, many=char == "*", colons=char == "*" and place == len(field)))
            else:
                head.append(Token(char))
        head.append(Token(":"))
    tail = substituted(last, version, context, wild=True)
    return tail is not None and glob(head + tail, resource)


def as_list(value: Any) -> list[Any]:
    """A one-element array may drop its brackets."""
    return value if isinstance(value, list) else [value]


def look_up(context: dict[str, Any], key: str) -> Any:
    """Condition keys are named without regard to case."""
    return next((value for name, value in context.items() if name.lower() == key.lower()), None)


def is_null(found: Any) -> bool:
    """Absent, null, or a list of nothing."""
    return found is None or found == []


def as_text(value: Any) -> str:
    """Numbers and booleans may stand unquoted."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def condition_holds(operator: str, key: str, wanted: list[Any], version: str, context: dict[str, Any]) -> bool:
    """The truth tables of modifiers, absent keys and several values."""
    found = look_up(context, key)
    *quantifier, name = operator.split(":")
    name, if_exists = name.removesuffix("IfExists"), name.endswith("IfExists")
    negated = name in NEGATIONS
    if quantifier == ["ForAllValues"] and (is_null(found) or all(one == "" for one in as_list(found))):
        return True
    if name == "Null":
        return ("true" if is_null(found) else "false") in map(as_text, wanted)
    if is_null(found):
        return if_exists or (negated and not quantifier)
    if isinstance(found, list) and not quantifier:
        return False

    def satisfied(one: Any) -> bool:
        test = NEGATIONS.get(name, name)
        return negated != any(value_matches(test, as_text(one), as_text(value), version, context) for value in wanted)

    each = [satisfied(one) for one in (found if isinstance(found, list) else [found])]
    return any(each) if quantifier == ["ForAnyValue"] else all(each)


def value_matches(name: str, found: str, wanted: str, version: str, context: dict[str, Any]) -> bool:
    """One value of the request against one of the policy, by a positive operator."""
    if name.startswith(("String", "Arn")):
        pattern = substituted(wanted, version, context, wild=name.endswith("Like") or name.startswith("Arn"))
        if name.startswith("Arn") and version == "2012-10-17" and brings_fields(wanted, context):
            return False
        return pattern is not None and text_matches(name, found, pattern)
    for family, read in (("Numeric", number), ("Date", moment)):
        if name.startswith(family):
            left, right = read(found), read(wanted)
            comparison = COMPARISONS[name.removeprefix(family)]
            return left is not None and right is not None and comparison(left, right)
    return {"Bool": same_truth, "BinaryEquals": same_bytes, "IpAddress": in_network}[name](found, wanted)


def brings_fields(wanted: str, context: dict[str, Any]) -> bool:
    """Whether a variable within one of the first five fields of an ARN pattern holds a colon.

    Only a variable that is the whole pattern may hold a whole ARN.
    """
    if VARIABLE.fullmatch(wanted):
        return False
    for found in VARIABLE.finditer(wanted):
        fields = VARIABLE.sub("", wanted[: found.start()]).count(":")
        value = found["key"] is not None and variable(found["key"], found["default"], context)
        if fields < 5 and value and ":" in value:
            return True
    return False


def text_matches(name: str, found: str, pattern: list[Token]) -> bool:
    """String operators compare the whole text, ARN operators six fields one by one."""
    if name == "StringEqualsIgnoreCase":
        return [char.lower() for char in found] == [str(token.literal).lower() for token in pattern]
    if name.startswith("String"):
        return glob(pattern, found)
    fields: list[list[Token]] = [[]]
    for token in pattern:
        if token.literal == ":" and len(fields) < 6:
            fields.append([])
        else:
            fields[-1].append(token)
    values = found.split(":", 5)
    is_arn = len(fields) == len(values) == 6 and values[0] == "arn"
    return is_arn and all(glob(field, value) for field, value in zip(fields, values, strict=True))


def number(text: str) -> Decimal | None:
    """An integer or a decimal."""
    return Decimal(text) if DECIMAL.fullmatch(text) else None


def moment(text: str) -> Decimal | None:
    """The W3C profile of ISO 8601 (a time needs its zone), otherwise epoch seconds; in seconds."""
    if not W3C_DATE.fullmatch(text):
        return Decimal(text) if EPOCH_SECONDS.fullmatch(text) else None
    try:
        read = datetime.fromisoformat(text + "0001-01-01"[len(text) :])
    except ValueError:
        return None
    return Decimal((read.replace(tzinfo=read.tzinfo or UTC) - EPOCH) // timedelta(microseconds=1)) / 1_000_000


def same_truth(found: str, wanted: str) -> bool:
    """`true` and `false` in any case, nothing else."""
    return found.lower() == wanted.lower() and found.lower() in ("true", "false")


def same_bytes(found: str, wanted: str) -> bool:
    """Byte for byte, what the base64 texts stand for."""
    try:
        return base64.b64decode(found, validate=True) == base64.b64decode(wanted, validate=True)
    except (binascii.Error, ValueError):
        return False


def in_network(found: str, wanted: str) -> bool:
    """IPv4 or IPv6 in CIDR notation; without a prefix it is one address."""
    try:
        address, network = ipaddress.ip_address(found), ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False
    return bool(re.fullmatch(r"[^/]+(/\d+)?", wanted)) and address in network
