"""What drf-spectacular cannot see in a view is read off its operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from iamconsole.interfaces.rest import fields
from iamconsole.interfaces.rest.members import BODILESS, path_members
from iamconsole.interfaces.rest.problems import MEDIA_TYPE, status_of
from iamconsole.interfaces.rest.serializers import InputSerializer, body_serializer, serializer_of
from iamconsole.kernel.errors import AccessDenied, Fault, MissingAuthenticationToken, ValidationError
from iamconsole.kernel.operation import Operation

SUCCESS = [200, 201, 204]
REQUEST_ID = OpenApiParameter(
    "x-amzn-RequestId",
    str,
    OpenApiParameter.HEADER,
    response=SUCCESS,
    description="Names this request in the audit trail.",
)
CONSISTENCY_TOKEN = OpenApiParameter(
    "X-Iam-Consistency-Token",
    str,
    OpenApiParameter.HEADER,
    response=SUCCESS,
    description="Ask `/api/v1/changes/{token}` which regions have this change.",
)


class Problem(serializers.Serializer):
    """Why a request failed (RFC 9457), under AWS's error code."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="AWS's error code.")
    requestId = serializers.CharField()
    authorizationId = serializers.CharField(required=False, help_text="On denials: names the decision.")
    encodedAuthorizationMessage = serializers.CharField(
        required=False, help_text="On denials: for sts:DecodeAuthorizationMessage."
    )
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="On a ValidationError: what is wrong, by member.",
    )


def described(operation: Operation) -> Callable[[Any], Any]:
    """Decorates the method of a view with everything the operation declares."""
    assert operation.rest
    in_path = path_members(operation)
    beside = body_serializer(operation.input, apart_from=in_path)
    bodiless = operation.rest.method in BODILESS
    parameters = [_path_parameter(operation, name) for name in in_path]
    if bodiless and beside().fields:
        parameters.append(beside)
    if operation.mutates:
        parameters.append(CONSISTENCY_TOKEN)
    return extend_schema(
        operation_id=operation.name,
        summary=operation.summary,
        description=operation.description or operation.summary,
        tags=[operation.rest.path.split("/")[1]],
        parameters=[*parameters, REQUEST_ID],
        request=None if bodiless else beside,
        responses={
            operation.rest.status: serializer_of(operation.output) if operation.output else None,
            **problems(MissingAuthenticationToken, AccessDenied, ValidationError, *operation.errors),
        },
    )


def problems(*faults: type[Fault]) -> dict[tuple[int, str], OpenApiResponse]:
    """The problem responses of these faults, by status."""
    codes: defaultdict[int, set[str]] = defaultdict(set)
    for fault in faults:
        codes[status_of(fault)].add(fault.code)
    return {
        (status, MEDIA_TYPE): OpenApiResponse(Problem, description=", ".join(sorted(codes[status])))
        for status in sorted(codes)
    }


def _path_parameter(operation: Operation, name: str) -> OpenApiParameter:
    member = operation.input.model_fields[name]
    field = fields.field_of(member.annotation, tuple(member.metadata))
    schema = text_schema(field) if isinstance(field, fields.TextField) else {"type": "string"}
    return OpenApiParameter(name, schema, OpenApiParameter.PATH, description=f"The member {member.alias}.")


def text_schema(field: fields.TextField) -> dict[str, Any]:
    """A string's bounds; AWS's pattern must match the whole, a JSON schema's may match a part."""
    schema: dict[str, Any] = {"type": "string"}
    if field.min_length is not None:
        schema["minLength"] = field.min_length
    if field.max_length is not None:
        schema["maxLength"] = field.max_length
    if field.pattern:
        schema["pattern"] = f"^(?:{field.pattern})$"
    if field.sensitive:
        schema["format"] = "password"
    return schema


class TextFieldSchema(OpenApiSerializerFieldExtension):
    target_class = "iamconsole.interfaces.rest.fields.TextField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return text_schema(self.target)


class BlobFieldSchema(OpenApiSerializerFieldExtension):
    target_class = "iamconsole.interfaces.rest.fields.BlobField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return {"type": "string", "contentEncoding": "base64"}


class EnumFieldSchema(OpenApiSerializerFieldExtension):
    target_class = "iamconsole.interfaces.rest.fields.EnumField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.target.choices)}


class ShapeSchema(OpenApiSerializerExtension):
    """A structure's own words or none, and of an input that other members are refused."""

    target_class = "iamconsole.interfaces.rest.serializers.ShapeSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if not type(self.target).__doc__:
            schema.pop("description", None)
        if isinstance(self.target, InputSerializer):
            schema["additionalProperties"] = False
        return schema


class SignatureScheme(OpenApiAuthenticationExtension):
    target_class = "iamconsole.interfaces.rest.authentication.Signature"
    name = "sigv4"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "x-amazon-apigateway-authtype": "awsSigv4",
            "description": "AWS Signature Version 4, service `iam`.",
        }


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "iamconsole.interfaces.rest.authentication.Bearer"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An opaque token of `POST /api/v1/tokens`."}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "iamconsole.interfaces.rest.authentication.Session"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "A console session (`__Host-sessionid` over https); changes carry `X-CSRFToken`.",
        }
