"""Policy documents as they come: objects, JSON texts, or URL-encoded JSON texts as AWS's API writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote


def policy_text(document: Any) -> str:
    """The document as text, its own where it was text; ValueError for anything that is no JSON object."""
    if isinstance(document, Mapping):
        return json.dumps(document, indent=2)
    if not isinstance(document, str):
        raise ValueError("a policy document must be a JSON object, or the text of one")
    text = unquote(document) if document.lstrip().startswith("%") else document
    try:
        is_object = isinstance(json.loads(text), dict)
    except ValueError as fault:
        raise ValueError(f"the policy document is not JSON: {fault}") from None
    if not is_object:
        raise ValueError("a policy document must be a JSON object")
    return text
