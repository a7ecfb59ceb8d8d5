"""The HTTP request as it came off the wire, before anything decoded it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from iamconsole.kernel.errors import SignatureDoesNotMatch

# A method or a header name (RFC 9110).
HTTP_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"

_SHA256_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class SignedRequest:
    """One request; `path` and `query` are the raw target, still percent-encoded, the query without its `?`.

    Text follows PEP 3333: every character stands for one byte (latin-1), as WSGI servers hand it over.
    `body_sha256` (lower-case hex) replaces `body` where another service holds the body.
    """

    method: str
    path: str
    query: str = field(repr=False)
    headers: Sequence[tuple[str, str]] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    body_sha256: str | None = None

    @cached_property
    def headers_by_name(self) -> Mapping[str, list[str]]:
        """Values in the order received, by lower-case name."""
        found: dict[str, list[str]] = {}
        for name, value in self.headers:
            found.setdefault(name.lower(), []).append(value)
        return found

    def header(self, name: str) -> str | None:
        """The value of the header `name` (lower case), repetitions joined by commas; None where it is absent."""
        values = self.headers_by_name.get(name)
        return ",".join(values) if values else None

    @cached_property
    def payload_hash(self) -> str:
        """SHA-256 of the body in lower-case hex."""
        if self.body_sha256 is None:
            return sha256(self.body).hexdigest()
        if not _SHA256_HEX.fullmatch(self.body_sha256):
            raise SignatureDoesNotMatch("The body hash must be the 64 lower-case hex digits of a SHA-256.")
        return self.body_sha256


def wire_bytes(text: str) -> bytes:
    """The bytes that `text` had on the wire; a character that no byte can be was never signed."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise SignatureDoesNotMatch from None
