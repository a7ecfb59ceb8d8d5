"""JSON as it comes: files, and policy documents as objects, texts, or the URL-encoded texts of AWS's API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from iamconsole.kernel.errors import ValidationError


def json_of(text: str) -> Any:
    """The JSON of a file; ValidationError says where it breaks."""
    try:
        return json.loads(text)
    except ValueError as fault:
        raise ValidationError(f"the file is not JSON: {fault}") from None


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
