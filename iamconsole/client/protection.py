"""`@requires`: a WSGI application, a Django view or a function that only those run who may."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from .decisions import Client, Decision, Identity
from .errors import ClientError, Denied, Refused, Unauthenticated
from .wsgi import BodyTooLong, received

F = TypeVar("F", bound=Callable[..., Any])


def requires(client: Client, action: str, *, resource: str = "*", service: str | None = None) -> Callable[[F], F]:
    """Demand an action before the decorated callable runs.

    A WSGI application or Django view: whoever signed the request, or put a token on it, must be allowed; others get
    401, 403 or 503 as `application/problem+json`. The caller is in `environ["iam.identity"]`, for Django in
    `request.META["iam.identity"]`. A function: its argument `principal` (an ARN) must be allowed, or Denied is raised.
    `{name}` in `resource` stands for the callable's argument of that name; `{path}` for the path of the request.
    """

    def decorate(guarded: F) -> F:
        signature = inspect.signature(guarded)

        @wraps(guarded)
        def checked(*args: Any, **kwargs: Any) -> Any:
            values = signature.bind(*args, **kwargs).arguments
            environ = _environ(args)
            if environ is None:
                _demand(client, action, _filled(resource, values), values)
                return guarded(*args, **kwargs)
            named = {"path": environ.get("PATH_INFO", "/"), **values.get("kwargs", {}), **values}
            try:
                identity = _identity(client, environ, action, _filled(resource, named), service)
            except (ClientError, BodyTooLong) as refused:
                return _refuse(refused, args)
            environ["iam.identity"] = identity
            return guarded(*args, **kwargs)

        return checked  # type: ignore[return-value]

    return decorate


def _environ(args: tuple[Any, ...]) -> dict[str, Any] | None:
    """The WSGI environment of a request; None where the arguments hold no request."""
    first = args[0] if args else None
    found = getattr(first, "META", first)
    return found if isinstance(found, dict) and "REQUEST_METHOD" in found else None


def _filled(resource: str, values: Mapping[str, Any]) -> str:
    return resource.format_map({name: str(value) for name, value in values.items()})


def _demand(client: Client, action: str, resource: str, values: Mapping[str, Any]) -> None:
    principal = values.get("principal")
    if not isinstance(principal, str):
        raise TypeError("a function that requires an action takes `principal`, an ARN")
    decision = client.authorize(principal, action, resource)
    if not decision:
        raise Denied(decision)


def _identity(client: Client, environ: dict[str, Any], action: str, resource: str, service: str | None) -> Identity:
    identity = client.authenticate(received(environ), action=action, resource=resource, service=service)
    decision = identity.decision
    if decision is None or not decision.allowed:
        raise Denied(Decision(False) if decision is None else decision)
    return identity


def _refuse(refused: Exception, args: tuple[Any, ...]) -> Any:
    status, problem = _problem(refused)
    content, media_type = json.dumps(problem).encode(), "application/problem+json"
    headers = {"WWW-Authenticate": 'AWS4-HMAC-SHA256 realm="iam", Bearer realm="iam"'} if status[:3] == "401" else {}
    if not hasattr(args[0], "META"):
        args[1](status, [("Content-Type", media_type), ("Content-Length", str(len(content))), *headers.items()])
        return [content]
    from django.http import HttpResponse  # only a Django view comes here

    return HttpResponse(content, status=int(status[:3]), content_type=media_type, headers=headers)


def _problem(refused: Exception) -> tuple[str, dict[str, Any]]:
    if isinstance(refused, Denied):
        ident = refused.decision.authorization_id
        return "403 Forbidden", {"status": 403, "code": "AccessDenied", "title": "Denied", "authorizationId": ident}
    if isinstance(refused, Unauthenticated):
        told = {"status": 401, "code": refused.code, "title": "Not authenticated", "detail": refused.detail}
        return "401 Unauthorized", told
    if isinstance(refused, BodyTooLong):
        return "413 Content Too Large", {"status": 413, "title": str(refused)}
    # Refused as the service that asks, or no answer at all: nothing that the caller could mend.
    code = refused.code if isinstance(refused, Refused) else "ServiceUnavailable"
    return "503 Service Unavailable", {"status": 503, "code": code, "title": "No decision can be had now"}
