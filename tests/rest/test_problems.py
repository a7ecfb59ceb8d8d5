"""Everything that can be wrong with a request, as problem+json."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from iamconsole.interfaces.http import MAX_BODY
from iamconsole.interfaces.rest import problems
from iamconsole.kernel.errors import AccessDenied, AuthenticationFault, Fault, ValidationError
from iamconsole.runtime import dispatch
from tests.rest.signed import Rest


def kinds(root: type[Fault] = Fault) -> Iterator[type[Fault]]:
    """The kernel's faults; a door may have some of its own."""
    for kind in root.__subclasses__():
        if kind.__module__.startswith("iamconsole.kernel.errors."):
            yield kind
        yield from kinds(kind)


@pytest.mark.parametrize("kind", sorted(kinds(), key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__)
def test_every_fault_is_a_problem(kind: type[Fault]) -> None:
    fault = kind("Something is wrong.")
    response = problems.problem_response(fault, {"view": SimpleNamespace(request_id="r-1")})
    assert response.status_code == (
        401 if issubclass(kind, AuthenticationFault) and kind.status == 403 else kind.status
    )
    assert response.content_type == "application/problem+json"
    assert response.data["code"] == kind.code
    assert response.data["detail"] == "Something is wrong."
    assert response.data["requestId"] == "r-1"
    assert ("WWW-Authenticate" in response) == (response.status_code == 401)


def test_faults_of_the_input_are_told_by_member(rest: Rest) -> None:
    refused = rest.post("/users", {"UserName": "a b", "Tags": [{"Key": "", "Value": "x"}]})
    assert (refused.status, refused.code) == (400, "ValidationError")
    assert set(refused.body["errors"]) == {"userName", "tags.1.member.key"}
    assert refused.body["detail"].startswith("2 validation errors detected: Value 'a b' at 'userName' failed")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "UnknownOperationException"),
        ("POST", "/users/ada/nothing/at/all", 404, "UnknownOperationException"),
        ("GET", "/users/", 404, "UnknownOperationException"),
        ("GET", "/policies/arn:nonsense", 404, "UnknownOperationException"),
        ("PUT", "/users", 405, "MethodNotAllowed"),
        ("OPTIONS", "/users", 405, "MethodNotAllowed"),
        ("GET", "/users/nobody-of-this-name", 404, "NoSuchEntity"),
        ("GET", "/changes/forged", 400, "InvalidInput"),
    ],
)
def test_paths_and_methods(rest: Rest, method: str, path: str, status: int, code: str) -> None:
    refused = rest.send(method, path)
    assert (refused.status, refused.code) == (status, code)


def test_an_unknown_path_says_nothing_of_callers(anonymous: Rest) -> None:
    assert anonymous.get("/nothing").status == 404


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b"[]",
        b'"ada"',
        b"null",
        b'{"UserName": NaN}',
        rb'{"UserName": "\ud800"}',
        b'{"UserName": "ada", "UserName": "bob"}',
        b"[" * 100_000,
    ],
)
def test_a_body_that_is_no_json_object_is_refused(rest: Rest, body: bytes) -> None:
    refused = rest.send("POST", "/users", body)
    assert (refused.status, refused.code) == (400, "SerializationException")


def test_other_media_types_are_refused_either_way(rest: Rest) -> None:
    refused = rest.send("POST", "/users", b"<a/>", Content_Type="application/xml")
    assert (refused.status, refused.code) == (415, "UnsupportedMediaType")
    refused = rest.get("/users", Accept="application/xml")
    assert (refused.status, refused.code) == (406, "NotAcceptable")


def test_a_body_has_bounds_whoever_sends_it(rest: Rest, anonymous: Rest) -> None:
    for caller in (rest, anonymous):
        refused = caller.send("POST", "/users", b" " * (MAX_BODY + 1))
        assert (refused.status, refused.code) == (413, "RequestEntityTooLarge")


def test_too_many_parameters_are_refused(rest: Rest) -> None:
    refused = rest.get("/users?" + "&".join(["a=1"] * 4100))
    assert (refused.status, refused.code) == (404, "MalformedQueryString")


def test_what_nobody_foresaw_tells_nothing(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(dispatch, "execute", broken)
    refused = rest.get("/users")
    assert (refused.status, refused.code) == (500, "InternalFailure")
    assert b"secret" not in refused.content


def test_problems_say_no_more_than_they_must() -> None:
    said = problems.problem(ValidationError("No.", errors={"userName": ["No."]}), "r-1")
    assert said["errors"] == {"userName": ["No."]}
    assert "authorizationId" not in said
    denied = AccessDenied("No")
    assert "authorizationId" not in problems.problem(denied, "r-1")
    denied.recorded_as("abc")
    assert "errors" not in problems.problem(denied, "r-1")
