"""A second evaluator, naive and slow: every rule is a small function over plain JSON, written from AWS's rules alone.

It shares no code with `policies.engine` and was written without reading it, so that where the two agree, the rules do.
Policies and requests are plain dictionaries; `strategies.py` shows their shape. What AWS leaves open is decided here:

- A null (None, empty text, empty list) is as good as an absent key; a list satisfies no operator that wants one value,
  so a negated one holds.
- A value of the wrong type matches nothing, so a negated operator holds. Binary values are base64 on both sides.
- IfExists wins over ForAnyValue when the key is absent. Variables work in String and ARN operators, not in Bool.
- An unresolved variable spoils its own pattern, not its neighbours: NotResource then excludes nothing by it.
- `Principal: "*"` means everybody. It is limited by boundary and session unless the statement asks aws:PrincipalArn.
- NotPrincipal with Allow excludes whoever is named in any way; with Deny it spares only whom it names in full.
"""

import base64
import binascii
import ipaddress
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
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
W3C_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d))?)?)?", re.ASCII
)


class Token(NamedTuple):
    """One character of a pattern; `literal` None is a wildcard, which may be kept from taking colons."""

    literal: str | None
    many: bool = False
    colons: bool = True

    def accepts(self, char: str) -> bool:
        return char == self.literal if self.literal is not None else self.colons or char != ":"


class Grant(IntEnum):
    """How much an Allow of a resource policy gives, by how it names the principal (same account)."""

    NONE = 0
    DELEGATED = 1
    LIMITED = 2
    FULL = 3


class Answer(NamedTuple):
    """`layers` are those with a matching Deny, or the one that lacks an Allow; `statements` are (policy id, Sid)."""

    outcome: str
    layers: frozenset[str]
    statements: frozenset[tuple[str, str]]


# --- Patterns


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

    What is put in is literal text: it never acts as a wildcard.
    """
    if version != "2012-10-17":
        return tokens(text, wild=wild)
    result = []
    for piece in re.split(r"(\$\{[^}]*\})", text):
        inner = piece[2:-1] if piece.startswith("${") and piece.endswith("}") else None
        if inner is None:
            result += tokens(piece, wild=wild)
        elif inner in ("*", "?", "$"):
            result += tokens(inner, wild=False)
        else:
            value = variable(inner, context)
            if value is None:
                return None
            result += tokens(value, wild=False)
    return result


def variable(inner: str, context: dict[str, Any]) -> str | None:
    """The value of a single-valued key, else the default in single quotes, else None."""
    key, _, default = inner.partition(", ")
    found = look_up(context, key)
    if not is_null(found) and not isinstance(found, list):
        return as_text(found)
    return default[1:-1] if default else None


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


# --- Conditions


def look_up(context: dict[str, Any], key: str) -> Any:
    """Condition keys are named without regard to case."""
    return next((value for name, value in context.items() if name.lower() == key.lower()), None)


def is_null(found: Any) -> bool:
    """Absent, null, or a value that resolves to nothing."""
    return found is None or found == "" or (isinstance(found, list) and not any(found))


def as_text(value: Any) -> str:
    """Numbers and booleans may stand unquoted."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def condition_holds(operator: str, key: str, wanted: list[Any], version: str, context: dict[str, Any]) -> bool:
    """The truth tables of modifiers, absent keys and several values."""
    found = look_up(context, key)
    *quantifier, name = operator.split(":")
    if name == "Null":
        return ("true" if is_null(found) else "false") in map(as_text, wanted)
    name, if_exists = name.removesuffix("IfExists"), name.endswith("IfExists")
    negated = name in NEGATIONS
    if is_null(found):
        return if_exists or (quantifier == ["ForAllValues"] if quantifier else negated)
    if isinstance(found, list) and not quantifier:
        return negated

    def satisfied(one: Any) -> bool:
        test = NEGATIONS.get(name, name)
        return negated != any(value_matches(test, as_text(one), as_text(value), version, context) for value in wanted)

    each = [satisfied(one) for one in (found if isinstance(found, list) else [found])]
    return any(each) if quantifier == ["ForAnyValue"] else all(each)


def value_matches(name: str, found: str, wanted: str, version: str, context: dict[str, Any]) -> bool:
    """One value of the request against one of the policy, by a positive operator."""
    if name.startswith(("String", "Arn")):
        pattern = substituted(wanted, version, context, wild=name.endswith("Like") or name.startswith("Arn"))
        return pattern is not None and text_matches(name, found, pattern)
    family, _, comparison = re.split("(Numeric|Date)", name) if name.startswith(("Numeric", "Date")) else (name, "", "")
    if comparison:
        read = number if name.startswith("Numeric") else moment
        left, right = read(found), read(wanted)
        return left is not None and right is not None and COMPARISONS[comparison](left, right)
    return {"Bool": same_truth, "BinaryEquals": same_bytes, "IpAddress": in_network}[family or name](found, wanted)


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
    return Decimal(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?", text, re.ASCII) else None


def moment(text: str) -> Fraction | None:
    """The W3C profile of ISO 8601, with a zone whenever it has a time; otherwise epoch seconds."""
    read = W3C_DATE.fullmatch(text)
    if read is None:
        return Fraction(text) if re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII) else None
    year, month, day, hour, minute, second, fraction, zone = read.groups()
    try:
        local = datetime(*(int(part or least) for part, least in zip(read.groups()[:6], (1, 1, 1, 0, 0, 0), strict=True)))
    except ValueError:
        return None
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:])) if zone not in (None, "Z") else timedelta()
    if offset >= timedelta(days=1):
        return None
    seconds = int((local - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001
    sign = -1 if zone is not None and zone.startswith("-") else 1
    return Fraction(seconds - sign * int(offset.total_seconds())) + Fraction(f"0.{fraction or 0}")


def same_truth(found: str, wanted: str) -> bool:
    """`true` and `false`, nothing else."""
    return found == wanted and found in ("true", "false")


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
