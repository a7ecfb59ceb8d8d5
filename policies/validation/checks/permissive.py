"""Conditions that trust more than their author meant: wildcards and variables in values that identify somebody."""

import re
from collections.abc import Iterator
from typing import Final

from policies import catalog
from policies.validation.finding import Issue
from policies.validation.globs import is_wild
from policies.validation.registry import each_condition
from policies.validation.tree import Condition, Policy, Statement, Value

_VARIABLE: Final = re.compile(r"\$\{([^},]*)[^}]*\}")
_USER_ID: Final = "aws:userid"


@each_condition("VARIABLE_USAGE_TOO_PERMISSIVE", "WILDCARD_USAGE_TOO_PERMISSIVE")
def values(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """Accounts, organizations and networks are named in full; of `aws:userid` only what follows the colon is free.

    A variable that stands alone for another such identity (`${aws:PrincipalAccount}`) names it in full.
    """
    if not condition.globs or condition.family != "String" or not _is_identity(condition):
        return
    for value in condition.values:
        if issue := _issue(condition, value):
            yield issue


def _is_identity(condition: Condition) -> bool:
    return condition.name == _USER_ID or condition.name in catalog.SENSITIVE_KEYS


def _issue(condition: Condition, value: Value) -> Issue | None:
    text = value.text
    if condition.name == _USER_ID:
        left, _, _ = text.partition(":") if "${" not in text else (_VARIABLE.sub("${}", text).partition(":"))
        text = "" if left in ("*", "?", "${}") else left
    wild = is_wild(_VARIABLE.sub("", text))
    if wild:
        message = f"a wildcard in the value of `{condition.key}` lets in more than one identity"
        return Issue("WILDCARD_USAGE_TOO_PERMISSIVE", value.path, message, "list the values in full")
    if "${" in text and not _is_another_identity(text):
        message = f"the variable in the value of `{condition.key}` can act as a wildcard"
        help = f"use {condition.operator.replace('Like', 'Equals')}, or list the values"
        return Issue("VARIABLE_USAGE_TOO_PERMISSIVE", value.path, message, help)
    return None


def _is_another_identity(text: str) -> bool:
    found = _VARIABLE.fullmatch(text)
    return found is not None and found[1].lower() in catalog.SENSITIVE_KEYS
