"""Credentials for workloads: `/credentials/…` as container SDKs ask for them, `/latest/…` as those on hosts do.

Both want the workload's proof in `Authorization`: nobody is known by his address. For `/latest/` whoever is in between
puts it on the `PUT` that opens a session; unchanged SDKs are served by the agent (docs/workloads.md).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotFound, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from accounts.workloads import proofs
from iamconsole.client.agent import metadata as imds
from iamconsole.interfaces.http import origin_of
from iamconsole.kernel import clock
from iamconsole.kernel.errors import (
    AccessDenied,
    AuthenticationFault,
    Fault,
    InternalFailure,
    InvalidClientTokenId,
    MissingAuthenticationToken,
)
from iamconsole.kernel.operation import REGISTRY, Operation
from iamconsole.runtime import calls, catalogue, dispatch
from iamconsole.runtime.authentication import unsigned

logger = structlog.get_logger(__name__)
CREDENTIALS, METADATA = (REGISTRY[f"{catalogue.OWN}:GetWorkload{what}"] for what in ("Credentials", "Metadata"))
NO_STORE = "no-store"
View = Callable[..., HttpResponse]


def _answering(view: View) -> View:
    """A view whose faults become JSON, and whose answers nobody keeps."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request_id = calls.new_request_id()
        try:
            response = view(request, *args, request_id=request_id, **kwargs)
        except Fault as fault:
            if isinstance(fault, InvalidClientTokenId):
                logger.warning("no workload", request_id=request_id, source_ip=origin_of(request).source_ip)
            response = _fault(fault)
        except Exception:
            logger.exception("workload door failed", request_id=request_id)
            response = _fault(InternalFailure())
        response["Cache-Control"] = NO_STORE
        response["x-amzn-RequestId"] = request_id
        return response

    return answered


def _fault(fault: Fault) -> HttpResponse:
    return JsonResponse({"code": fault.code, "message": fault.message}, status=fault.status)


@csrf_exempt  # no cookie counts here
@require_GET
@_answering
def credentials(request: HttpRequest, name: str, *, request_id: str) -> HttpResponse:
    """Temporary credentials of the workload of that name or id, to whoever has its proof."""
    given = {"proof": _authorization(request), "workload_name": name}
    return JsonResponse(_issued(request, given, request_id))


@csrf_exempt
@require_http_methods(["PUT"])
@_answering
def metadata_token(request: HttpRequest, *, request_id: str) -> HttpResponse:
    """A session of the metadata service, for a host that proves itself."""
    seconds = imds.seconds(request.headers.get(imds.TTL_HEADER))
    if seconds is None:
        return HttpResponseBadRequest()
    now = clock.now()
    principal = unsigned.authenticate(METADATA, {"proof": _authorization(request)}, now=now)
    token = proofs.open_session(principal, seconds=seconds, now=now)
    return HttpResponse(token, content_type="text/plain", headers={imds.TTL_HEADER: str(seconds)})


@csrf_exempt
@require_GET
@_answering
def metadata(request: HttpRequest, path: str, *, request_id: str) -> HttpResponse:
    """What a host asks of itself within a session; 401 without one, as IMDSv2."""
    session = request.headers.get(imds.TOKEN_HEADER, "")
    if not session.startswith(proofs.SESSION):
        return HttpResponse(status=401)
    given = {"proof": session}
    try:
        known = _members(_executed(METADATA, request, given, request_id))
    except AuthenticationFault:
        return HttpResponse(status=401)
    asked = imds.role_asked(path)
    if asked is None:
        text = imds.answer(path, known)
    elif asked == known["RoleName"]:
        text = _role_credentials(request, given, request_id)
    else:
        text = None
    return HttpResponseNotFound() if text is None else HttpResponse(text, content_type="text/plain")


def _role_credentials(request: HttpRequest, given: dict[str, str], request_id: str) -> str:
    try:
        return imds.credentials(_issued(request, given, request_id))
    except AccessDenied as denied:
        return imds.refusal(denied.message)


def _authorization(request: HttpRequest) -> str:
    """The proof: SDKs send what they were given as it is, others name the scheme."""
    header = request.headers.get("Authorization", "")
    if not header:
        raise MissingAuthenticationToken
    return header[7:] if header[:7].lower() == "bearer " else header


def _executed(operation: Operation, request: HttpRequest, given: dict[str, str], request_id: str) -> Any:
    """The result of an operation for whoever the proof is of."""
    principal = unsigned.authenticate(operation, given, now=clock.now())
    call = calls.call_for(principal, door="workloads", origin=origin_of(request), request_id=request_id)
    return dispatch.execute(call, operation, given)


def _issued(request: HttpRequest, given: dict[str, str], request_id: str) -> dict[str, Any]:
    """The document of both SDK providers, and what the agent wants to know besides."""
    result = _executed(CREDENTIALS, request, given, request_id)
    issued = result.credentials
    return {
        **_members(result),
        "RoleArn": result.role_arn,
        "AccessKeyId": issued.access_key_id,
        "SecretAccessKey": issued.secret_access_key,
        "Token": issued.session_token,
        "Expiration": issued.expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _members(result: Any) -> dict[str, Any]:
    return {
        "AccountId": result.account,
        "WorkloadId": result.workload_id,
        "Region": result.region,
        "RoleName": result.role_name,
        "InstanceProfileArn": result.instance_profile_arn,
        "InstanceProfileId": result.instance_profile_id,
    }
