"""The AWS Query API: `POST /`, and `GET /` with `Action=`, signed with SigV4.

It stands in front of Django, whose middleware costs as much as reading a user (docs/adr/0015).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import parse_qsl

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http.request import split_domain_port, validate_host

from iamconsole.interfaces.http import MAX_BODY, headers_of
from iamconsole.interfaces.lean import (
    SECURITY,
    STATUS,
    Environ,
    Header,
    StartResponse,
    new_request_id,
    origin_of,
)
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
    RequestTooLarge,
)
from iamconsole.kernel.operation import Operation
from iamconsole.runtime import calls, catalogue, dispatch
from iamconsole.runtime.authentication import access_keys, sigv4, unsigned
from iamconsole.runtime.decisions import connections

logger = structlog.get_logger(__name__)
VERSIONS = {"2010-05-08": "iam", "2011-06-15": "sts"}
SERVICES = frozenset(VERSIONS.values())
METHODS = ("GET", "POST")
XML = "text/xml; charset=utf-8"
Pairs = list[tuple[str, str]]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def before(django: Application) -> Application:
    """The Query API, and Django behind it for whatever is no Query request."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/" or not (_is_query(environ) and _is_ours(environ.get("HTTP_HOST", ""))):
            return django(environ, start_response)
        return query_api(environ, start_response)

    return application


def query_api(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a Query request."""
    if environ["REQUEST_METHOD"] not in METHODS:
        start_response(STATUS[405], [*SECURITY, ("Allow", ", ".join(METHODS)), ("Content-Length", "0")])
        return [b""]
    request_id = new_request_id()
    service = "iam"
    try:
        signed = _signed(environ)
        pairs = _parameters(signed)
        service = _service(signed, pairs)
        origin = origin_of(environ)
        principal = _principal(signed, service, pairs, origin)
        operation = _operation(service, dict(pairs))
        call = calls.call_for(principal, door="query", origin=origin, request_id=request_id)
        result = dispatch.execute(call, operation, raw_input(operation, pairs))
    except Fault as fault:
        return _respond(start_response, fault_xml(fault, request_id, service), fault.status, request_id)
    except Exception:
        logger.exception("query door failed", request_id=request_id)
        unforeseen = fault_xml(InternalFailure(), request_id, service)
        return _respond(start_response, unforeseen, InternalFailure.status, request_id)
    told = [("X-Iam-Consistency-Token", call.consistency_token)] if call.consistency_token else []
    return _respond(start_response, result_xml(operation, result, request_id), 200, request_id, *told)


def _is_query(environ: Environ) -> bool:
    """A plain GET is a person, who wants the console."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return True
    names = {pair.partition("=")[0] for pair in environ.get("QUERY_STRING", "").split("&")}
    return not names.isdisjoint(("Action", "X-Amz-Algorithm")) or "HTTP_AUTHORIZATION" in environ


def _is_ours(host: str) -> bool:
    """Whether a request is meant for us; Django has the words for one that is not."""
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def _signed(environ: Environ) -> sigv4.SignedRequest:
    """The request as it was signed."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MAX_BODY:
        raise RequestTooLarge
    body = environ["wsgi.input"].read(int(length))
    query = environ.get("QUERY_STRING", "")
    return sigv4.SignedRequest(environ["REQUEST_METHOD"], "/", query, list(headers_of(environ)), body)


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
    try:
        return _authenticated(operation, signed, pairs, origin)
    except (OperationalError, InterfaceError):
        if not connections.replaced():
            raise
        return _authenticated(operation, signed, pairs, origin)  # nothing is done yet, and the connection is a new one


def _authenticated(operation: Operation | None, signed: sigv4.SignedRequest, pairs: Pairs, origin: Origin) -> Principal:
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


def _respond(
    start_response: StartResponse, xml: str, status: int, request_id: str, *headers: Header
) -> Iterable[bytes]:
    content = xml.encode()
    own = [("Content-Type", XML), ("Content-Length", str(len(content))), ("x-amzn-RequestId", request_id)]
    start_response(STATUS[status], [*SECURITY, *own, *headers])
    return [content]
