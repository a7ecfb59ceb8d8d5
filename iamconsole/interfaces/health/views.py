"""Readiness and metrics."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from iamconsole.interfaces.http import origin_of
from iamconsole.kernel import clock
from iamconsole.runtime import schedule, vitals
from iamconsole.runtime.metrics import registry


def _broker() -> None:
    cache.set("readyz", secrets.token_hex(4), 5)
    if cache.get("readyz") is None:
        raise ConnectionError("the broker forgot what it was told")


CHECKS: dict[str, Callable[[], Any]] = {"database": vitals.database, "broker": _broker}


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Whether requests can be served: the database and the broker answer.

    `scheduler` tells of silence too, which keeps nobody from being served.
    """
    said: dict[str, str] = {}
    for name, check in CHECKS.items():
        try:
            check()
        except Exception as error:
            said[name] = type(error).__name__
        else:
            said[name] = "ok"
    ready = set(said.values()) == {"ok"}
    said["scheduler"] = schedule.heard(clock.now())
    return JsonResponse({"ready": ready, **said}, status=200 if ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures, for loopback or whoever holds IAM_METRICS_TOKEN."""
    if not _may_scrape(request):
        return HttpResponse("metrics are for loopback, or with IAM_METRICS_TOKEN as a bearer\n", status=403)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_scrape(request: HttpRequest) -> bool:
    token = settings.IAM_METRICS_TOKEN
    presented = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token:
        return secrets.compare_digest(presented.encode(), token.encode())
    source = origin_of(request).source_ip
    return source is not None and ip_address(source).is_loopback
