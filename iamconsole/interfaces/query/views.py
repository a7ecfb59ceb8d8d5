"""The AWS Query API: `POST /`, and `GET /` with `Action=`, signed with SigV4."""

from __future__ import annotations

from urllib.parse import parse_qsl

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt

from iamconsole.interfaces.http import origin_of, signed_request
from iamconsole.interfaces.query.decoding import raw_input
from iamconsole.interfaces.query.encoding import fault_xml, result_xml
from iamconsole.kernel import clock
from iamconsole.kernel.call import Origin, Principal
from iamconsole.kernel.errors import (
    Fault,
    InternalFailure,
    InvalidAction,
    MalformedQueryString,
    MissingAction,
)
from iamconsole.kernel.operation import Operation
from iamconsole.runtime import calls, catalogue, dispatch
from iamconsole.runtime.authentication import access_keys, sigv4, unsigned

logger = structlog.get_logger(__name__)
VERSIONS = {"2010-05-08": "iam", "2011-06-15": "sts"}
SERVICES = frozenset(VERSIONS.values())
METHODS = ("GET", "POST")
XML = "text/xml; charset=utf-8"
Pairs = list[tuple[str, str]]


@csrf_exempt  # no cookie counts here: every request is signed
def query_api(request: HttpRequest) -> HttpResponse:
    """Answer a Query request; a plain GET is a person, who wants the console."""
    if request.method in ("GET", "HEAD") and not _is_query(request):
        return HttpResponseRedirect("/console/")
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    request_id = calls.new_request_id()
    service = "iam"
    try:
        signed = signed_request(request)
        pairs = _parameters(signed)
        service = _service(signed, pairs)
        origin = origin_of(request)
        principal = _principal(signed, service, pairs, origin)
        operation = _operation(service, dict(pairs))
        call = calls.call_for(principal, door="query", origin=origin, request_id=request_id)
        result = dispatch.execute(call, operation, raw_input(operation, pairs))
    except Fault as fault:
        return _respond(fault_xml(fault, request_id, service), fault.status, request_id)
    except Exception:
        logger.exception("query door failed", request_id=request_id)
        return _respond(fault_xml(InternalFailure(), request_id, service), InternalFailure.status, request_id)
    response = _respond(result_xml(operation, result, request_id), 200, request_id)
    if call.consistency_token:
        response["X-Iam-Consistency-Token"] = call.consistency_token
    return response


def _is_query(request: HttpRequest) -> bool:
    return "Action" in request.GET or "X-Amz-Algorithm" in request.GET or "Authorization" in request.headers


def _parameters(signed: sigv4.SignedRequest) -> Pairs:
    """Members from the query string and the form; a signature's own parameters are none of them."""
    try:
        text = f"{signed.query}&{signed.body.decode()}" if signed.method == "POST" else signed.query
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise MalformedQueryString from None
    return [(name, value) for name, value in pairs if not name.startswith("X-Amz-")]


def _service(signed: sigv4.SignedRequest, pairs: Pairs) -> str:
    """IAM and STS share the address: the credential scope tells them apart, else the version."""
    presented = sigv4.parse(signed)
    if presented and presented.service in SERVICES:
        return presented.service
    return VERSIONS.get(dict(pairs).get("Version", ""), "iam")


def _principal(signed: sigv4.SignedRequest, service: str, pairs: Pairs, origin: Origin) -> Principal:
    """Whoever signed; for an operation that takes a token instead, whoever the token speaks of."""
    operation = catalogue.find(service, dict(pairs).get("Action", ""))
    if operation is not None and operation.unsigned:
        return unsigned.authenticate(operation, raw_input(operation, pairs), now=clock.now())
    return access_keys.authenticate(signed, services=SERVICES, now=clock.now(), origin=origin)


def _operation(service: str, members: dict[str, str]) -> Operation:
    name, version = members.get("Action"), members.get("Version", "")
    if not name:
        raise MissingAction("The request must contain the parameter Action.")
    operation = catalogue.find(service, name)
    if operation is None or VERSIONS.get(version, service) != service:
        raise InvalidAction(
            f"Could not find operation {name[:128]} for version {version[:32] or 'NO_VERSION_SPECIFIED'}"
        )
    return operation


def _respond(xml: str, status: int, request_id: str) -> HttpResponse:
    response = HttpResponse(xml, status=status, content_type=XML)
    response["x-amzn-RequestId"] = request_id
    return response
