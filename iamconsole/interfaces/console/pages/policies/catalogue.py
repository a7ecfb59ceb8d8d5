"""What the JSON editor completes: services, actions, condition keys and ARNs, a service at a time."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import orjson
from django.http import HttpResponse

from iamconsole.interfaces.console.visit import Visit
from policies import catalog
from policies.catalog import Service
from policies.engine.operators import OPERATORS
from policies.services.queries import catalogue_of

KEPT: Final = 128  # services whose words are kept, some 40 KB each
JSON: Final = "application/json"


def completions(visit: Visit) -> HttpResponse:
    """Services, global keys and operators; with `?service=` the words of that service."""
    prefix = visit.request.GET.get("service", "").lower()[:64]
    own = catalogue_of(visit.call.account_id) if visit.refusal("iamconsole:ListServices") is None else ()
    mine = {service.prefix.lower(): service for service in own}
    if not prefix:
        return HttpResponse(orjson.dumps(_everywhere() | {"own": sorted(mine)}), content_type=JSON)
    if prefix in mine:
        return HttpResponse(orjson.dumps(_words(mine[prefix])), content_type=JSON)
    return HttpResponse(_built_in(prefix), content_type=JSON)


def _everywhere() -> dict[str, Any]:
    return {
        "services": [[prefix, _name(prefix)] for prefix in catalog.services()],
        "keys": [[key.name, key.types[0].value] for key in catalog.GLOBAL_KEYS.values()],
        "operators": list(OPERATORS),
    }


def _name(prefix: str) -> str:
    found = catalog.service(prefix)
    return found.name if found else ""


@lru_cache(maxsize=KEPT)
def _built_in(prefix: str) -> bytes:
    found = catalog.service(prefix)
    return orjson.dumps(_words(found) if found else {"actions": [], "keys": [], "arns": []})


def _words(service: Service) -> dict[str, Any]:
    return {
        "actions": [[each.full_name, each.access_level.value] for each in service.actions.values()],
        "keys": [[each.name, each.types[0].value] for each in service.condition_keys.values()],
        "arns": [[each.arn, each.name] for each in service.resource_types.values()],
    }
