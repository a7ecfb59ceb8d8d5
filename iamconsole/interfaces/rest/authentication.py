"""Who is calling: a signature, a bearer token or a console session; `request.user` is the principal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from django.urls import ResolverMatch
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.tokens import queries as tokens
from iamconsole.interfaces.http import origin_of, signed_request
from iamconsole.kernel import clock
from iamconsole.kernel.call import Origin, Principal
from iamconsole.kernel.errors import SignatureDoesNotMatch
from iamconsole.kernel.sessions import token_facts
from iamconsole.runtime.authentication import access_keys, sigv4, visitors, watching
from iamconsole.runtime.authentication.identities import of_user
from iamconsole.runtime.context import REGION

SERVICES = frozenset({"iam", "iamconsole"})
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
Authenticated = tuple[Principal, str]


class Signature(BaseAuthentication):
    """AWS Signature Version 4, in the Authorization header or presigned."""

    def authenticate(self, request: Request) -> Authenticated | None:
        signed = signed_request(request._request)
        if sigv4.parse(signed) is None:
            return None
        origin = origin_of(request._request)
        try:
            return self._principal(signed, origin), "sigv4"
        except SignatureDoesNotMatch:
            for spelling in _spellings(request.resolver_match):
                try:
                    return self._principal(replace(signed, path=spelling), origin), "sigv4"
                except SignatureDoesNotMatch:
                    continue
            raise

    def _principal(self, signed: sigv4.SignedRequest, origin: Origin) -> Principal:
        return access_keys.authenticate(signed, services=SERVICES, now=clock.now(), origin=origin)


def _spellings(match: ResolverMatch | None) -> Iterator[str]:
    """The path with its parameters percent-encoded as clients do: whole, or but for slashes.

    WSGI servers hand over the decoded path alone, so the spelling that was signed is lost; each of these names the
    very route and parameters that are about to be served.
    """
    if match and match.kwargs:
        for safe in ("", "/"):
            yield "/" + PARAMETER.sub(lambda found: quote(str(match.kwargs[found[1]]), safe=safe), match.route)  # noqa: B023


class Bearer(BaseAuthentication):
    """A token of `POST /api/v1/tokens`: its access key's user, for as long as the key is active."""

    def authenticate(self, request: Request) -> Authenticated | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        row = tokens.redeem(token.strip(), now=clock.now())
        key = row.access_key
        if key.watched:
            origin = origin_of(request._request)
            watching.seen(key.id, key.account_id, origin, service=watching.BEARER_SERVICE, region=REGION)
        principal = of_user(key.user, access_key_id=key.id)
        return replace(principal, session=token_facts(row.created)), "bearer"


class Session(BaseAuthentication):
    """The console's session; what it changes must carry the CSRF token."""

    def authenticate(self, request: Request) -> Authenticated | None:
        user = getattr(request._request, "user", None)
        if user is None or not user.is_authenticated or "Authorization" in request.headers:
            return None
        check = CSRFCheck(lambda _request: None)
        check.process_request(request._request)
        if reason := check.process_view(request._request, None, (), {}):
            raise PermissionDenied(f"CSRF check failed: {reason}")
        if visitors.has_ended_role(request._request):
            raise PermissionDenied("The session of the role has ended: open the console to go on.")
        if visitors.must_change_password(user):
            raise PermissionDenied("The password must be changed first: sign in at the console.")
        return visitors.principal_of(request._request), "session"


class HasPrincipal(BasePermission):
    """Somebody is calling; what he may do is for `execute` alone to say."""

    def has_permission(self, request: Request, view: object) -> bool:
        return isinstance(request.user, Principal)
