"""The right elements in the right JSON types."""

from collections.abc import Iterator
from typing import Any, Final

from policies.engine.reader import Number
from policies.validation.finding import Issue, Path
from policies.validation.reading import is_text
from policies.validation.registry import each_policy, each_statement
from policies.validation.tree import Policy, Statement

_TOP: Final = {"Version": "string", "Id": "string", "Statement": "object or array of objects"}
_TEXT_LISTS: Final = ("Action", "NotAction", "Resource", "NotResource")
_PRINCIPALS: Final = ("Principal", "NotPrincipal")
_PRINCIPAL_KINDS: Final = ("AWS", "Federated", "Service", "CanonicalUser")
_ELEMENTS: Final = ("Sid", "Effect", *_PRINCIPALS, *_TEXT_LISTS, "Condition")


@each_policy("DATA_TYPE_MISMATCH", "INVALID_POLICY_ELEMENT", "MISSING_STATEMENT")
def policy_shape(policy: Policy) -> Iterator[Issue]:
    """A policy is an object of Version, Id and Statement."""
    root = policy.root
    if not isinstance(root, dict):
        yield _mismatch((), "a policy", "object", root)
        return
    yield from _unknown(root, tuple(_TOP), (), "policy")
    for name in ("Version", "Id"):
        if name in root and not is_text(root[name]):
            yield _mismatch((name,), f"`{name}`", "string", root[name])
    if "Statement" not in root or root["Statement"] in ([], {}):
        yield Issue("MISSING_STATEMENT", (), "the policy has no statement", "add a statement")
        return
    statements = root["Statement"]
    for index, statement in enumerate(statements if isinstance(statements, list) else [statements]):
        if not isinstance(statement, dict):
            yield _mismatch(("Statement", index), "a statement", "object", statement)


@each_statement("DATA_TYPE_MISMATCH", "INVALID_POLICY_ELEMENT", "INVALID_PRINCIPAL_FORMAT", "INVALID_PRINCIPAL_KEY")
def statement_shape(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """The elements of a statement have the JSON type that the grammar gives them."""
    written, path = statement.written, statement.path
    yield from _unknown(written, _ELEMENTS, path, "statement")
    for name in ("Sid", "Effect"):
        if name in written and not is_text(written[name]):
            yield _mismatch((*path, name), f"`{name}`", "string", written[name])
    for name in _TEXT_LISTS:
        if name in written:
            yield from _texts(written[name], (*path, name), f"`{name}`")
    for name in _PRINCIPALS:
        if name in written:
            yield from _principal(written[name], (*path, name), name)
    if "Condition" in written:
        yield from _condition(written["Condition"], (*path, "Condition"))


def _principal(value: object, path: Path, name: str) -> Iterator[Issue]:
    if value == "*" and is_text(value):
        return
    if not isinstance(value, dict):
        help = 'write "*", or an object such as {"AWS": "111122223333"}'
        yield Issue("INVALID_PRINCIPAL_FORMAT", path, f"`{name}` is {_described(value)}", help)
        return
    for kind, names in value.items():
        if kind not in _PRINCIPAL_KINDS:
            message = f"there are no principals of kind `{kind}`"
            yield Issue(
                "INVALID_PRINCIPAL_KEY", (*path, kind), message, f"use {', '.join(_PRINCIPAL_KINDS)}", of_key=True
            )
        yield from _texts(names, (*path, kind), f"`{kind}`")


def _condition(value: object, path: Path) -> Iterator[Issue]:
    if not isinstance(value, dict):
        yield _mismatch(path, "`Condition`", "object", value)
        return
    for operator, keys in value.items():
        if not isinstance(keys, dict):
            yield _mismatch((*path, operator), f"`{operator}`", "object of condition keys and values", keys)
            continue
        for key, wanted in keys.items():
            for index, item in enumerate(wanted if isinstance(wanted, list) else [wanted]):
                if not isinstance(item, str | bool):
                    place = (*path, operator, key, index)
                    yield _mismatch(place, f"a value of `{key}`", "string, number or boolean", item)


def _texts(value: object, path: Path, what: str) -> Iterator[Issue]:
    for index, item in enumerate(value if isinstance(value, list) else [value]):
        if not is_text(item):
            yield _mismatch((*path, index), what, "string or array of strings", item)


def _unknown(written: dict[str, Any], known: tuple[str, ...], path: Path, what: str) -> Iterator[Issue]:
    for name in written:
        if name not in known:
            meant = next((element for element in known if element.lower() == name.lower()), None)
            help = f"write `{meant}`" if meant else f"remove it: the elements are {', '.join(known)}"
            yield Issue("INVALID_POLICY_ELEMENT", (*path, name), f"a {what} has no element `{name}`", help, of_key=True)


def _mismatch(path: Path, what: str, wanted: str, found: object) -> Issue:
    message = f"{what} must be {_article(wanted)} {wanted}, not {_described(found)}"
    return Issue("DATA_TYPE_MISMATCH", path, message, "change the value or the place where it stands")


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeio" else "a"


def _described(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, Number):
        return "a number"
    kinds: dict[type, str] = {bool: "a boolean", str: "a string", list: "an array", dict: "an object"}
    return kinds[type(value)]
