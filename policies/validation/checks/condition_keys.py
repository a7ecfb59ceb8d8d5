"""Condition keys: that they exist, and that each is asked in the way it can answer."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from policies import catalog
from policies.engine import PolicyKind
from policies.engine.operators import NULL, Quantifier
from policies.validation.finding import Issue
from policies.validation.registry import each_condition, each_statement
from policies.validation.tree import Condition, Policy, Statement

_WITHOUT_TAG: Final = re.compile(r"(.*(?:tag))/?", re.IGNORECASE)
_OLD_ARN_KEY: Final = "aws:arn"
_PAIRS: Final = {
    "aws:vpcsourceip": ("aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn"),
    "aws:ec2instancesourceprivateipv4": ("aws:Ec2InstanceSourceVpc",),
}
_SPOOFED: Final = ("aws:referer", "aws:useragent")


@each_condition(
    "INVALID_CONDITION_KEY_FORMAT",
    "INVALID_GLOBAL_CONDITION_KEY",
    "INVALID_SERVICE_CONDITION_KEY",
    "MISSING_TAG_KEY_IN_CONDITION",
)
def known_keys(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """The key exists, with a tag key where it wants one."""
    key = condition.key
    vendor, colon, name = condition.name.partition(":")
    if not colon or not vendor or not name:
        message = f"`{key}` is not the name of a condition key"
        help = "write `service:key`, for example aws:SourceIp"
        yield Issue("INVALID_CONDITION_KEY_FORMAT", condition.path, message, help, of_key=True)
    elif condition.name == _OLD_ARN_KEY or catalog.condition_key(key):
        return
    elif (found := _WITHOUT_TAG.fullmatch(key)) and catalog.condition_key(f"{found[1]}/x"):
        message = f"`{key}` does not say which tag"
        help = f"write {found[1]}/ and the key of the tag"
        yield Issue("MISSING_TAG_KEY_IN_CONDITION", condition.path, message, help, of_key=True)
    else:
        code = "INVALID_GLOBAL_CONDITION_KEY" if vendor == "aws" else "INVALID_SERVICE_CONDITION_KEY"
        near = catalog.closest_condition_key(condition.name)
        help = f"did you mean `{near}`?" if near else "look it up among the condition keys"
        yield Issue(code, condition.path, f"there is no condition key `{key}`", help, of_key=True)


@each_condition("UNSUPPORTED_GLOBAL_CONDITION_KEY", "DEPRECATED_GLOBAL_CONDITION_KEY")
def old_arn_key(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """`aws:Arn` is history."""
    if condition.name == _OLD_ARN_KEY:
        if policy.kind.names_principals:
            code, message, help = "UNSUPPORTED", "is not supported here", "use aws:PrincipalArn or aws:SourceArn"
        else:
            code, message, help = "DEPRECATED", "is out of use", "use aws:PrincipalArn"
        text = f"`{condition.key}` {message}"
        yield Issue(f"{code}_GLOBAL_CONDITION_KEY", condition.path, text, help, of_key=True)


@each_statement("DUPLICATE_KEYS_WITH_DIFFERENT_CASE")
def same_key_twice(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """Condition keys have no case: under one operator each occurs once."""
    written: defaultdict[tuple[str, str], list[Condition]] = defaultdict(list)
    for condition in statement.conditions:
        written[condition.operator, condition.name].append(condition)
    for first, *others in written.values():
        for other in others:
            message = f"`{other.key}` and `{first.key}` are the same condition key"
            help = "put all values under one of them"
            yield Issue("DUPLICATE_KEYS_WITH_DIFFERENT_CASE", other.path, message, help, of_key=True)


@each_condition("MISSING_QUALIFIER", "FORALLVALUES_WITH_SINGLE_VALUED_KEY", "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE")
def qualifiers(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """Keys of several values want a set operator, keys of one value none."""
    known = catalog.condition_key(condition.key)
    if known is None or condition.base is None or condition.base.name == NULL:
        return
    key = condition.key
    if known.multivalued and condition.quantifier is None:
        help = f"write ForAllValues:{condition.operator} or ForAnyValue:{condition.operator}"
        yield Issue("MISSING_QUALIFIER", condition.path, f"`{key}` has several values", help, of_key=True)
    elif not known.multivalued and statement.allows and condition.quantifier is Quantifier.ALL:
        message = f"`{key}` has one value, and ForAllValues also holds where it is absent"
        code = "FORALLVALUES_WITH_SINGLE_VALUED_KEY"
        yield Issue(code, condition.path, message, "remove `ForAllValues:`", of_key=True)
    elif _is_audience(condition) and condition.quantifier is Quantifier.ANY:
        message = f"`{key}` has one value: ForAnyValue says otherwise"
        code = "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE"
        yield Issue(code, condition.path, message, "remove `ForAnyValue:`", of_key=True)


@each_condition("CONFIRM_AUDIENCE_CLAIM_TYPE", kinds={PolicyKind.TRUST})
def audience(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """Whether a provider issues tokens for several audiences at once is something that we cannot know."""
    documented = catalog.is_documented_provider(catalog.vendor(condition.name))
    if _is_audience(condition) and condition.quantifier is None and not documented:
        message = f"`{condition.key}` has one value with most identity providers, several with some"
        help = "where tokens have several audiences, put ForAnyValue: in front; otherwise leave it as it is"
        yield Issue("CONFIRM_AUDIENCE_CLAIM_TYPE", condition.path, message, help, of_key=True)


def _is_audience(condition: Condition) -> bool:
    vendor, _, claim = condition.name.rpartition(":")
    return claim == "aud" and catalog.is_identity_provider(vendor)


@each_statement("MISSING_PAIRED_CONDITION_KEYS")
def pairs(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A private address means nothing without its network."""
    for condition in statement.conditions if statement.allows else ():
        others = _PAIRS.get(condition.name)
        if others and statement.keys.isdisjoint(map(str.lower, others)):
            message = f"`{condition.key}` alone is met by the same address in any network"
            help = f"add {' or '.join(others)}"
            yield Issue("MISSING_PAIRED_CONDITION_KEYS", condition.path, message, help, of_key=True)


@each_condition("UNTRUSTWORTHY_CONDITION_KEY")
def spoofed_keys(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """Some keys hold what the caller says about himself."""
    if condition.name in _SPOOFED:
        message = f"`{condition.key}` is whatever the caller writes into a header"
        help = "decide by a key that the caller cannot choose"
        yield Issue("UNTRUSTWORTHY_CONDITION_KEY", condition.path, message, help, of_key=True)
