"""Which characters a field takes, as a sentence instead of the regular expression that operations answer with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

PATTERN: Final = "Member must satisfy regular expression pattern: "
TAGS: Final = _("Only letters, digits, spaces and _ . : / = + - @ may stand here.")
SENTENCES: Final[Mapping[str, Any]] = {
    r"[\w+=,.@-]+": _("Only the letters A to Z and a to z, digits and + = , . @ _ - may stand here, and no spaces."),
    r"[\w._-]+": _("Only the letters A to Z and a to z, digits and . _ - may stand here, and no spaces."),
    r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)": _("A path begins and ends with a slash, and has no spaces."),
    r"((/[A-Za-z0-9\.,\+@=_-]+)*)/": _(
        "A path begins and ends with a slash; between slashes only the letters A to Z and a to z, digits and "
        ". , + @ = _ - may stand."
    ),
    r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$": _(
        "Only the letters a to z, digits and single hyphens may stand here, and no hyphen first or last."
    ),
    r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+": TAGS,
    r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*": TAGS,
}
"""By the pattern, as AWS writes it."""


def in_words(constraint: str) -> str:
    """What was demanded, in words where it is a pattern that has some."""
    pattern = constraint.removeprefix(PATTERN)
    return str(SENTENCES[pattern]) if pattern != constraint and pattern in SENTENCES else constraint
