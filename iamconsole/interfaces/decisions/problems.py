"""Every failure of the lean doors as `application/problem+json` (RFC 9457) under AWS's code, as REST says it."""

from __future__ import annotations

from typing import Any

from iamconsole.kernel.errors import (
    AccessDenied,
    AuthenticationFault,
    Fault,
    MissingAuthenticationToken,
    ProtocolFault,
    ServiceUnavailable,
    ValidationError,
)

MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'AWS4-HMAC-SHA256 realm="iam", Bearer realm="iam"'


class SerializationException(ProtocolFault):
    """The body is not the JSON that this door takes."""


class UnsupportedMediaType(ProtocolFault):
    """The body must be application/json."""

    status = 415


class LengthRequired(ProtocolFault):
    """The request must say how long its body is."""

    status = 411


class MethodNotAllowed(ProtocolFault):
    """The path does not take this method."""

    status = 405


class UnknownOperation(ProtocolFault):
    """There is nothing at this address."""

    code = "UnknownOperationException"
    status = 404


class HandedRequestRefused(Fault):
    """The request that was handed over is refused; `why` is the fault, in AWS's words."""

    def __init__(self, why: AuthenticationFault) -> None:
        super().__init__(why.message)
        self.why = why


def status_of(fault: Fault) -> int:
    """AWS's status, but 401 where HTTP says so: AWS answers 403 to a caller it does not know."""
    return 401 if isinstance(fault, AuthenticationFault) and fault.status == 403 else fault.status


def problem(fault: Fault, request_id: str) -> dict[str, Any]:
    """The members of a problem; `of` tells whose credentials are refused: the caller's or the handed request's."""
    handed = isinstance(fault, HandedRequestRefused)
    told = fault.why if isinstance(fault, HandedRequestRefused) else fault
    body: dict[str, Any] = {
        "type": f"urn:iamconsole:error:{told.code}",
        "title": told.default_message().split(". ")[0].rstrip("."),
        "status": 401 if handed else status_of(told),
        "detail": told.message,
        "code": told.code,
        "requestId": request_id,
    }
    if isinstance(told, AuthenticationFault):
        body["of"] = "request" if handed else "caller"
    if isinstance(told, AccessDenied) and told.authorization_id:
        body["authorizationId"] = told.authorization_id
    if isinstance(told, ValidationError):
        body["errors"] = told.errors
    return body


def headers(fault: Fault) -> list[tuple[str, str]]:
    """What RFC 9110 wants beside a status: the challenge of a 401, when to come again after a 503."""
    if isinstance(fault, ServiceUnavailable):
        return [("Retry-After", "1")]
    if isinstance(fault, HandedRequestRefused):
        return [("WWW-Authenticate", CHALLENGE)]
    return challenge(fault) if status_of(fault) == 401 else []


def challenge(fault: Fault) -> list[tuple[str, str]]:
    """RFC 6750 names the error only to a caller who presented something."""
    presented = not isinstance(fault, MissingAuthenticationToken)
    return [("WWW-Authenticate", f'{CHALLENGE}, error="invalid_token"' if presented else CHALLENGE)]
