"""Patterns over ARNs (`arn:partition:service:region:account:resource`): in Resource elements and in Arn conditions."""

from dataclasses import replace
from typing import Final

from policies.engine.variables import Parts, Variable, template, within_fields
from policies.engine.wildcard import MANY, Wild, joined, tokenize

FIELDS: Final = 6
_LAST: Final = FIELDS - 1


def resource_parts(pattern: str, *, variables: bool) -> Parts:
    """Split a Resource pattern.

    A `*` that ends one of the first five fields may run on across colons, any other wildcard of them may not; in the
    resource part colons are characters like any other, and only there are variables filled in. A short ARN is completed
    with `*`.
    """
    fields = pattern.split(":", _LAST)
    if fields[0] == "arn":
        fields += ["*"] * (FIELDS - len(fields))
    parts: list[str | Wild | Variable] = []
    for index, field in enumerate(fields):
        if index:
            parts.append(":")
        if index == _LAST:
            parts += template(field, variables=variables)
        else:
            parts += _field(field)
    return joined(parts)


def _field(field: str) -> Parts:
    *tokens, last = tokenize(field) or ("",)
    return (*map(within_fields, tokens), last if last is MANY else within_fields(last))


def condition_parts(pattern: str, *, variables: bool) -> Parts:
    """Split the value of an Arn operator; no wildcard crosses one of the first five colons.

    A variable that is the whole value may hold a whole ARN; within one of the first five fields it may not bring
    further fields along. So a value of fewer colons than an ARN has matches none.
    """
    whole = template(pattern, variables=variables)
    if len(whole) == 1 and isinstance(whole[0], Variable):
        return whole
    parts: list[str | Wild | Variable] = []
    colons = 0
    for part in whole:
        if isinstance(part, str):
            colons += part.count(":")
            parts.append(part)
        elif colons >= _LAST:
            parts.append(part)
        else:
            parts.append(within_fields(part) if isinstance(part, Wild) else replace(part, in_field=True))
    return joined(parts)


def is_arn(text: str) -> bool:
    """Whether a text has the six fields of an ARN."""
    return text.startswith("arn:") and text.count(":") >= _LAST
