"""Policy variables: `${key}` and `${key, 'default'}`."""

import re
from collections.abc import Iterator
from typing import Final

from policies.engine.document import VERSION_WITH_VARIABLES
from policies.validation.finding import Issue, Path
from policies.validation.registry import each_policy
from policies.validation.tree import Policy, Statement

_OPENING: Final = "${"
_ESCAPES: Final = ("*", "?", "$")
_PARTS: Final = re.compile(r"([^,]*)(?:,(.*))?", re.DOTALL)
_DEFAULT: Final = re.compile(r"\s*'[^']*'\s*")
_FAMILIES: Final = ("String", "Arn")
_FIELDS_BEFORE_RESOURCE: Final = 5


@each_policy(
    "EMPTY_VARIABLE", "MISSING_BRACE_IN_VARIABLE", "MISSING_QUOTE_IN_VARIABLE", "UNSUPPORTED_SPACE_IN_VARIABLE"
)
def syntax(policy: Policy) -> Iterator[Issue]:
    """A variable is complete, and has a name without spaces."""
    if not _expands(policy):
        return
    for text, path in _places(policy):
        for body in _bodies(text):
            if body is None:
                message = f"a variable in `{text}` has no closing brace"
                yield Issue("MISSING_BRACE_IN_VARIABLE", path, message, "add `}` after the name")
            elif body not in _ESCAPES:
                yield from _body(body, path)


def _body(body: str, path: Path) -> Iterator[Issue]:
    found = _PARTS.fullmatch(body)
    name, default = found.groups() if found else (body, None)
    if not name.strip():
        yield Issue("EMPTY_VARIABLE", path, f"`${{{body}}}` names no key", "name a key, or remove the variable")
    elif re.search(r"\s", _without_tag(name)):
        message = f"the name in `${{{body}}}` holds a space"
        yield Issue("UNSUPPORTED_SPACE_IN_VARIABLE", path, message, "remove the space")
    if default is not None and not _DEFAULT.fullmatch(default):
        message = f"the default in `${{{body}}}` is not between single quotes"
        yield Issue("MISSING_QUOTE_IN_VARIABLE", path, message, "write ${key, 'default'}")


def _without_tag(name: str) -> str:
    """The key of a tag may hold spaces, inside and only there."""
    prefix, slash, tag = name.partition("/")
    return prefix if slash and tag == tag.strip() else name


@each_policy("VARIABLE_UNSUPPORTED_IN_VERSION")
def version(policy: Policy) -> Iterator[Issue]:
    """Variables came with the second version of the language."""
    if _expands(policy):
        return
    for text, path in _places(policy):
        if _OPENING in text:
            message = f"in this version of the language the variable in `{text}` is plain text"
            yield Issue("VARIABLE_UNSUPPORTED_IN_VERSION", path, message, 'write "Version": "2012-10-17"')


@each_policy("VARIABLE_UNSUPPORTED_IN_ELEMENT", "INVALID_VARIABLE_FOR_OPERATOR")
def elements(policy: Policy) -> Iterator[Issue]:
    """Variables are for the last field of resources, and for conditions on texts and ARNs."""
    if not _expands(policy):
        return
    for statement in policy.statements:
        for text, path in (*_texts_without(statement), *_early_fields(statement)):
            if _OPENING in text:
                message = f"a variable has no meaning here: `{text}`"
                help = "use variables after the fifth colon of a resource and in condition values"
                yield Issue("VARIABLE_UNSUPPORTED_IN_ELEMENT", path, message, help)
        for condition in statement.conditions:
            for value in condition.values if condition.base and condition.family not in _FAMILIES else ():
                if _OPENING in value.text:
                    message = f"`{condition.operator}` takes `{value.text}` for plain text"
                    help = "variables work with operators of the String and Arn families"
                    yield Issue("INVALID_VARIABLE_FOR_OPERATOR", value.path, message, help)


def _expands(policy: Policy) -> bool:
    return policy.version is not None and policy.version.value == VERSION_WITH_VARIABLES


def _places(policy: Policy) -> Iterator[tuple[str, Path]]:
    for statement in policy.statements:
        for item in (*statement.resources, *statement.not_resources):
            yield item.value, item.path
        for condition in statement.conditions:
            for value in condition.values:
                yield value.text, value.path


def _texts_without(statement: Statement) -> Iterator[tuple[str, Path]]:
    for item in (*statement.actions, *statement.not_actions, *([statement.sid] if statement.sid else ())):
        yield item.value, item.path
    for principal in (*statement.principals, *statement.not_principals):
        yield principal.value, principal.path


def _early_fields(statement: Statement) -> Iterator[tuple[str, Path]]:
    for item in (*statement.resources, *statement.not_resources):
        before, _, _ = item.value.partition(_OPENING)
        if item.value.startswith("arn:") and before.count(":") < _FIELDS_BEFORE_RESOURCE:
            yield item.value, item.path


def _bodies(text: str) -> Iterator[str | None]:
    """What stands between `${` and `}`, or None where the variable is never closed."""
    for part in text.split(_OPENING)[1:]:
        body, closing, _ = part.partition("}")
        yield body if closing else None
