"""Other accounts that a trust policy lets in by their number alone: what AWS calls the confused deputy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from policies.composing import Fields, opened
from policies.engine import Layout
from policies.validation import Finding, Severity

ACCOUNT: Final = re.compile(r"(?:arn:aws:iam::)?(\d{12})(?::.+)?", re.ASCII)
TELLING: Final = frozenset(
    ("sts:externalid", "aws:principalorgid", "aws:principalorgpaths", "aws:principalarn", "aws:multifactorauthpresent")
)
"""Keys of which one is enough: then it is not only the number that counts."""
CODE: Final = "CONSOLE_OTHER_ACCOUNT_WITHOUT_CONDITION"


def findings(text: str, account_id: str) -> list[Finding]:
    """A suggestion for each statement that trusts another account on no condition."""
    document = opened(text)
    if document is None:
        return []
    layout, found = Layout(text), []
    for index, piece in enumerate(document.pieces):
        if accounts := list(_strangers(piece.fields, account_id)) if piece.fields else []:
            message = _("account %(accounts)s is let in on its number alone") % {"accounts": ", ".join(accounts)}
            help_text = _(
                "if it works for others too, agree on a value and add a condition on sts:ExternalId; for people, "
                "require aws:MultiFactorAuthPresent"
            )
            path = ("Statement", index, "Principal")
            found.append(Finding(Severity.SUGGESTION, CODE, message, help_text, path, layout.span(path)))
    return found


def _strangers(fields: Fields, account_id: str) -> Iterator[str]:
    if fields.effect != "Allow" or any(row.key.lower() in TELLING for row in fields.conditions):
        return
    for kind, name in fields.principals:
        match = ACCOUNT.fullmatch(name) if kind == "AWS" else None
        if match and match[1] != account_id:
            yield match[1]
