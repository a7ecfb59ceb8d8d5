"""Whatever botocore signs, however hostile its spelling, we verify; and botocore spells paths as we do."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest import mock
from urllib.parse import quote, quote_plus, urlsplit

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import example, given
from hypothesis import strategies as st

from iamconsole.kernel.errors import SignatureDoesNotMatch
from iamconsole.runtime.authentication.sigv4 import SignedRequest, parse, verify
from iamconsole.runtime.authentication.sigv4.canonical import canonical_path

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOST = "iam.example.com"

# What urlsplit leaves in its place; the rest is as hostile as text can be.
URL_TEXT = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z"), exclude_characters="?#&")
SEGMENTS = st.one_of(
    st.sampled_from(
        ["", ".", "..", "%2F", "%2f", "%2E%2E", "%", "%zz", "+", "a b", " ", "~", "*", "=", ":", "@", "ሴ", "%FF"]
    ),
    st.text(URL_TEXT, max_size=8),
)
PATHS = st.lists(SEGMENTS, max_size=6).map(lambda segments: "/" + "/".join(segments))
RAW_QUERIES = st.lists(st.text(URL_TEXT, max_size=8), max_size=5).map("&".join)
PARAMETERS = st.lists(st.tuples(st.text(max_size=6), st.text(max_size=6)), max_size=5).filter(
    lambda pairs: not any(name.startswith("X-Amz-") for name, _ in pairs)
)
HEADER_TEXT = st.text(st.sampled_from([*"abcXYZ019 ,;:=\"'\t", "à", "ሴ", "…"]), min_size=1, max_size=12)
HEADERS = st.lists(
    st.tuples(st.sampled_from(["X-Test-A", "x-amz-meta", "Content-Type", "X-TEST-B"]), HEADER_TEXT), max_size=5
)
CREDENTIALS = st.builds(
    Credentials,
    st.just("ASIAIOSFODNN7EXAMPLE"),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60),
    st.one_of(st.none(), st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)),
)
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"])


def wire(text: str) -> str:
    """`text` as a server hands it over: UTF-8, one character a byte."""
    return text.encode().decode("latin-1")


def sign(request: AWSRequest, signer: SigV4Auth) -> list[tuple[str, str]]:
    with mock.patch("botocore.auth.get_current_datetime", return_value=NOW.replace(tzinfo=None)):
        signer.add_auth(request)
    return [(name, wire(value)) for name, value in request.headers.items()] + [("Host", HOST)]


def assert_verified(request: SignedRequest, credentials: Credentials) -> None:
    presented = parse(request)
    assert presented is not None
    assert presented.security_token == credentials.token
    known = {"services": frozenset({"iam"}), "now": NOW}
    verify(presented, request, secret=credentials.secret_key, **known)
    with pytest.raises(SignatureDoesNotMatch):
        verify(presented, request, secret=credentials.secret_key + "x", **known)


@given(path=PATHS)
@example("//")
@example("/..")
@example("/a/../")
@example("/./")
def test_a_path_is_spelt_as_botocore_spells_it(path: str) -> None:
    signer = SigV4Auth(Credentials("a", "b"), "iam", "us-east-1")
    assert canonical_path(wire(path)) == signer._normalize_url_path(path)


@given(
    path=PATHS, query=RAW_QUERIES, method=METHODS, headers=HEADERS, body=st.binary(max_size=50), credentials=CREDENTIALS
)
def test_a_request_signed_as_it_stands(
    path: str, query: str, method: str, headers: list[tuple[str, str]], body: bytes, credentials: Credentials
) -> None:
    request = AWSRequest(method=method, url=f"https://{HOST}{path}?{query}", data=body)
    for name, value in headers:
        request.headers[name] = value
    sent = sign(request, SigV4Auth(credentials, "iam", "us-east-1"))
    # A query that holds a space or a control character never reaches a server.
    assert_verified(SignedRequest(method, wire(urlsplit(request.url).path), wire(query), sent, body), credentials)


@given(parameters=PARAMETERS, spelling=st.sampled_from([quote, quote_plus]), credentials=CREDENTIALS)
def test_parameters_signed_by_value_are_verified_in_any_spelling(
    parameters: list[tuple[str, str]], spelling: type[quote], credentials: Credentials
) -> None:
    request = AWSRequest(method="GET", url=f"https://{HOST}/", params=parameters)
    sent = sign(request, SigV4Auth(credentials, "iam", "us-east-1"))
    query = "&".join(f"{spelling(name)}={spelling(value)}" for name, value in parameters)
    assert_verified(SignedRequest("GET", "/", query, sent), credentials)


@given(path=PATHS, parameters=PARAMETERS, expires=st.integers(1, 604_800), credentials=CREDENTIALS)
def test_a_presigned_url(path: str, parameters: list[tuple[str, str]], expires: int, credentials: Credentials) -> None:
    request = AWSRequest(method="GET", url=f"https://{HOST}{path}", params=dict(parameters))
    sent = sign(request, SigV4QueryAuth(credentials, "iam", "us-east-1", expires=expires))
    url = urlsplit(request.url)
    assert_verified(SignedRequest("GET", wire(url.path), url.query, sent), credentials)


@given(
    body=st.dictionaries(st.text(max_size=6), st.text(max_size=6), max_size=4),
    region=st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True),
)
def test_a_query_api_form_with_a_date_header(body: dict[str, str], region: str) -> None:
    credentials = Credentials("AKIAIOSFODNN7EXAMPLE", "secret")
    request = AWSRequest(method="POST", url=f"https://{HOST}/", data=body, headers={"Date": "replaced"})
    sent = sign(request, SigV4Auth(credentials, "iam", region))
    assert "X-Amz-Date" not in request.headers
    data = request.body or b""
    assert_verified(
        SignedRequest("POST", "/", "", sent, data if isinstance(data, bytes) else data.encode()), credentials
    )
