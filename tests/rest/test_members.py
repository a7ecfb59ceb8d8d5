"""Members: the shape's and no others, wherever they come from."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.serializers import ListField, Serializer

from iamconsole.interfaces.rest.members import BODILESS
from iamconsole.interfaces.rest.serializers import input_serializer, serializer_of
from iamconsole.kernel.operation import Operation
from iamconsole.runtime import catalogue
from tests.rest.signed import Rest

ROUTED = [operation for operation in catalogue.operations() if operation.rest]
each_operation = pytest.mark.parametrize("operation", ROUTED, ids=lambda operation: operation.action)


@each_operation
def test_what_can_be_written_is_what_the_shape_has(operation: Operation) -> None:
    fields = input_serializer(operation.input)().fields
    writable = {name for name, field in fields.items() if not field.read_only}
    assert writable == {field.alias for field in operation.input.model_fields.values()}


@each_operation
def test_what_can_be_read_is_what_the_shape_has(operation: Operation) -> None:
    if operation.output is not None:
        fields = serializer_of(operation.output)().fields
        assert set(fields) == {field.alias for field in operation.output.model_fields.values()}


@each_operation
def test_query_strings_carry_nothing_nested(operation: Operation) -> None:
    assert operation.rest
    if operation.rest.method in BODILESS:
        for field in input_serializer(operation.input)().fields.values():
            assert not isinstance(field.child if isinstance(field, ListField) else field, Serializer | ListField)


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({"UserName": "ada", "IsRoot": True}, {"isRoot"}),
        ({"UserName": "ada", "is_root": True}, {"is_root"}),
        ({"user_name": "ada"}, {"user_name"}),
        ({"UserName": "ada", "Tags": [{"Key": "a", "Value": "b", "Owner": "c"}]}, {"tags.1.member.owner"}),
        ({"UserName": "ada", "Tags": [{"Key": "a", "value": "b"}]}, {"tags.1.member.value"}),
        ({"UserName": "ada", "AccountId": "1", "UniqueId": "AIDA"}, {"accountId", "uniqueId"}),
    ],
)
def test_members_that_the_shape_lacks_are_refused(rest: Rest, body: Any, paths: set[str]) -> None:
    refused = rest.post("/users", body)
    assert refused.code == "ValidationError"
    assert set(refused.body["errors"]) == paths
    assert "Member is not known to this operation" in refused.body["detail"]
    assert rest.get("/users/ada").code == "NoSuchEntity"


@pytest.mark.parametrize("query", ["Nothing=1", "path_prefix=/", "MaxItems=1&MaxItems=2"])
def test_query_strings_are_as_strict(rest: Rest, query: str) -> None:
    assert rest.get(f"/users?{query}").code == "ValidationError"


def test_a_body_goes_with_no_query_string(rest: Rest) -> None:
    assert rest.post("/users?UserName=ada", {"UserName": "ada"}).code == "ValidationError"
    assert rest.send("DELETE", "/users/ada", {"UserName": "ada"}).code == "SerializationException"


def test_path_and_body_must_agree(rest: Rest) -> None:
    rest.post("/users", {"UserName": "ada"})
    tags = [{"Key": "team", "Value": "red"}]
    assert rest.post("/users/ada/tags", {"UserName": "bob", "Tags": tags}).code == "ValidationError"
    assert rest.get("/users/ada?UserName=bob").code == "ValidationError"
    assert rest.post("/users/ada/tags", {"UserName": "ada", "Tags": tags}).status == 204


@pytest.mark.parametrize("value", [None, 7, True, [], {}, ["ada"], {"a": 1}])
def test_values_of_another_kind_are_faults_not_failures(rest: Rest, value: Any) -> None:
    assert rest.post("/users", {"UserName": value}).code == "ValidationError"
    assert rest.post("/users", {"UserName": "ada", "Tags": value}).status in (201, 400)
