"""Who is asking: requests wrong in one way each, and the code that AWS gives for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.query.wire import URL, presigned, send, signed, unsigned
from tests.support import inprocess
from tests.support.tenants import Tenant

LIST = "Action=ListUsers&Version=2010-05-08"


def altered(request: AWSRequest, header: str, change: Callable[[str], str]) -> AWSRequest:
    request.headers.replace_header(header, change(request.headers[header]))
    return request


def later(tenant: Tenant, minutes: int) -> AWSRequest:
    return signed(tenant, LIST, late=timedelta(minutes=minutes))


def tampered(request: AWSRequest) -> AWSRequest:
    request.data = request.data + "&MaxItems=1"
    return request


WRONG: dict[str, tuple[Callable[[Tenant], AWSRequest], str]] = {
    "no signature": (lambda t: unsigned(LIST), "MissingAuthenticationToken"),
    "a header that is none": (
        lambda t: unsigned(LIST, Authorization="AWS4-HMAC-SHA256 nonsense"),
        "IncompleteSignature",
    ),
    "another secret": (lambda t: signed(t, LIST, secret="w" * 40), "SignatureDoesNotMatch"),
    "an unknown key": (lambda t: signed(t, LIST, key="AKIAABSENTABSENT1234"), "InvalidClientTokenId"),
    "another service": (lambda t: signed(t, LIST, service="s3"), "SignatureDoesNotMatch"),
    "another body": (lambda t: tampered(signed(t, LIST)), "SignatureDoesNotMatch"),
    "another host": (
        lambda t: altered(_with_host(signed(t, LIST)), "Host", lambda _: "localhost"),
        "SignatureDoesNotMatch",
    ),
    "a signature cut short": (
        lambda t: altered(signed(t, LIST), "Authorization", lambda v: v[:-1]),
        "SignatureDoesNotMatch",
    ),
    "fewer signed headers": (
        lambda t: altered(
            signed(t, LIST), "Authorization", lambda v: re.sub("SignedHeaders=[^,]+", "SignedHeaders=host", v)
        ),
        "SignatureDoesNotMatch",
    ),
    "20 minutes old": (lambda t: later(t, 20), "SignatureDoesNotMatch"),
    "20 minutes ahead": (lambda t: later(t, -20), "SignatureDoesNotMatch"),
    "a presigned URL past its time": (
        lambda t: presigned(t, LIST, expires=60, late=timedelta(minutes=2)),
        "RequestExpired",
    ),
    "a token that no key of this kind has": (
        lambda t: unsigned(LIST, **_headers(signed(t, LIST)), X_Amz_Security_Token="token"),
        "InvalidClientTokenId",
    ),
}


def sent_as(request: AWSRequest, body: str) -> AWSRequest:
    """Another body under the same signature."""
    request.data = body
    return request


TAMPERED = {
    "+ for %20": ("Action=CreateUser&UserName=ada&Path=%20", "Action=CreateUser&UserName=ada&Path=+"),
    "a parameter twice": (f"{LIST}&PathPrefix=/a/", f"{LIST}&PathPrefix=/a/&PathPrefix=/"),
    "a parameter put first": (LIST, f"Action=CreateUser&{LIST}"),
    "an escaped letter": (LIST, LIST.replace("ListUsers", "List%55sers")),
}


@pytest.mark.parametrize("change", TAMPERED)
def test_a_body_is_signed_to_the_byte(tenant: Tenant, change: str) -> None:
    before, after = TAMPERED[change]
    assert send(tenant.app, sent_as(signed(tenant, before), after)).code == "SignatureDoesNotMatch"


UNSIGNED = {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}


@pytest.mark.parametrize("body", [LIST, "Action=DeleteUser&UserName=admin"])
def test_no_payload_goes_unsigned(tenant: Tenant, body: str) -> None:
    answer = send(tenant.app, sent_as(signed(tenant, LIST, **UNSIGNED), body))
    assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")


TARGETS = {
    "/?Action=ListUsers&Version=2010-05-08&PathPrefix=%2Fa%2F": {200},
    "/?Action=ListUsers&Version=2010-05-08&PathPrefix=%2F%20%2F": {400},  # signed well, and no path
    "/?Action=ListUsers&Version=2010-05-08&PathPrefix=%FF": {404},
    "//?Action=ListUsers&Version=2010-05-08": {403, 404},
    "/%2e/?Action=ListUsers&Version=2010-05-08": {403, 404},
    "/%FF?Action=ListUsers&Version=2010-05-08": {403, 404},
}


@pytest.mark.parametrize("target", TARGETS)
def test_odd_spellings_of_a_target_are_answered_without_an_error(tenant: Tenant, target: str) -> None:
    request = AWSRequest(method="GET", url=URL.rstrip("/") + target)
    credentials = Credentials(tenant.admin_key["AccessKeyId"], tenant.admin_key["SecretAccessKey"])
    SigV4Auth(credentials, "iam", "us-east-1").add_auth(request)
    answer = inprocess.request(tenant.app, "GET", request.url, dict(request.headers), b"")
    assert answer.status_code in TARGETS[target], answer.content


def _with_host(request: AWSRequest) -> AWSRequest:
    request.headers["Host"] = "localhost:8000"
    return request


def _headers(request: AWSRequest) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name != "Content-Type"}


@pytest.mark.parametrize("fault", WRONG)
def test_who_cannot_be_told_is_refused_with_awss_code(tenant: Tenant, fault: str) -> None:
    make, code = WRONG[fault]
    answer = send(tenant.app, make(tenant))
    assert answer.code == code, answer.text
    assert answer.status in (400, 403)
    assert answer.headers["x-amzn-RequestId"] == answer.between("RequestId")


def test_a_clock_a_little_off_and_any_region_are_fine(tenant: Tenant) -> None:
    for good in (later(tenant, 4), later(tenant, -4), signed(tenant, LIST, region="eu-west-1")):
        assert send(tenant.app, good).status == 200


def test_who_cannot_be_told_does_nothing(tenant: Tenant, iam: Any) -> None:
    send(tenant.app, signed(tenant, "Action=CreateUser&UserName=ada", secret="w" * 40))
    send(tenant.app, unsigned("Action=CreateUser&UserName=ada"))
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["admin"]
