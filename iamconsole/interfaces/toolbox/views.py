"""The views: one operation each, told by its path."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from iamconsole.interfaces.http import origin_of, signed_request
from iamconsole.interfaces.toolbox.encoding import fault_response, result_response
from iamconsole.kernel import clock
from iamconsole.kernel.errors import Fault, InternalFailure
from iamconsole.kernel.names import message_name
from iamconsole.kernel.operation import REGISTRY, Operation
from iamconsole.runtime import calls, dispatch
from iamconsole.runtime.authentication import access_keys

logger = structlog.get_logger(__name__)
SERVICES = frozenset({"iam"})


@csrf_exempt  # no cookie counts here: every request is signed
@require_GET
def details(request: HttpRequest, authorization_id: str) -> HttpResponse:
    """Why a request was denied."""
    return _answer(request, REGISTRY["iam-toolbox:GetRequestAuthorizationDetails"], authorization_id)


@csrf_exempt  # no cookie counts here: every request is signed
@require_GET
def policy(request: HttpRequest, authorization_id: str) -> HttpResponse:
    """A policy as it was when the request was denied."""
    return _answer(request, REGISTRY["iam-toolbox:GetRequestAuthorizationPolicy"], authorization_id)


def _answer(request: HttpRequest, operation: Operation, authorization_id: str) -> HttpResponse:
    request_id = calls.new_request_id()
    try:
        signed, origin = signed_request(request), origin_of(request)
        principal = access_keys.authenticate(signed, services=SERVICES, now=clock.now(), origin=origin)
        call = calls.call_for(principal, door="toolbox", origin=origin, request_id=request_id)
        members = _query_members(request, operation) | {"AuthorizationId": authorization_id}
        return result_response(dispatch.execute(call, operation, members), request_id)
    except Fault as fault:
        return fault_response(fault, request_id)
    except Exception:
        logger.exception("toolbox door failed", request_id=request_id)
        return fault_response(InternalFailure(), request_id)


def _query_members(request: HttpRequest, operation: Operation) -> dict[str, str]:
    """The members of the query string by AWS's names; what the operation does not know is ignored, as AWS does."""
    aliases = [str(field.alias) for field in operation.input.model_fields.values()]
    return {alias: request.GET[message_name(alias)] for alias in aliases if message_name(alias) in request.GET}
