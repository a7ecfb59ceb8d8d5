"""The canonical request: one spelling for every way to write the same request.

Source: IAM user guide, "Create a signed AWS API request"; botocore's signer for every service but S3 is the judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote_from_bytes, unquote_to_bytes

from iamconsole.kernel.errors import SignatureDoesNotMatch

from .request import HTTP_NAME, SignedRequest, wire_bytes

# A line break that reached the canonical request would let one signature stand for two requests. Servers refuse such
# requests, but some requests are described to us by other services.
_METHOD = re.compile(HTTP_NAME)
_SPACE_OR_CONTROL = re.compile(r"[\x00-\x20\x7f]")


def canonical_request(request: SignedRequest, *, query: str, signed_headers: Sequence[str]) -> bytes:
    """The text whose hash is signed; `query` is one of `canonical_queries`."""
    if not _METHOD.fullmatch(request.method):
        raise SignatureDoesNotMatch
    return b"\n".join(
        (
            request.method.upper().encode(),
            canonical_path(request.path).encode(),
            wire_bytes(query),
            *(_canonical_header(request, name) for name in signed_headers),
            b"",
            ";".join(signed_headers).encode(),
            request.payload_hash.encode(),
        )
    )


def canonical_path(path: str) -> str:
    """The path without empty, `.` and `..` segments, percent-encoded once more than it was received."""
    if path in {"", "/"}:
        return "/"
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in {"", "."}:
            kept.append(segment)
    start = "/" if path.startswith("/") else ""
    end = "/" if kept and path.endswith("/") else ""
    return quote_from_bytes(wire_bytes(start + "/".join(kept) + end), safe="/~")


def canonical_queries(query: str, *, presigned: bool) -> Iterator[str]:
    """The canonical query strings a signer may have used: AWS's, then where it differs the sorted query as sent.

    AWS decodes and re-encodes each name and value (`+` is a space); botocore signs a query written into the URL as it
    stands. Both bind the same names and values, so taking either opens nothing.
    """
    if not query:
        yield ""
        return
    pairs = [_split(pair) for pair in query.split("&")]
    if presigned:
        pairs = [pair for pair in pairs if decode(pair[0]) != b"X-Amz-Signature"]
    encoded = _joined([(_encode(name), _encode(value)) for name, value in pairs])
    yield encoded
    as_sent = _joined(pairs)
    if as_sent != encoded and not _SPACE_OR_CONTROL.search(as_sent):
        yield as_sent


def decode(text: str) -> bytes:
    """The bytes that a name or value of a query string stands for."""
    return unquote_to_bytes(wire_bytes(text).replace(b"+", b" "))


def _split(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return name, value


def _encode(text: str) -> str:
    return quote_from_bytes(decode(text), safe="~")


def _joined(pairs: Sequence[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _canonical_header(request: SignedRequest, name: str) -> bytes:
    # Bytes on purpose: str.split() would also break at 0x85 and 0xA0, which are parts of UTF-8 letters.
    values = request.headers_by_name[name]
    return name.encode() + b":" + b",".join(b" ".join(wire_bytes(value).split()) for value in values)
