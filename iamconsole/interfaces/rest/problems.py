"""Every failure as `application/problem+json` (RFC 9457) under AWS's code."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.exceptions import SuspiciousOperation
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from iamconsole.audit.decisions.messages import encoded
from iamconsole.kernel.errors import (
    AccessDenied,
    AuthenticationFault,
    Fault,
    InternalFailure,
    MalformedQueryString,
    MissingAuthenticationToken,
    ProtocolFault,
    ValidationError,
)

logger = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'AWS4-HMAC-SHA256 realm="iam", Bearer realm="iam"'


class SerializationException(ProtocolFault):
    """The body is not the JSON that the operation takes."""


class UnknownOperation(ProtocolFault):
    """There is nothing at this path."""

    code = "UnknownOperationException"
    status = 404


class MethodNotAllowed(ProtocolFault):
    """The path does not take this method."""

    status = 405


class NotAcceptable(ProtocolFault):
    """The answer cannot be given in any media type of the Accept header."""

    status = 406


class UnsupportedMediaType(ProtocolFault):
    """The body must be application/json."""

    status = 415


FAULTS: dict[type[Exception], type[Fault]] = {
    exceptions.ParseError: SerializationException,
    exceptions.UnsupportedMediaType: UnsupportedMediaType,
    exceptions.MethodNotAllowed: MethodNotAllowed,
    exceptions.NotAcceptable: NotAcceptable,
    exceptions.NotAuthenticated: MissingAuthenticationToken,
    exceptions.PermissionDenied: AccessDenied,
    exceptions.NotFound: UnknownOperation,
    Http404: UnknownOperation,
    SuspiciousOperation: MalformedQueryString,
}
TELLING = (exceptions.ParseError, exceptions.PermissionDenied)
"""What DRF raises with a sentence of ours in it."""


def problem_response(error: Exception, context: dict[str, Any]) -> Response:
    """The door's one exception handler."""
    request_id = context["view"].request_id
    fault = fault_of(error)
    if isinstance(fault, InternalFailure) and fault is not error:  # else whoever raised it told the log
        logger.error("REST door failed", request_id=request_id, exc_info=error)
    status = status_of(type(fault))
    headers = {"WWW-Authenticate": _challenge(fault)} if status == 401 else None
    return Response(problem(fault, request_id), status=status, headers=headers, content_type=MEDIA_TYPE)


def fault_of(error: Exception) -> Fault:
    """The fault that an exception stands for; whatever nobody foresaw is an InternalFailure."""
    if isinstance(error, Fault):
        return error
    kind = next((fault for known, fault in FAULTS.items() if isinstance(error, known)), InternalFailure)
    return kind(str(error)) if isinstance(error, TELLING) else kind()


def status_of(kind: type[Fault]) -> int:
    """AWS's status, but 401 where HTTP says so: AWS answers 403 to a caller it does not know."""
    return 401 if issubclass(kind, AuthenticationFault) and kind.status == 403 else kind.status


def problem(fault: Fault, request_id: str) -> dict[str, Any]:
    """The members of a problem: on denials what names their record, on faults of the input `errors` by member."""
    body: dict[str, Any] = {
        "type": f"urn:iamconsole:error:{fault.code}",
        "title": fault.default_message().split(". ")[0].rstrip("."),
        "status": status_of(type(fault)),
        "detail": fault.message,
        "code": fault.code,
        "requestId": request_id,
    }
    if isinstance(fault, AccessDenied) and fault.authorization_id:
        body["authorizationId"] = fault.authorization_id
        body["encodedAuthorizationMessage"] = encoded(fault.authorization_id)
    if isinstance(fault, ValidationError):
        body["errors"] = fault.errors
    return body


def _challenge(fault: Fault) -> str:
    """RFC 6750 names the error only to a caller who presented something."""
    return CHALLENGE if isinstance(fault, MissingAuthenticationToken) else f'{CHALLENGE}, error="invalid_token"'
