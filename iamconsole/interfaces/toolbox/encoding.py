"""Results and faults as REST-JSON: members in camelCase, the name of a fault in a header."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpResponse

from iamconsole.kernel.errors import (
    Fault,
    InternalFailure,
    InvalidClientTokenId,
    MissingAuthenticationToken,
    SignatureDoesNotMatch,
    ValidationError,
)
from iamconsole.kernel.shapes import Shape, redacted

JSON = "application/json"
# What REST-JSON services of AWS call faults that the Query protocol names otherwise.
NAMES: dict[type[Fault], str] = {
    InternalFailure: "InternalServerException",
    InvalidClientTokenId: "UnrecognizedClientException",
    MissingAuthenticationToken: "MissingAuthenticationTokenException",
    SignatureDoesNotMatch: "InvalidSignatureException",
    ValidationError: "ValidationException",
}


def result_response(result: Shape | None, request_id: str) -> HttpResponse:
    """A result; its members' names as botocore's model spells them."""
    return _response(redacted(result) if result else {}, 200, request_id)


def fault_response(fault: Fault, request_id: str) -> HttpResponse:
    """A fault under the name of botocore's exception."""
    response = _response({"message": fault.message}, fault.status, request_id)
    response["x-amzn-ErrorType"] = NAMES.get(type(fault), fault.shape)
    return response


def _response(body: Any, status: int, request_id: str) -> HttpResponse:
    response = HttpResponse(orjson.dumps(body), status=status, content_type=JSON)
    response["x-amzn-RequestId"] = request_id
    response["Cache-Control"] = "no-store"
    return response
