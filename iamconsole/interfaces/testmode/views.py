"""`POST /testing/reset`: an empty account for the next test, only where IAM_TEST_MODE=1."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from accounts.tenancy import directory
from accounts.tenancy import queries as tenancy
from iamconsole.interfaces.http import body_of, origin_of
from iamconsole.kernel.errors import Fault, InvalidInput, NoSuchEntity
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime import calls, dispatch
from iamconsole.runtime.authentication.identities import of_operator

# A browser or a proxy adds one of these: neither is the test process that this door is for.
FOREIGN = ("Origin", "Sec-Fetch-Site", "Forwarded", "Via", "X-Forwarded-For")


@csrf_exempt  # no cookie counts here, and what a browser sends is not answered
def reset(request: HttpRequest) -> HttpResponse:
    """Empty the account that the body names, `{"account": "123456789012"}`, or the only one there is."""
    if not _offered(request):
        return HttpResponseNotFound()
    request_id = calls.new_request_id()
    try:
        account_id = _account(request)
        who = of_operator(account_id, name="testing")
        call = calls.call_for(who, door="testing", origin=origin_of(request), request_id=request_id)
        dispatch.execute(call, REGISTRY["iamconsole:ResetAccount"], {})
    except Fault as fault:
        response = JsonResponse(
            {"code": fault.code, "title": fault.code, "detail": fault.message, "requestId": request_id},
            status=fault.status,
            content_type="application/problem+json",
        )
    else:
        response = JsonResponse({"account": account_id})
        response["X-Iam-Consistency-Token"] = call.consistency_token
    response["x-amzn-RequestId"] = request_id
    return response


def _offered(request: HttpRequest) -> bool:
    """Whether this is a POST, in test mode, straight from a program on this machine."""
    peer = request.META.get("REMOTE_ADDR", "")
    try:
        is_local = ip_address(peer).is_loopback
    except ValueError:
        is_local = False
    is_foreign = any(name in request.headers for name in FOREIGN)
    return bool(settings.IAM_TEST_MODE and request.method == "POST" and is_local and not is_foreign)


def _account(request: HttpRequest) -> str:
    named = _body(request).get("account")
    if named is None:
        known = directory.every()
        if len(known) != 1:
            raise InvalidInput(f'there are {len(known)} accounts: say which, {{"account": "123456789012"}}')
        return known[0].pk
    found = tenancy.find(str(named))
    if found is None:
        raise NoSuchEntity(f"there is no account {named}")
    return found.pk


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = orjson.loads(body_of(request) or b"{}")
    except orjson.JSONDecodeError as fault:
        raise InvalidInput(f"the body is not JSON: {fault}") from None
    if not isinstance(body, dict):
        raise InvalidInput('the body must be a JSON object, {"account": "123456789012"}')
    return body
