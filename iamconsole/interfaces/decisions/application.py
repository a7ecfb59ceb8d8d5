"""The lean application: answers without Django's middleware, in the same process or alone as a decision node.

Liveness is here already; the decision doors follow (docs/adr/0002 has the figures that ask for it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import orjson

from iamconsole.version import VERSION

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
JSON = [("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]


def healthz(_environ: Environ, start_response: StartResponse, *, test_mode: bool) -> Iterable[bytes]:
    """Liveness: this process answers, and it enforces policies; nothing can switch that off."""
    said = {"status": "ok", "version": VERSION, "enforcement": "on"} | ({"testMode": True} if test_mode else {})
    start_response("200 OK", JSON)
    return [orjson.dumps(said)]


def switch(fallback: Callable[..., Iterable[bytes]], *, test_mode: bool) -> Callable[..., Iterable[bytes]]:
    """A WSGI application that answers the lean routes itself and leaves every other to `fallback`."""
    routes = {"/healthz": healthz}

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        route = routes.get(environ["PATH_INFO"])
        if route is None:
            return fallback(environ, start_response)
        return route(environ, start_response, test_mode=test_mode)

    return application
