"""What the accounts' OpenID Connect issuers publish: discovery and keys, for everybody."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.views.decorators.http import require_safe

from accounts.outbound_federation import queries as issuers

KEPT = "public, max-age=3600"
"""For how long verifiers may keep the answers; keys are published for far longer before they sign."""


@require_safe
def configuration(_request: HttpRequest, issuer_id: UUID) -> HttpResponse:
    """The discovery document."""
    if not issuers.exists(str(issuer_id)):
        return HttpResponseNotFound()
    return _published(issuers.configuration(str(issuer_id)))


@require_safe
def jwks(_request: HttpRequest, issuer_id: UUID) -> HttpResponse:
    """The key set (RFC 7517)."""
    if not issuers.exists(str(issuer_id)):
        return HttpResponseNotFound()
    return _published({"keys": issuers.published(str(issuer_id))})


def _published(document: dict[str, object]) -> HttpResponse:
    return JsonResponse(document, headers={"Cache-Control": KEPT, "Access-Control-Allow-Origin": "*"})
