"""Requests wrong in exactly one way each, and the fault AWS has for it. botocore signs, we verify."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from iamconsole.kernel.errors import (
    AuthenticationFault,
    IncompleteSignature,
    InvalidClientTokenId,
    RequestExpired,
    SignatureDoesNotMatch,
)
from iamconsole.runtime.authentication.sigv4 import SignedRequest, parse, verification, verify, verify_with

KEY_ID, SECRET, TOKEN = (
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "FwoGZXIvYXdzEXAMPLE//token==",
)
HOST, FORM = "iam.example.com", "application/x-www-form-urlencoded; charset=utf-8"
BODY = b"Action=ListUsers&Version=2010-05-08"
NOW = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
SERVICES = frozenset({"iam", "sts"})
DEFAULT = "The request signature we calculated does not match the signature you provided."

Headers = Sequence[tuple[str, str]]


def signed(
    *,
    method: str = "POST",
    target: str = "/",
    data: bytes = BODY,
    headers: Headers = (("Content-Type", FORM),),
    token: str | None = None,
    scope: tuple[str, str] = ("iam", "us-east-1"),
    secret: str = SECRET,
    at: datetime = NOW,
    expires: int | None = None,
) -> SignedRequest:
    """A request as it arrives after botocore signed it at `at`; presigned where `expires` is given."""
    credentials = Credentials(KEY_ID, secret, token)
    request = AWSRequest(method=method, url=f"https://{HOST}{target}", data=data)
    for name, value in headers:
        request.headers[name] = value
    signer = SigV4QueryAuth(credentials, *scope, expires=expires) if expires else SigV4Auth(credentials, *scope)
    with mock.patch("botocore.auth.get_current_datetime", return_value=at.replace(tzinfo=None)):
        signer.add_auth(request)
    url = urlsplit(request.url)
    sent = [*request.headers.items(), ("Host", HOST), ("User-Agent", "suite")]
    return SignedRequest(method, url.path, url.query, sent, b"" if expires else data)


def presigned(**options: Any) -> SignedRequest:
    defaults = {"method": "GET", "target": "/?Action=GetCallerIdentity&Version=2011-06-15", "data": b"", "headers": ()}
    return signed(**{**defaults, "expires": 60, **options})


def check(request: SignedRequest, *, secret: str = SECRET, now: datetime = NOW) -> None:
    presented = parse(request)
    assert presented is not None
    verify(presented, request, secret=secret, services=SERVICES, now=now)


# --- changes made on the way --------------------------------------------------------------------

Change = Callable[[SignedRequest], SignedRequest]


def with_headers(change: Callable[[Headers], Headers]) -> Change:
    return lambda request: replace(request, headers=change(request.headers))


def set_header(name: str, value: str) -> Change:
    return with_headers(lambda headers: [(n, value if n.lower() == name else v) for n, v in headers])


def add_header(name: str, value: str) -> Change:
    return with_headers(lambda headers: [*headers, (name, value)])


def drop_header(name: str) -> Change:
    return with_headers(lambda headers: [(n, v) for n, v in headers if n.lower() != name])


def sub_authorization(pattern: str, replacement: str) -> Change:
    def edited(value: str) -> str:
        result, count = re.subn(pattern, replacement, value)
        assert count == 1
        return result

    return with_headers(lambda headers: [(n, edited(v) if n == "Authorization" else v) for n, v in headers])


def sub_query(pattern: str, replacement: str) -> Change:
    def edited(request: SignedRequest) -> SignedRequest:
        query, count = re.subn(pattern, replacement, request.query)
        assert count == 1
        return replace(request, query=query)

    return edited


# --- good requests ------------------------------------------------------------------------------

GOOD = {
    "query api": signed(),
    "sts": signed(scope=("sts", "us-east-1")),
    "any region": signed(scope=("iam", "eu-west-1")),
    "pseudo region": signed(scope=("iam", "aws-global")),
    "temporary key": signed(token=TOKEN),
    "presigned": presigned(),
    "presigned with token": presigned(token=TOKEN),
    "date header": signed(headers=[("Date", "replaced by the signer")]),
    "hash header": signed(headers=[("X-Amz-Content-SHA256", sha256(BODY).hexdigest())]),
    "no space after commas": sub_authorization(", Signed", ",Signed")(signed()),
    "header names in capitals": with_headers(lambda headers: [(n.upper(), v) for n, v in headers])(signed()),
    "headers in another order": with_headers(lambda headers: headers[::-1])(signed()),
    "unsigned ordinary header": add_header("X-Forwarded-For", "10.0.0.1")(signed()),
    "extra white space": set_header("content-type", f"  {FORM.replace('; ', ';   ')} ")(
        signed(headers=[("Content-Type", FORM)])
    ),
    "empty segment in the path": replace(signed(target="/a/b"), path="//a/./c/../b"),
    "plus for a space": replace(signed(method="GET", target="/?a=x%20y", data=b""), query="a=x+y"),
    "unneeded escapes": replace(signed(method="GET", target="/?a=b", data=b""), query="%61=b"),
    "lower-case escapes": replace(signed(method="GET", target="/?a=%2Fx", data=b""), query="a=%2fx"),
    "query left unencoded": signed(method="GET", target="/?arn=arn:aws:iam::1:role/r&x=a+b", data=b""),
    "body kept elsewhere": replace(signed(), body=b"", body_sha256=sha256(BODY).hexdigest()),
}


@pytest.mark.parametrize("request_", GOOD.values(), ids=GOOD)
def test_a_right_signature_is_accepted(request_: SignedRequest) -> None:
    check(request_)


def test_what_was_presented() -> None:
    by_header, by_query = parse(signed(token=TOKEN)), parse(presigned(token=TOKEN))
    assert by_header is not None
    assert by_query is not None
    assert (by_header.access_key_id, by_header.region, by_header.service) == (KEY_ID, "us-east-1", "iam")
    assert (by_header.date, by_header.timestamp, by_header.signed_at) == ("20260101", "20260101T003000Z", NOW)
    assert by_header.signed_headers == ("content-type", "host", "x-amz-date", "x-amz-security-token")
    assert (by_header.presigned, by_header.expires) == (False, None)
    assert (by_query.presigned, by_query.expires, by_query.signed_headers) == (True, 60, ("host",))
    assert by_header.security_token == by_query.security_token == TOKEN
    assert by_header.signature not in repr(by_header)
    assert TOKEN not in repr(by_header)


@pytest.mark.parametrize(
    "request_",
    [
        drop_header("authorization")(signed()),
        set_header("authorization", "Bearer AWS4-HMAC-SHA256")(signed()),
        set_header("authorization", "")(signed()),
        replace(drop_header("authorization")(signed()), query="Action=ListUsers&X-Amz-Date=20260101T003000Z"),
    ],
    ids=["nothing", "another scheme", "empty header", "a date alone"],
)
def test_a_request_without_an_aws_signature_presents_none(request_: SignedRequest) -> None:
    assert parse(request_) is None


# --- faults -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wrong:
    fault: type[AuthenticationFault]
    phrase: str
    change: Change
    request: SignedRequest = field(default_factory=signed)


AUTHORIZATION = dict(signed().headers)["Authorization"]
ONE_LESS = "Authorization header requires"
MISSING = "AWS query-string parameters must include"
NOT_SIGNED = "must be a 'SignedHeader' in the AWS Authorization."
HASH = "The provided 'x-amz-content-sha256' header does not match what was computed."


def signed_instead(**options: Any) -> Change:
    return lambda _: signed(**options)


WRONG = {
    # the form of the header
    "nonsense": Wrong(
        IncompleteSignature, "missing equal-sign", set_header("authorization", "AWS4-HMAC-SHA256 nonsense")
    ),
    "nothing behind the algorithm": Wrong(
        IncompleteSignature, "missing equal-sign", set_header("authorization", "AWS4-HMAC-SHA256")
    ),
    "no credential": Wrong(
        IncompleteSignature, f"{ONE_LESS} 'Credential'", sub_authorization("Credential=[^,]+, ", "")
    ),
    "empty credential": Wrong(
        IncompleteSignature, f"{ONE_LESS} 'Credential'", sub_authorization("Credential=[^,]+", "Credential=")
    ),
    "no signed headers": Wrong(
        IncompleteSignature, f"{ONE_LESS} 'SignedHeaders'", sub_authorization("SignedHeaders=[^,]+, ", "")
    ),
    "no signature": Wrong(IncompleteSignature, f"{ONE_LESS} 'Signature'", sub_authorization(", Signature=.+", "")),
    "no date at all": Wrong(
        IncompleteSignature, "requires existence of either a 'X-Amz-Date' or a 'Date'", drop_header("x-amz-date")
    ),
    "two signatures": Wrong(IncompleteSignature, "one 'Signature'", sub_authorization("$", ", Signature=00")),
    "date not ISO": Wrong(
        IncompleteSignature, "'basic format'. Got '2026-01-01'", set_header("x-amz-date", "2026-01-01")
    ),
    "date that is none": Wrong(
        IncompleteSignature, "'basic format'. Got '20260231T000000Z'", set_header("x-amz-date", "20260231T000000Z")
    ),
    "two dates": Wrong(IncompleteSignature, "'basic format'", add_header("X-Amz-Date", "20260101T003000Z")),
    "credential of four parts": Wrong(
        IncompleteSignature, "exactly 5 slash-delimited elements", sub_authorization("/aws4_request", "")
    ),
    "credential of six parts": Wrong(
        IncompleteSignature, "exactly 5 slash-delimited elements", sub_authorization("/iam/", "/iam/iam/")
    ),
    "signed headers with a space": Wrong(
        IncompleteSignature, "header names separated by semicolons", sub_authorization("host;", "host; ")
    ),
    "another algorithm": Wrong(
        IncompleteSignature, "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'", sub_authorization("SHA256", "SHA1")
    ),
    "signature version 2": Wrong(
        IncompleteSignature, "Unsupported AWS 'algorithm': 'AWS'", set_header("authorization", f"AWS {KEY_ID}:c2ln")
    ),
    "two authorization headers": Wrong(
        IncompleteSignature, "one Authorization header", add_header("Authorization", AUTHORIZATION)
    ),
    "header and query": Wrong(
        IncompleteSignature, "not both", add_header("Authorization", AUTHORIZATION), request=presigned()
    ),
    "token twice": Wrong(
        IncompleteSignature,
        "X-Amz-Security-Token must be",
        lambda request: replace(request, query="X-Amz-Security-Token=x"),
        request=signed(token=TOKEN),
    ),
    # the form of the query
    **{
        f"presigned without {name}": Wrong(
            IncompleteSignature, f"{MISSING} 'X-Amz-{name}'", sub_query(f"X-Amz-{name}=[^&]+&?", ""), presigned()
        )
        for name in ("Algorithm", "Credential", "Signature", "SignedHeaders", "Date", "Expires")
    },
    "parameter given twice": Wrong(
        IncompleteSignature, "'X-Amz-Date' must be given once", sub_query("$", "&X-Amz-Date=x"), presigned()
    ),
    "parameter twice, once in disguise": Wrong(
        IncompleteSignature, "'X-Amz-Date' must be given once", sub_query("$", "&X%2DAmz-Date=x"), presigned()
    ),
    **{
        f"expires {text[:8]}": Wrong(
            IncompleteSignature, "from 1 to 604800 seconds", sub_query("Expires=60", f"Expires={text}"), presigned()
        )
        for text in ("0", "-1", "604801", "1e3", "%D9%A3", "%B2", "9" * 5000)
    },
    # who
    "key id with a NUL": Wrong(InvalidClientTokenId, "security token", sub_authorization(KEY_ID, r"AKIA\\x00")),
    "no key id": Wrong(
        InvalidClientTokenId, "security token", sub_authorization(f"Credential={KEY_ID}", "Credential=")
    ),
    "token with a NUL": Wrong(
        InvalidClientTokenId, "security token", set_header("x-amz-security-token", "\0"), request=signed(token=TOKEN)
    ),
    # the scope
    "foreign service": Wrong(
        SignatureDoesNotMatch,
        "Credential should be scoped to correct service: 'iam' or 'sts'.",
        signed_instead(scope=("s3", "us-east-1")),
    ),
    "service in capitals": Wrong(
        SignatureDoesNotMatch, "scoped to correct service", signed_instead(scope=("IAM", "us-east-1"))
    ),
    "no region": Wrong(
        SignatureDoesNotMatch,
        "Credential should be scoped to a valid Region, not ''.",
        signed_instead(scope=("iam", "")),
    ),
    "terminator": Wrong(
        SignatureDoesNotMatch,
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4_requesT'.",
        sub_authorization("aws4_request", "aws4_requesT"),
    ),
    "scope of the day before": Wrong(
        SignatureDoesNotMatch,
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        "'20251231' != '20260101', from '20260101T003000Z'.",
        sub_authorization("/20260101/", "/20251231/"),
    ),
    "two scope faults": Wrong(
        SignatureDoesNotMatch,
        "correct service: 'iam' or 'sts'. Credential should be scoped with",
        sub_authorization("iam/aws4_request", "s3/aws3"),
    ),
    # what is signed
    "host not signed": Wrong(
        SignatureDoesNotMatch, f"'Host' or ':authority' {NOT_SIGNED}", sub_authorization("host;", "")
    ),
    "date not signed": Wrong(SignatureDoesNotMatch, f"'x-amz-date' {NOT_SIGNED}", sub_authorization(";x-amz-date", "")),
    "token not signed": Wrong(
        SignatureDoesNotMatch, f"'x-amz-security-token' {NOT_SIGNED}", add_header("X-Amz-Security-Token", TOKEN)
    ),
    "token not signed in a presigned request": Wrong(
        SignatureDoesNotMatch,
        f"'x-amz-security-token' {NOT_SIGNED}",
        add_header("X-Amz-Security-Token", TOKEN),
        request=presigned(),
    ),
    "x-amz header slipped in": Wrong(SignatureDoesNotMatch, f"'x-amz-foo' {NOT_SIGNED}", add_header("X-Amz-Foo", "1")),
    "signed header lost": Wrong(SignatureDoesNotMatch, DEFAULT, drop_header("content-type")),
    "signed headers shuffled": Wrong(
        SignatureDoesNotMatch, DEFAULT, sub_authorization("content-type;host", "host;content-type")
    ),
    "signed headers in capitals": Wrong(SignatureDoesNotMatch, DEFAULT, sub_authorization("content-t", "Content-T")),
    "signed header named twice": Wrong(SignatureDoesNotMatch, DEFAULT, sub_authorization("host;", "host;host;")),
    # the payload
    "unsigned payload": Wrong(
        SignatureDoesNotMatch, HASH, signed_instead(headers=[("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD")])
    ),
    "streaming payload": Wrong(
        SignatureDoesNotMatch,
        HASH,
        signed_instead(headers=[("X-Amz-Content-SHA256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")]),
    ),
    "hash of another body": Wrong(
        SignatureDoesNotMatch, HASH, signed_instead(headers=[("X-Amz-Content-SHA256", "0" * 64)])
    ),
    "hash header kept, body swapped": Wrong(
        SignatureDoesNotMatch,
        HASH,
        lambda request: replace(request, body=b"Action=DeleteUser"),
        request=signed(headers=[("X-Amz-Content-SHA256", sha256(BODY).hexdigest())]),
    ),
    "hash given by a service is none": Wrong(
        SignatureDoesNotMatch,
        "64 lower-case hex digits",
        lambda request: replace(request, body_sha256="UNSIGNED-PAYLOAD"),
    ),
    # anything altered
    "other secret": Wrong(SignatureDoesNotMatch, DEFAULT, signed_instead(secret="w" * 40)),
    "method": Wrong(SignatureDoesNotMatch, DEFAULT, lambda request: replace(request, method="PUT")),
    "path": Wrong(SignatureDoesNotMatch, DEFAULT, lambda request: replace(request, path="/x")),
    "path with its escape undone": Wrong(
        SignatureDoesNotMatch,
        DEFAULT,
        lambda request: replace(request, path="/a/b"),
        request=signed(target="/a%2Fb"),
    ),
    "end of the path": Wrong(
        SignatureDoesNotMatch, DEFAULT, lambda request: replace(request, path="/a/"), request=signed(target="/a")
    ),
    "query added": Wrong(SignatureDoesNotMatch, DEFAULT, lambda request: replace(request, query="a=b")),
    "query parameter repeated": Wrong(
        SignatureDoesNotMatch,
        DEFAULT,
        lambda request: replace(request, query="a=b&a=b"),
        request=signed(target="/?a=b"),
    ),
    "query parameter renamed": Wrong(
        SignatureDoesNotMatch, DEFAULT, lambda request: replace(request, query="A=b"), request=signed(target="/?a=b")
    ),
    "plus where an escaped plus was": Wrong(
        SignatureDoesNotMatch, DEFAULT, lambda request: replace(request, query="a=+"), request=signed(target="/?a=%2B")
    ),
    "query cut elsewhere": Wrong(
        SignatureDoesNotMatch,
        DEFAULT,
        lambda request: replace(request, query="a=b&c=d"),
        request=signed(target="/?a=b%26c%3Dd"),
    ),
    "host": Wrong(SignatureDoesNotMatch, DEFAULT, set_header("host", "evil.example.com")),
    "second host": Wrong(SignatureDoesNotMatch, DEFAULT, add_header("Host", "evil.example.com")),
    "content type": Wrong(SignatureDoesNotMatch, DEFAULT, set_header("content-type", "text/plain")),
    "date within the day": Wrong(SignatureDoesNotMatch, DEFAULT, set_header("x-amz-date", "20260101T003001Z")),
    "token": Wrong(
        SignatureDoesNotMatch, DEFAULT, set_header("x-amz-security-token", "other"), request=signed(token=TOKEN)
    ),
    "region": Wrong(SignatureDoesNotMatch, DEFAULT, sub_authorization("us-east-1", "us-east-2")),
    "service": Wrong(SignatureDoesNotMatch, DEFAULT, sub_authorization("/iam/", "/sts/")),
    "body": Wrong(SignatureDoesNotMatch, DEFAULT, lambda request: replace(request, body=BODY + b"&MaxItems=1")),
    "signature cut": Wrong(SignatureDoesNotMatch, DEFAULT, sub_authorization(".$", "")),
    "signature longer": Wrong(SignatureDoesNotMatch, DEFAULT, sub_authorization("$", "0")),
    "signature in letters that are none": Wrong(SignatureDoesNotMatch, DEFAULT, sub_authorization(".$", "é")),
    "presigned action": Wrong(
        SignatureDoesNotMatch, DEFAULT, sub_query("GetCallerIdentity", "GetSessionToken"), presigned()
    ),
    "presigned expiry": Wrong(SignatureDoesNotMatch, DEFAULT, sub_query("Expires=60", "Expires=61"), presigned()),
    "presigned with a body": Wrong(
        SignatureDoesNotMatch, DEFAULT, lambda request: replace(request, body=b"Action=ListUsers"), presigned()
    ),
    "presigned token": Wrong(
        SignatureDoesNotMatch, DEFAULT, sub_query("Token=[^&]+", "Token=other"), presigned(token=TOKEN)
    ),
    "presigned token stripped": Wrong(
        SignatureDoesNotMatch, DEFAULT, sub_query("&X-Amz-Security-Token=[^&]+", ""), presigned(token=TOKEN)
    ),
    # what cannot have been on the wire
    "line break in the method": Wrong(SignatureDoesNotMatch, DEFAULT, signed_instead(method="POST\n/")),
    "letter that is no byte": Wrong(SignatureDoesNotMatch, DEFAULT, lambda request: replace(request, path="/ሴ")),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_request_wrong_in_one_way_is_refused_in_the_words_of_aws(wrong: Wrong) -> None:
    check(wrong.request)
    with pytest.raises(AuthenticationFault) as refusal:
        check(wrong.change(wrong.request))
    assert type(refusal.value) is wrong.fault
    assert wrong.phrase in refusal.value.message
    assert SECRET not in refusal.value.message


def test_every_digit_of_the_signature_counts() -> None:
    request = signed()
    for position in range(64):
        digit = AUTHORIZATION[-64:][position]
        altered = AUTHORIZATION[:-64] + AUTHORIZATION[-64:][:position] + ("0" if digit != "0" else "1")
        altered += AUTHORIZATION[-64:][position + 1 :]
        with pytest.raises(SignatureDoesNotMatch):
            check(set_header("authorization", altered)(request))


def test_the_message_of_a_broken_header_names_all_that_is_missing_and_no_signature() -> None:
    broken = set_header("authorization", "AWS4-HMAC-SHA256 Signature=c0ffee")(drop_header("x-amz-date")(signed()))
    with pytest.raises(IncompleteSignature) as refusal:
        parse(broken)
    assert "'Credential'" in refusal.value.message
    assert "'SignedHeaders'" in refusal.value.message
    assert "'X-Amz-Date'" in refusal.value.message
    assert "'Signature'" not in refusal.value.message
    assert "c0ffee" not in refusal.value.message


# --- time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "fault", "message"),
    [
        (900, None, ""),
        (-900, None, ""),
        (
            901,
            SignatureDoesNotMatch,
            "Signature expired: 20260101T003000Z is now earlier than 20260101T003001Z (20260101T004501Z - 15 min.)",
        ),
        (
            -901,
            SignatureDoesNotMatch,
            "Signature not yet current: 20260101T003000Z is still later than 20260101T002959Z "
            "(20260101T001459Z + 15 min.)",
        ),
    ],
)
def test_the_clock_may_be_off_by_fifteen_minutes(
    seconds: int, fault: type[AuthenticationFault] | None, message: str
) -> None:
    now = NOW + timedelta(seconds=seconds)
    if fault is None:
        check(signed(), now=now)
        return
    with pytest.raises(fault) as refusal:
        check(signed(), now=now)
    assert refusal.value.message == message


@pytest.mark.parametrize(
    ("expires", "seconds", "fault"),
    [
        (60, 60, None),
        (60, 61, RequestExpired),
        (1, 2, RequestExpired),
        (604_800, 604_800, None),
        (604_800, 604_801, RequestExpired),
        (60, -900, None),
        (60, -901, SignatureDoesNotMatch),
    ],
)
def test_a_presigned_request_lives_as_long_as_it_says(
    expires: int, seconds: int, fault: type[AuthenticationFault] | None
) -> None:
    now = NOW + timedelta(seconds=seconds)
    if fault is None:
        check(presigned(expires=expires), now=now)
        return
    with pytest.raises(fault):
        check(presigned(expires=expires), now=now)


def test_a_request_signed_just_before_midnight_holds_on_the_next_day() -> None:
    midnight = datetime(2026, 1, 2, tzinfo=UTC)
    check(signed(at=midnight - timedelta(seconds=1)), now=midnight + timedelta(minutes=5))


@pytest.mark.parametrize(
    "date",
    [
        "Thu, 01 Jan 2026 00:30:00 GMT",
        "Thu, 01 Jan 2026 00:30:00 -0000",
        "Thu, 01 Jan 2026 02:30:00 +0200",
        "20260101T003000Z",
    ],
)
def test_a_date_header_is_read_as_one_moment(date: str) -> None:
    presented = parse(add_header("Date", date)(drop_header("x-amz-date")(signed())))
    assert presented is not None
    assert presented.timestamp == "20260101T003000Z"


def test_a_date_header_without_a_zone_is_in_utc_wherever_we_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        presented = parse(add_header("Date", "Thu, 01 Jan 2026 00:30:00 -0000")(drop_header("x-amz-date")(signed())))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert presented is not None
    assert presented.timestamp == "20260101T003000Z"


def test_a_fraction_of_a_second_makes_no_difference() -> None:
    check(signed(), now=NOW + timedelta(minutes=15, microseconds=999_999))


def test_times_are_told_in_utc() -> None:
    with pytest.raises(SignatureDoesNotMatch, match=r"earlier than 20260101T011500Z \(20260101T013000Z - 15 min"):
        check(signed(), now=datetime(2026, 1, 1, 3, 30, tzinfo=timezone(timedelta(hours=2))))


def test_x_amz_date_goes_before_date() -> None:
    check(add_header("Date", "Thu, 01 Jan 1970 00:00:00 GMT")(signed()))


# --- how it is compared -------------------------------------------------------------------------


def test_the_comparison_is_the_constant_time_one(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    monkeypatch.setattr(verification, "compare_digest", lambda a, b: compared.append((a, b)) is not None)
    with pytest.raises(SignatureDoesNotMatch):
        check(signed())
    assert [a == b for a, b in compared] == [True]


def test_no_key_is_asked_for_before_all_else_is_in_order() -> None:
    request = signed(scope=("s3", "us-east-1"))
    presented = parse(request)
    assert presented is not None
    asked: list[bytes] = []
    with pytest.raises(SignatureDoesNotMatch):
        verify_with(lambda: asked.append(b"") or b"", presented, request, services=SERVICES, now=NOW)
    assert asked == []


WIRE = st.text(st.characters(codec="utf-8"), max_size=40)
CLAIMS = st.one_of(
    WIRE, st.sampled_from(["20260101T003000Z", "host;x-amz-date", f"{KEY_ID}/20260101/r/iam/aws4_request"])
)


@given(
    method=WIRE,
    path=WIRE,
    query=st.one_of(
        WIRE,
        st.lists(
            st.builds(
                "X-Amz-{}={}".format,
                st.sampled_from(["Algorithm", "Credential", "Signature", "SignedHeaders", "Date", "Expires"]),
                st.one_of(CLAIMS, st.just("AWS4-HMAC-SHA256"), st.just("60")),
            )
        ).map("&".join),
    ),
    headers=st.lists(
        st.tuples(st.one_of(WIRE, st.sampled_from(["Host", "Date", "X-Amz-Date", "X-Amz-Security-Token"])), CLAIMS)
    ),
    authorization=st.one_of(
        st.none(),
        WIRE,
        st.builds("AWS4-HMAC-SHA256 Credential={}, SignedHeaders={}, Signature={}".format, CLAIMS, CLAIMS, WIRE),
    ),
)
def test_no_request_whatsoever_gets_anything_but_an_authentication_fault(
    method: str, path: str, query: str, headers: Headers, authorization: str | None
) -> None:
    sent = [*headers, *([("Authorization", authorization)] if authorization is not None else [])]
    request = SignedRequest(method, path, query, sent, BODY)
    try:
        if parse(request) is not None:
            check(request)
    except AuthenticationFault:
        return
    assert parse(request) is None
