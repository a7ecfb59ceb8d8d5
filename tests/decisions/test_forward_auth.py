"""`/forward-auth`: what a proxy asks before it lets a request through."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from iamconsole.interfaces.decisions.original import safe_path
from iamconsole.kernel.errors import AccessDenied
from tests.decisions.asking import Doors, arn
from tests.decisions.wire import document, signed, statement
from tests.support.tenants import Tenant

SITE = document(
    statement("Allow", ["web:GET", "web:HEAD"], "arn:aws:web:::files.example.com/public/*"),
    statement("Allow", "files:Read", "arn:aws:files:::public/*"),
    statement("Allow", "iamconsole:CreateToken"),
)


@pytest.fixture
def key(tenant: Tenant) -> dict[str, str]:
    return tenant.user("visitor", SITE)


@pytest.fixture
def visitor(tenant: Tenant, key: dict[str, str]) -> Doors:
    return Doors(tenant.app, key).bearing()


def nginx(uri: str, method: str = "GET", host: str = "files.example.com") -> dict[str, str]:
    return {"X-Original-URI": uri, "X-Original-Method": method, "Host": host}


def traefik(uri: str, method: str = "GET", host: str = "files.example.com") -> dict[str, str]:
    return {"X-Forwarded-Uri": uri, "X-Forwarded-Method": method, "X-Forwarded-Host": host}


def ask(doors: Doors, headers: dict[str, str], path: str = "/forward-auth", method: str = "GET") -> Any:
    return doors.send(method, path, **headers)


@pytest.mark.parametrize("proxy", [nginx, traefik])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_may_goes_on_and_who_may_not_stays_out(tenant: Tenant, visitor: Doors, proxy: Any, method: str) -> None:
    answer = ask(visitor, proxy("/public/a?x=1"), method=method)
    assert (answer.status, answer.content) == (200, b"")
    assert answer.headers["X-Iam-Principal"] == arn(tenant, "user/visitor")
    for asked in (proxy("/private/a"), proxy("/public/a", "POST"), proxy("/public/a", host="other.example.com")):
        denied = ask(visitor, asked, method=method)
        assert (denied.status, denied.code) == (403, "AccessDenied")
        assert denied.headers["X-Iam-Authorization-Id"] == denied.body["authorizationId"]
        assert denied.headers["X-Iam-Principal"] == arn(tenant, "user/visitor")


@pytest.mark.parametrize("headers", [{}, nginx("/public/a"), nginx("/a/../b"), {"Authorization": "Basic eDp5"}])
def test_nobody_is_asked_who_he_is(tenant: Tenant, headers: dict[str, str]) -> None:
    answer = ask(Doors(tenant.app), {**nginx("/public/a"), **headers})
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("AWS4-HMAC-SHA256")
    assert ask(Doors(tenant.app), {}).status == 401


@pytest.mark.parametrize("given", ["Bearer iamt_x", "AWS4-HMAC-SHA256 nonsense", "AWS4 Credential=x"])
def test_bad_credentials_are_a_401_whatever_the_fault(tenant: Tenant, given: str) -> None:
    assert ask(Doors(tenant.app, headers={"Authorization": given}), nginx("/public/a")).status == 401


def test_the_mapping_is_the_proxys(visitor: Doors) -> None:
    mapped = "/forward-auth?action=files:Read&resource=arn:aws:files:::public{path}"
    assert ask(visitor, nginx("/a/b"), mapped).status == 200
    assert ask(visitor, nginx("/a/b"), mapped.replace("public", "private")).status == 403
    assert (
        ask(visitor, nginx("/a/{host}"), "/forward-auth?action=files:Read&resource=arn:aws:files:::{path}").status
        == 403
    )
    assert ask(visitor, nginx("/a"), "/forward-auth?action=nonsense").status == 403
    assert ask(visitor, nginx("/a"), "/forward-auth?actoin=files:Read").code == "InvalidParameterValue"


@pytest.mark.parametrize(
    "uri",
    [
        "/public/../private",
        "/public/%2e%2e/private",
        "/public/./a",
        "//public/a",
        "/public//a",
        "/public/..;/private",
        "/public/%2fa",
        "/public/%5ca",
        "/public/\\a",
        "/public/%00",
        "/public/%252e%252e/private",
        "/public/%zz",
        "/public/%ff",
        "/public/%0aa",
        "/public/a#b",
        "public/a",
        "http://files.example.com/public/a",
        "",
    ],
)
def test_a_path_that_can_be_read_in_two_ways_is_refused(visitor: Doors, uri: str) -> None:
    assert ask(visitor, nginx(uri)).status == 403
    with pytest.raises(AccessDenied):
        safe_path(uri)


@pytest.mark.parametrize(
    ("target", "path"),
    [("/", "/"), ("/a/", "/a/"), ("/a%20b?../..", "/a b"), ("/caf%C3%A9", "/caf\u00e9"), ("/a..b", "/a..b")],
)
def test_other_paths_are_decoded(target: str, path: str) -> None:
    assert safe_path(target) == path


@pytest.mark.parametrize(
    "headers",
    [
        nginx("/private/a") | {"X-Forwarded-Uri": "/public/a"},
        nginx("/private/a") | {"X-Forwarded-Method": "GET"},
        traefik("/private/a") | {"X-Original-URI": "/public/a"},
        traefik("/public/a") | {"X-Original-URI": "/public/a"},
        nginx("/public/a", host="other.example.com") | {"X-Forwarded-Host": "files.example.com"},
        nginx("/public/a", host="files.example.com/x"),
        nginx("/public/a", host="") | {"X-Forwarded-Host": "files.example.com"},
        {"X-Forwarded-Uri": "/public/a", "X-Forwarded-Method": "GET", "Host": "files.example.com"},
        {"X-Original-URI": "/public/a", "Host": "files.example.com"},
        nginx("/public/a", "get"),
    ],
)
def test_headers_of_the_proxy_that_is_not_there_open_nothing(visitor: Doors, headers: dict[str, str]) -> None:
    assert ask(visitor, headers).status == 403


def test_behind_envoy_the_request_is_the_question(visitor: Doors) -> None:
    here = {"Host": "files.example.com"}
    assert ask(visitor, here, "/forward-auth/public/a?x=1").status == 200
    assert ask(visitor, here | traefik("/public/a") | nginx("/public/a"), "/forward-auth/private/a").status == 403
    assert ask(visitor, here, "/forward-auth/private?action=files:Read&resource=arn:aws:files:::public/x").status == 403
    assert ask(visitor, here, "/forward-auth/public/a", method="DELETE").status == 403
    assert ask(visitor, here, "/forward-auth/public/a", method="HEAD").status == 200
    assert ask(visitor, here, "/forward-auth//public/a").status == 403


@pytest.mark.parametrize("proxy", [nginx, traefik])
def test_the_signature_of_the_original_request(tenant: Tenant, key: dict[str, str], proxy: Any) -> None:
    def sign(uri: str, body: bytes = b"") -> dict[str, str]:
        heads = signed(key, "GET", f"https://files.example.com{uri}", body, {}, service="execute-api")
        return heads | proxy(uri)

    anonymous = Doors(tenant.app)
    assert ask(anonymous, sign("/public/a?x=1")).status == 200
    assert ask(anonymous, sign("/private/a")).status == 403
    assert ask(anonymous, sign("/public/a") | proxy("/public/b")).status == 401
    assert ask(anonymous, sign("/public/a", b"body")).status == 401
    claimed = sign("/public/a", b"body") | {"X-Amz-Content-SHA256": sha256(b"body").hexdigest()}
    assert ask(anonymous, claimed).status == 401


def test_a_presigned_url(tenant: Tenant, key: dict[str, str]) -> None:
    request = AWSRequest(method="GET", url="https://files.example.com/public/a")
    SigV4QueryAuth(Credentials(key["AccessKeyId"], key["SecretAccessKey"]), "execute-api", "x", expires=60).add_auth(
        request
    )
    target = request.url.removeprefix("https://files.example.com")
    assert ask(Doors(tenant.app), nginx(target)).status == 200
    assert ask(Doors(tenant.app), nginx(target.replace("/public/a", "/public/b"))).status == 401


def test_other_methods(visitor: Doors) -> None:
    assert ask(visitor, {}, method="DELETE").status == 405
