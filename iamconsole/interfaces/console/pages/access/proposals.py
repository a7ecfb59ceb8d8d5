"""Changes that a link proposes: an editor opens with them, and nothing is saved before somebody saves it.

`add`: a policy whose statements are added · `drop`: the number of a statement (from 0) that is left out ·
`actions`: with `drop`, the statement stays, with these actions in place of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

EMPTY = '{"Version": "2012-10-17", "Statement": []}'
FIELDS = ("add", "drop", "actions")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A document and what was done to it; `notice` is empty where nothing was."""

    text: str
    notice: Any = ""


def is_made(query: Mapping[str, str]) -> bool:
    """Whether a link proposes anything."""
    return any(query.get(field) for field in FIELDS)


def applied(query: Mapping[str, str], text: str) -> Proposal:
    """The document with what the link says; one that the link does not fit stays as it is."""
    if not is_made(query):
        return Proposal(text)
    try:
        document = json.loads(text)
        statements = _listed(document["Statement"])
        changed, notice = _changed(query, statements)
    except (ValueError, LookupError, TypeError):
        return Proposal(text, _("The change that this link proposes does not fit this document any more."))
    return Proposal(json.dumps({**document, "Statement": changed}, indent=2) + "\n", notice)


def _changed(query: Mapping[str, str], statements: list[Any]) -> tuple[list[Any], Any]:
    if added := query.get("add"):
        new = _listed(json.loads(added)["Statement"])
        said = _("A statement was added at the end. Check it, then save; nothing has changed yet.")
        return [*statements, *new], said
    number = int(query["drop"])
    if not 0 <= number < len(statements):
        raise LookupError(number)
    before, after = statements[:number], statements[number + 1 :]
    if actions := query.get("actions"):
        kept = {name: value for name, value in statements[number].items() if name not in ("Action", "NotAction")}
        kept["Action"] = actions.split(",")
        said = _("Statement %(n)d was narrowed to the actions in use. Check it, then save; nothing has changed yet.")
        return [*before, kept, *after], said % {"n": number + 1}
    said = _("Statement %(n)d was taken out. Check what is left, then save; nothing has changed yet.")
    return [*before, *after], said % {"n": number + 1}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
