"""Operations through the REST door."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import resolve

from iamconsole.kernel.errors import AccessDenied, Fault, ValidationError
from iamconsole.kernel.operation import Operation
from iamconsole.runtime import catalogue
from tests.rest.examples import DOCUMENT, request_of
from tests.rest.signed import Rest
from tests.support.tenants import Tenant

ROUTED = [operation for operation in catalogue.operations() if operation.rest]
# Questions that hold what no query string has room for, or should show.
POSTED_QUESTIONS = {
    "iam:GetContextKeysForCustomPolicy",
    "iam:GetContextKeysForPrincipalPolicy",
    "iam:SimulateCustomPolicy",
    "iam:SimulatePrincipalPolicy",
    "iamconsole:ExplainSAMLAssertion",  # a secret, like the token below
    "iamconsole:ExplainWebIdentityToken",
    "iamconsole:ExplainAccess",  # policies and context keys, which are long
    "iamconsole:ListPrincipalsWithAccess",
    "iamconsole:PreviewAccessChange",
    "iamconsole:PreviewPolicyChange",
    "iamconsole:InspectOpenIDConnectIssuer",  # it reaches out, which no reader of a link should do
    "iamconsole:VerifyAuditTrail",  # long work, which no reader of a link should start
    "iamconsole:VerifyServiceSpecificCredential",  # a secret, which no URL should hold
}
# What STS models no fault for: a role that is not there is denied like one that trusts others; and what the operation
# demands that a planned change is about.
UNMODELLED: dict[str, type[Fault]] = {
    "iamconsole:PreviewAccessChange": ValidationError,
    "sts:AssumeRole": AccessDenied,
    "sts:AssumeRoot": AccessDenied,
    "sts:GetAccessKeyInfo": ValidationError,
}


@pytest.mark.parametrize("operation", ROUTED, ids=lambda operation: operation.action)
def test_every_operation_is_reached_and_answers_as_declared(rest: Rest, tenant: Tenant, operation: Operation) -> None:
    assert operation.rest
    path, body = request_of(operation, tenant.account_id)
    answer = rest.send(operation.rest.method, path, body)
    if answer.status == operation.rest.status:
        assert (answer.body is None) == (operation.output is None)
        assert ("X-Iam-Consistency-Token" in answer.headers) == operation.mutates
        return
    further = UNMODELLED.get(operation.action)
    modelled = {fault.code: fault for fault in (*operation.errors, *([further] if further else []))}
    assert answer.code in modelled, answer.body
    assert answer.status == modelled[answer.code].status


@pytest.mark.parametrize("operation", ROUTED, ids=lambda operation: operation.action)
def test_only_methods_that_may_change_things_change_things(operation: Operation) -> None:
    assert operation.rest
    asks = operation.rest.method == "GET" or operation.action in POSTED_QUESTIONS
    assert asks == (not operation.mutates)


@pytest.mark.parametrize("operation", ROUTED, ids=lambda operation: operation.action)
def test_each_route_belongs_to_its_operation(operation: Operation) -> None:
    assert operation.rest
    path, _, _query = request_of(operation, "123456789012")[0].partition("?")
    view = resolve(f"/api/v1{path}").func.view_class
    assert view.operations[operation.rest.method] is operation


def test_a_user_looks_the_same_through_both_doors(rest: Rest, iam: Any) -> None:
    made = rest.post("/users", {"UserName": "ada", "Path": "/team/", "Tags": [{"Key": "team", "Value": "red"}]})
    assert made.status == 201
    assert made.headers["X-Iam-Consistency-Token"]
    shown = rest.get("/users/ada").body["User"]
    assert shown == made.body["User"]
    aws = iam.get_user(UserName="ada")["User"]
    assert shown == {**aws, "CreateDate": aws["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ")}


def test_a_stored_document_comes_back_byte_for_byte(rest: Rest) -> None:
    document = DOCUMENT.replace(", ", " ,\n\t") + "\n"
    rest.post("/users", {"UserName": "ada"})
    assert rest.send("PUT", "/users/ada/policies/p", {"PolicyDocument": document}).status == 204
    assert rest.get("/users/ada/policies/p").body["PolicyDocument"] == document


def test_nothing_comes_with_a_204(rest: Rest) -> None:
    rest.post("/users", {"UserName": "ada"})
    gone = rest.send("DELETE", "/users/ada")
    assert (gone.status, gone.content) == (204, b"")


def test_pages_are_linked(rest: Rest) -> None:
    for name in ("one", "three", "two"):
        rest.post("/users", {"UserName": name, "Path": "/n/"})
    first = rest.get("/users?PathPrefix=/n/&MaxItems=2")
    assert first.body["IsTruncated"] is True
    url, _, relation = first.headers["Link"].partition("; ")
    assert relation == 'rel="next"'
    second = rest.get(url.strip("<>").partition("/api/v1")[2])
    assert [user["UserName"] for user in second.body["Users"]] == ["two"]
    assert second.body["IsTruncated"] is False
    assert "Link" not in second.headers
    assert "Marker" not in second.body
    assert rest.get(f"/users?PathPrefix=/n/&MaxItems=2&Marker={first.body['Marker']}").body == second.body


def test_a_list_in_the_query_string_repeats_its_name(rest: Rest) -> None:
    tags = [{"Key": key, "Value": "x"} for key in ("a", "b", "c.d")]
    rest.post("/users", {"UserName": "ada", "Tags": tags})
    assert rest.send("DELETE", "/users/ada/tags?TagKeys=a&TagKeys=c.d").status == 204
    assert [tag["Key"] for tag in rest.get("/users/ada/tags").body["Tags"]] == ["b"]


def test_head_is_a_get_without_its_body(rest: Rest) -> None:
    assert rest.send("HEAD", "/users").status == 200


def test_denials_tell_their_authorization_id(tenant: Tenant) -> None:
    nobody = Rest(tenant.app, tenant.user("nobody"))
    refused = nobody.get("/users")
    assert (refused.status, refused.code) == (403, "AccessDenied")
    assert refused.body["authorizationId"]
    assert "is not authorized to perform: iam:ListUsers" in refused.body["detail"]
