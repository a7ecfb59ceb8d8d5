"""Policy variables: `${key}`, `${key, 'default'}` and the escapes `${*}`, `${?}`, `${$}`."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from policies.engine.context import Context
from policies.engine.wildcard import MANY_IN_FIELD, ONE_IN_FIELD, Tokens, Wild, joined, tokenize


@dataclass(frozen=True, slots=True)
class Variable:
    """A place to fill from the request: `key` is lower case; `in_field` forbids a value that holds a colon."""

    key: str
    default: str | None = None
    in_field: bool = False

    def value(self, context: Context) -> str | None:
        """The text to put in, or None where the key is absent or has several values."""
        found = context.find(self.key)
        if found is None:
            found = self.default
        if not isinstance(found, str) or (self.in_field and ":" in found):
            return None
        return found


Parts: TypeAlias = tuple[str | Wild | Variable, ...]

_VARIABLE = re.compile(r"\$\{(?:(?P<escape>[*?$])|(?P<key>[^{}',]*)(?:,\s*'(?P<default>[^']*)')?)\}")


def template(text: str, *, variables: bool) -> Parts:
    """Split a text of a policy into literals, wildcards and variables; what is not well formed stays literal."""
    if not variables or "${" not in text:
        return tokenize(text)
    parts: list[str | Wild | Variable] = []
    at = 0
    for found in _VARIABLE.finditer(text):
        parts += tokenize(text[at : found.start()])
        escape, key, default = found.groups()
        parts.append(escape or Variable(key.lower(), default))
        at = found.end()
    parts += tokenize(text[at:])
    return tuple(parts)


def bind(parts: Parts, context: Context) -> Tokens | None:
    """Fill in the variables; a value is literal, its `*` and `?` match themselves. None if one has no value."""
    tokens: list[str | Wild] = []
    for part in parts:
        if isinstance(part, Variable):
            value = part.value(context)
            if value is None:
                return None
            tokens.append(value)
        else:
            tokens.append(part)
    return joined(tokens)


def fixed(parts: Parts) -> Tokens | None:
    """The tokens of parts without variables, or None if there are any."""
    tokens = [part for part in parts if not isinstance(part, Variable)]
    return joined(tokens) if len(tokens) == len(parts) else None


def within_fields(token: str | Wild) -> str | Wild:
    """The same token; a wildcard is kept from matching a colon."""
    if isinstance(token, Wild):
        return MANY_IN_FIELD if token.many else ONE_IN_FIELD
    return token
