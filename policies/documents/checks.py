"""What a document must satisfy before it is stored: the engine's own parser reads it, and its size is within quota.

The parser used here is the one that evaluates: no document means one thing when saved and another when it decides.
"""

from __future__ import annotations

import re

from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import LimitExceeded, MalformedPolicyDocument
from policies.engine import Document, MalformedPolicy, PolicyKind, parse

SPACE = re.compile(r"[\t\n\r ]")


def size(text: str) -> int:
    """Characters as AWS counts them: white space left out."""
    return len(SPACE.sub("", text))


def parsed(text: str, kind: PolicyKind = PolicyKind.IDENTITY) -> Document:
    """The document, or MalformedPolicyDocument in AWS's words followed by what is wrong and where."""
    try:
        return parse(text, kind)
    except MalformedPolicy as malformed:
        raise MalformedPolicyDocument(sentence(malformed)) from None


def sentence(malformed: MalformedPolicy) -> str:
    """AWS's sentence, then in our words what is wrong and where: nobody should have to guess."""
    if malformed.detail == malformed.message:
        return malformed.message
    return f"{malformed.message} (line {malformed.line}, column {malformed.column}: {malformed.detail})"


def checked(call: Call, text: str, *, kind: PolicyKind = PolicyKind.IDENTITY, quota: str) -> Document:
    """A document that parses and whose size is within the named quota (LimitExceeded)."""
    limit = call.quota(quota).limit
    if size(text) > limit:
        raise LimitExceeded(f"Cannot exceed quota for {quota}: {limit}")
    return parsed(text, kind)
