"""The values of conditions, read as what their operator takes them for."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from policies import catalog
from policies.engine import values
from policies.validation.finding import Issue
from policies.validation.globs import is_wild
from policies.validation.registry import each_condition
from policies.validation.tree import Condition, Policy, Statement, Value

_TYPED: Final[dict[str, tuple[str, Callable[[str], Any], str, str]]] = {
    "Bool": ("TYPE_MISMATCH_BOOLEAN", values.boolean, "neither true nor false", "write true or false"),
    "Null": ("TYPE_MISMATCH_BOOLEAN", values.boolean, "neither true nor false", "write true (absent) or false"),
    "Numeric": ("TYPE_MISMATCH_NUMBER", values.number, "no number", "write a number"),
    "Date": ("TYPE_MISMATCH_DATE", values.instant, "no date", "write YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"),
    "Binary": ("TYPE_MISMATCH_STRING", values.binary, "no base64 text", "encode the value in base64"),
    "Ip": ("TYPE_MISMATCH_IP_RANGE", values.network, "no IP address range", "write it like 203.0.113.0/24"),
}
_PLAIN_DATE: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d))?", re.ASCII
)
_REGION: Final = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d+", re.ASCII)
_IDENTIFIERS: Final = {
    "aws:sourcevpc": ("INVALID_VPC_FORMAT", "vpc"),
    "aws:sourcevpce": ("INVALID_VPCE_FORMAT", "vpce"),
}
_KMS_KEYS: Final = ("s3:x-amz-server-side-encryption-aws-kms-key-id",)
_KMS_ARN: Final = re.compile(r"arn:[^:]*:kms:[^:]*:[^:]*:(?:key/.+|\*)")


@each_condition(
    "TYPE_MISMATCH_BOOLEAN",
    "TYPE_MISMATCH_DATE",
    "TYPE_MISMATCH_IP_RANGE",
    "TYPE_MISMATCH_NUMBER",
    "TYPE_MISMATCH_STRING",
)
def typed_values(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """Every value can be read as its operator reads it; one that cannot never matches."""
    if condition.family not in _TYPED:
        return
    code, read, fault, help = _TYPED[condition.family]
    for value in condition.values:
        if "${" not in value.text and read(value.text) is None:
            yield Issue(code, value.path, f"`{value.text}` is {fault}", help)


@each_condition("INVALID_DATE_VALUE")
def odd_dates(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """Dates are written in full, except as seconds since 1970 for the key that is made of them."""
    for value in condition.values if condition.family == "Date" else ():
        epoch = value.text.isdigit() and condition.name == "aws:epochtime"
        if values.instant(value.text) is not None and not _PLAIN_DATE.fullmatch(value.text) and not epoch:
            message = f"`{value.text}` may not be the date that you mean"
            yield Issue("INVALID_DATE_VALUE", value.path, message, "write YYYY-MM-DD")


@each_condition("INVALID_CONDITION_DATA_TYPE", "INVALID_CONDITION_MULTIPLE_BOOLEAN")
def mixed_values(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """The values of one key are of one JSON type; a boolean is a single one."""
    if len({value.written for value in condition.values}) > 1:
        message = f"the values of `{condition.key}` are of different JSON types"
        yield Issue("INVALID_CONDITION_DATA_TYPE", condition.path, message, "write all of them as texts")
    elif len(condition.values) > 1 and condition.family in ("Bool", "Null") and condition.quantifier is None:
        message = f"`{condition.key}` is compared with several booleans"
        yield Issue("INVALID_CONDITION_MULTIPLE_BOOLEAN", condition.path, message, "leave one of them")


@each_condition("INVALID_REGION")
def regions(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """A Region that looks like one of AWS's is one of them; other names may be Regions of this installation."""
    if condition.name != "aws:requestedregion":
        return
    for value in condition.values:
        if _REGION.fullmatch(value.text) and value.text not in catalog.REGIONS:
            near = catalog.closest(value.text, sorted(catalog.REGIONS))
            help = f"did you mean `{near}`?" if near else ""
            yield Issue("INVALID_REGION", value.path, f"there is no Region `{value.text}`", help)


@each_condition("INVALID_VPC_FORMAT", "INVALID_VPCE_FORMAT", "INVALID_KMS_KEY_VALUE")
def identifiers(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """Identifiers of networks, endpoints and keys have a known form."""
    for value in condition.values if condition.family in ("String", "Arn") else ():
        if not _is_free(value, condition):
            yield from _identifier(condition.name, value)


def _is_free(value: Value, condition: Condition) -> bool:
    return "${" in value.text or (condition.globs and is_wild(value.text))


def _identifier(key: str, value: Value) -> Iterator[Issue]:
    if key in _IDENTIFIERS:
        code, prefix = _IDENTIFIERS[key]
        if not re.fullmatch(rf"{prefix}-(?:[0-9A-Za-z]{{8}}|[0-9A-Za-z]{{17}})", value.text):
            help = f"write {prefix}- and 8 or 17 letters and digits"
            yield Issue(code, value.path, f"`{value.text}` does not have the form of a {prefix} id", help)
    elif key in _KMS_KEYS and not _KMS_ARN.fullmatch(value.text):
        message = f"`{value.text}` is not the ARN of a KMS key"
        yield Issue("INVALID_KMS_KEY_VALUE", value.path, message, "write arn:aws:kms:region:account:key/key-id")
