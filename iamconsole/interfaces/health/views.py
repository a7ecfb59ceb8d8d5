"""Readiness and metrics."""

from __future__ import annotations

import secrets
from datetime import timedelta
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from iamconsole.interfaces.http import origin_of
from iamconsole.kernel import clock
from iamconsole.replication.regions import progress, status
from iamconsole.runtime import schedule, vitals
from iamconsole.runtime.metrics import registry

LATE = timedelta(seconds=10)  # the scheduler wakes the appliers every second


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Whether requests can be served: database and broker answer, and the tables are those of this version.

    Regions that are behind or down are named too, and a scheduler that is silent; neither keeps home from being served.
    """
    said = vitals.of(vitals.SERVING)
    told: dict[str, object] = {"ready": said.ready, **said.checks}
    if said.ready:
        told |= {"regions": _regions(), "scheduler": schedule.heard(clock.now())}
    return JsonResponse(told, status=200 if said.ready else 503)


def _regions() -> dict[str, str]:
    states = {each.region: each.state for each in progress.of(0)}
    polled = status.last_polled()
    if len(states) > 1 and (polled is None or clock.now() - polled > LATE):
        states["applier"] = "not running"
    return states


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
