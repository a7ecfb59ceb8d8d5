"""Who gets in: signatures and console sessions."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from django.middleware.csrf import _get_new_csrf_string

from tests.console.client import sign_in
from tests.rest.signed import ROOT, Rest
from tests.support.tenants import PASSWORD, Tenant

ORIGIN = "http://localhost:8000"


@pytest.fixture
def browser(tenant: Tenant) -> Rest:
    """The administrator at the console, with session and CSRF cookies."""
    return signed_in(tenant)


def signed_in(tenant: Tenant, **profile: Any) -> Rest:
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD, **profile)
    session = sign_in(tenant, "admin").cookies["sessionid"].value
    cookies = f"sessionid={session}; csrftoken={_get_new_csrf_string()}"
    return Rest(tenant.app, headers={"Cookie": cookies})


def csrf(browser: Rest) -> dict[str, str]:
    return {"X-CSRFToken": browser.headers["Cookie"].partition("csrftoken=")[2], "Origin": ORIGIN}


def test_nobody_is_asked_to_say_who_he_is(anonymous: Rest) -> None:
    refused = anonymous.get("/users")
    assert (refused.status, refused.code) == (401, "MissingAuthenticationToken")
    assert refused.headers["WWW-Authenticate"] == 'AWS4-HMAC-SHA256 realm="iam", Bearer realm="iam"'


def test_an_authorization_of_another_kind_is_nobodys(tenant: Tenant, browser: Rest) -> None:
    assert Rest(tenant.app).get("/users", Authorization="Basic YTpi").code == "MissingAuthenticationToken"
    assert browser.get("/users", Authorization="Basic YTpi").code == "MissingAuthenticationToken"


@pytest.mark.parametrize(("service", "status"), [("iam", 200), ("iamconsole", 200), ("sts", 401)])
def test_the_signature_is_for_this_service(tenant: Tenant, service: str, status: int) -> None:
    assert Rest(tenant.app, tenant.admin_key, service=service).get("/users").status == status


def test_a_wrong_secret_is_refused(tenant: Tenant) -> None:
    refused = Rest(tenant.app, tenant.admin_key | {"SecretAccessKey": "x" * 40}).get("/users/admin")
    assert (refused.status, refused.code) == (401, "SignatureDoesNotMatch")


def test_a_signature_binds_path_query_and_body(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.support import inprocess

    real = inprocess.request
    for change in (
        lambda method, url, body: (method, url.replace("ada", "bob"), body),
        lambda method, url, body: (method, url + "?PathPrefix=/", body),
        lambda method, url, body: (method, url, body.replace(b"red", b"blu")),
        lambda method, url, body: ("DELETE", url, body),
    ):

        def altered(app: Any, method: str, url: str, headers: Any, body: bytes, change: Any = change) -> Any:
            method, url, body = change(method, url, body)
            return real(app, method, url, headers, body)

        monkeypatch.setattr(inprocess, "request", altered)
        tags = {"Tags": [{"Key": "team", "Value": "red"}]}
        refused = Rest(tenant.app, tenant.admin_key).post("/users/ada/tags", tags)
        assert refused.code == "SignatureDoesNotMatch"


def test_a_presigned_url_works_as_it_stands(tenant: Tenant) -> None:
    request = AWSRequest(method="GET", url=f"{ROOT}/users?PathPrefix=/&MaxItems=1")
    credentials = Credentials(tenant.admin_key["AccessKeyId"], tenant.admin_key["SecretAccessKey"])
    SigV4QueryAuth(credentials, "iam", "us-east-1", expires=60).add_auth(request)
    tenant.run("iam:CreateUser", user_name="ada")
    parts = urlsplit(request.url)
    answer = Rest(tenant.app).get(f"{parts.path.removeprefix('/api/v1')}?{parts.query}")
    assert len(answer.body["Users"]) == 1
    assert "X-Amz-" not in answer.headers["Link"]


def test_a_session_reads(browser: Rest, rest: Rest) -> None:
    assert browser.get("/users").body == rest.get("/users").body


def test_a_session_changes_things_only_with_its_csrf_token(browser: Rest) -> None:
    refused = browser.post("/users", {"UserName": "ada"}, Origin=ORIGIN)
    assert (refused.status, refused.code) == (403, "AccessDenied")
    assert "CSRF" in refused.body["detail"]
    wrong = csrf(browser) | {"X-CSRFToken": _get_new_csrf_string()}
    assert browser.post("/users", {"UserName": "ada"}, **wrong).code == "AccessDenied"
    elsewhere = csrf(browser) | {"Origin": "https://elsewhere.example"}
    assert browser.post("/users", {"UserName": "ada"}, **elsewhere).code == "AccessDenied"
    assert browser.send("DELETE", "/users/admin", Origin=ORIGIN).code == "AccessDenied"
    assert browser.post("/users", {"UserName": "ada"}, **csrf(browser)).status == 201


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_a_session_sends_nothing_that_a_form_could_send(browser: Rest, kind: str) -> None:
    headers = csrf(browser) | {"Content-Type": kind}
    refused = browser.send("POST", "/users", b"UserName=ada", **headers)
    assert (refused.status, refused.code) == (415, "UnsupportedMediaType")


def test_a_session_mints_no_token(browser: Rest) -> None:
    assert browser.post("/tokens", **csrf(browser)).code == "AccessDenied"


def test_a_password_that_must_be_changed_opens_nothing(tenant: Tenant) -> None:
    refused = signed_in(tenant, password_reset_required=True).get("/users")
    assert refused.code == "AccessDenied"
    assert "password must be changed" in refused.body["detail"]


def test_a_signature_stands_above_a_cookie(tenant: Tenant, browser: Rest) -> None:
    nobody = Rest(tenant.app, tenant.user("nobody"), headers=browser.headers)
    assert nobody.get("/caller-identity").body["Arn"].endswith(":user/nobody")
