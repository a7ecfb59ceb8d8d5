"""Conditions in words."""

from collections.abc import Mapping
from typing import Final

from policies.engine import Condition
from policies.engine.operators import NULL, Quantifier, qualified
from policies.explaining.words import listed

_RELATIONS: Final[Mapping[str, str]] = {
    "StringEquals": "is",
    "StringNotEquals": "is not",
    "StringEqualsIgnoreCase": "is, in any case,",
    "StringNotEqualsIgnoreCase": "is not, in any case,",
    "StringLike": "matches",
    "StringNotLike": "does not match",
    "NumericEquals": "is",
    "NumericNotEquals": "is not",
    "NumericLessThan": "is less than",
    "NumericLessThanEquals": "is at most",
    "NumericGreaterThan": "is more than",
    "NumericGreaterThanEquals": "is at least",
    "DateEquals": "is",
    "DateNotEquals": "is not",
    "DateLessThan": "is before",
    "DateLessThanEquals": "is no later than",
    "DateGreaterThan": "is after",
    "DateGreaterThanEquals": "is no earlier than",
    "Bool": "is",
    "BinaryEquals": "is",
    "IpAddress": "is in",
    "NotIpAddress": "is not in",
    "ArnEquals": "matches",
    "ArnLike": "matches",
    "ArnNotEquals": "does not match",
    "ArnNotLike": "does not match",
}
_NONE_OF: Final[Mapping[str, str]] = {
    "is not": "is none of",
    "is not, in any case,": "is, in any case, none of",
    "does not match": "matches none of",
    "is not in": "is in none of",
}
_KEYS: Final[Mapping[str, str]] = {
    "aws:sourceip": "the caller's address",
    "aws:currenttime": "the time",
    "aws:requestedregion": "the Region",
    "aws:username": "the user's name",
    "aws:principalarn": "the caller",
    "aws:principalaccount": "the caller's account",
    "aws:principaltype": "the kind of caller",
    "aws:resourceaccount": "the resource's account",
    "aws:multifactorauthage": "the number of seconds since MFA was used",
    "aws:useragent": "the caller's program",
    "iam:passedtoservice": "the service that gets the role",
    "sts:externalid": "the external id",
}
_TAGS: Final[Mapping[str, str]] = {
    "aws:principaltag/": "the caller's tag",
    "aws:resourcetag/": "the resource's tag",
    "aws:requesttag/": "the tag to be set",
}
_FLAGS: Final[Mapping[tuple[str, str], str]] = {
    ("aws:multifactorauthpresent", "true"): "the caller used MFA",
    ("aws:multifactorauthpresent", "false"): "the caller did not use MFA",
    ("aws:securetransport", "true"): "the request came over TLS",
    ("aws:securetransport", "false"): "the request did not come over TLS",
    ("aws:viaawsservice", "true"): "an AWS service asks for the caller",
    ("aws:viaawsservice", "false"): "the caller asks himself",
}
_WHICH: Final = {Quantifier.ANY: "one of ", Quantifier.ALL: "each of "}
_OR_UNTOLD: Final = " or the request does not tell"


def said(condition: Condition) -> str:
    """`the caller's address is in 10.0.0.0/8`."""
    operator = qualified(condition.operator)
    if operator is None:
        return f"{condition.operator} of {condition.key}"
    suffix = _OR_UNTOLD if operator.if_exists else ""
    if len(condition.values) == 1:
        value = condition.values[0].lower()
        if operator.base.name == "Bool" and (flag := _FLAGS.get((condition.key.lower(), value))):
            return flag + suffix
        if operator.base.name == NULL:
            return f"the request {'does not tell' if value == 'true' else 'tells'} {_key(condition.key)}"
    which = _WHICH[operator.quantifier] if operator.quantifier else ""
    relation = _RELATIONS.get(operator.base.name, operator.base.name)
    several = operator.base.negated and len(condition.values) > 1
    values = listed(condition.values, last="and" if several else "or")
    return f"{which}{_key(condition.key)} {_NONE_OF[relation] if several else relation} {values}{suffix}"


def _key(name: str) -> str:
    lowered = name.lower()
    for prefix, spoken in _TAGS.items():
        if lowered.startswith(prefix):
            return f"{spoken} {name[len(prefix) :]}"
    return _KEYS.get(lowered, name)
