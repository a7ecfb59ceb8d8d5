"""Tags of documents: what a caller saw, so that nobody overwrites what somebody else wrote meanwhile.

A managed policy is tagged by the id of its default version, which is never used twice; a document without versions by
the digest of its text. The handler that replaces it compares tags once its row is locked, so there is no moment between
the comparison and the change.
"""

from __future__ import annotations

from hashlib import sha256

ABSENT = "absent"
"""The tag of a document that is not there: whoever gives it wants to create, not to replace."""


def tag_of(document: str | None) -> str:
    """The tag of a document without versions."""
    return ABSENT if document is None else sha256(document.encode()).hexdigest()
