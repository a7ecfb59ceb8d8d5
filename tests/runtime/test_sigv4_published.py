"""The worked examples that AWS published for Signature Version 4: an outside judge beside botocore."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from iamconsole.kernel.errors import SignatureDoesNotMatch
from iamconsole.runtime.authentication.sigv4 import SignedRequest, derive_signing_key, parse, verify

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
AT, TIMESTAMP = datetime(2015, 8, 30, 12, 36, tzinfo=UTC), "20150830T123600Z"

Headers = list[tuple[str, str]]
FORM: Headers = [("content-type", "application/x-www-form-urlencoded; charset=utf-8"), ("host", "iam.amazonaws.com")]
PLAIN: Headers = [("Host", "example.amazonaws.com")]


@pytest.mark.parametrize(
    ("date", "key"),
    [
        ("20120215", "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d"),
        ("20150830", "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"),
    ],
)
def test_the_signing_key_of_the_documentation(date: str, key: str) -> None:
    assert derive_signing_key(SECRET, date=date, region="us-east-1", service="iam").hex() == key


# service, path, query, headers, signed headers, signature
EXAMPLES: dict[str, tuple[str, str, str, Headers, str, str]] = {
    "documentation: ListUsers": (
        "iam",
        "/",
        "Action=ListUsers&Version=2010-05-08",
        FORM,
        "content-type;host;x-amz-date",
        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    ),
    "get-vanilla": (
        "service",
        "/",
        "",
        PLAIN,
        "host;x-amz-date",
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    ),
    "get-vanilla-query-order-key-case": (
        "service",
        "/",
        "Param2=value2&Param1=value1",
        PLAIN,
        "host;x-amz-date",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    "get-vanilla-utf8-query": (
        "service",
        "/",
        "ሴ=bar".encode().decode("latin-1"),
        PLAIN,
        "host;x-amz-date",
        "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
    ),
    "get-header-value-trim": (
        "service",
        "/",
        "",
        [*PLAIN, ("My-Header1", " value1"), ("My-Header2", ' "a   b   c"')],
        "host;my-header1;my-header2;x-amz-date",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ),
    "normalize-path/get-slashes": (
        "service",
        "//example//",
        "",
        PLAIN,
        "host;x-amz-date",
        "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
    ),
    "normalize-path/get-space": (
        "service",
        "/example space/",
        "",
        PLAIN,
        "host;x-amz-date",
        "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
    ),
    "get-utf8": (
        "service",
        "/ሴ".encode().decode("latin-1"),
        "",
        PLAIN,
        "host;x-amz-date",
        "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
    ),
}


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_a_published_signature_verifies(example: tuple[str, str, str, Headers, str, str]) -> None:
    service, path, query, headers, signed_headers, signature = example
    authorization = (
        f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/{service}/aws4_request, "
        f"SignedHeaders={signed_headers}, Signature={signature}"
    )
    sent = [*headers, ("X-Amz-Date", TIMESTAMP), ("Authorization", authorization)]
    request = SignedRequest("GET", path, query, sent)
    presented = parse(request)
    assert presented is not None
    verify(presented, request, secret=SECRET, services=frozenset({service}), now=AT)
    with pytest.raises(SignatureDoesNotMatch):
        verify(presented, request, secret=SECRET[:-1], services=frozenset({service}), now=AT)
