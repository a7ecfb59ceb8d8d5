"""Putting words together."""

import re
from collections.abc import Sequence
from typing import Final

_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SHORT: Final = 2  # letters of what is taken for an abbreviation in capitals, or more


def listed(items: Sequence[str], *, last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < _SHORT:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def words(name: str) -> str:
    """`ListAllMyBuckets` as `list all my buckets`; what is all capitals, such as `MFA`, stays."""
    parts = _CAPITAL.split(name)
    return " ".join(part if part.isupper() and len(part) >= _SHORT else part.lower() for part in parts)
