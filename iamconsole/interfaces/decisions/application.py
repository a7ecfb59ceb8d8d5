"""The lean application: answers without Django's middleware, in the same process or alone as a decision node.

A door is a function from an exchange to a reply; here are the paths, and what becomes of whatever a door raises
(docs/adr/0002 and 0006 have the figures that ask for all this).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError

from iamconsole.interfaces.decisions import authzen, native, problems
from iamconsole.interfaces.decisions.exchange import Environ, Exchange, Reply, StartResponse
from iamconsole.interfaces.decisions.forward_auth import forward_auth
from iamconsole.interfaces.decisions.original import PREFIX
from iamconsole.kernel.errors import Fault, InternalFailure, ServiceUnavailable
from iamconsole.replication.regions.store import Unreachable
from iamconsole.runtime import vitals
from iamconsole.runtime.decisions import connections
from iamconsole.version import VERSION

logger = structlog.get_logger(__name__)
Door = Callable[[Exchange], Reply]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
NOT_NOW = "The decision cannot be made now, so nothing is allowed."
GET, POST = ("GET", "HEAD"), ("POST",)


def healthz(_exchange: Exchange, *, test_mode: bool) -> Reply:
    """Liveness: this process answers, and it enforces policies; nothing can switch that off."""
    said = {"status": "ok", "version": VERSION, "enforcement": "on"}
    return Reply(said | ({"testMode": True} if test_mode else {}))


def switch(fallback: Callable[..., Iterable[bytes]], *, test_mode: bool) -> Application:
    """A WSGI application that answers the lean routes itself and leaves every other to `fallback`."""
    routes: dict[str, tuple[Door, tuple[str, ...]]] = {
        "/healthz": (partial(healthz, test_mode=test_mode), GET),
        "/api/v1/authorize": (native.authorize, POST),
        "/api/v1/authenticate": (native.authenticate, POST),
        "/access/v1/evaluation": (authzen.evaluation, POST),
        "/access/v1/evaluations": (authzen.evaluations, POST),
        "/.well-known/authzen-configuration": (authzen.configuration, GET),
        PREFIX: (forward_auth, ("GET", "HEAD", "POST")),
    }
    behind_envoy = PREFIX + "/"

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        route = routes.get(path)
        if route is None:
            if not path.startswith(behind_envoy):
                return fallback(environ, start_response)
            route = forward_auth, (environ["REQUEST_METHOD"],)
        door, methods = route
        exchange = Exchange(environ)
        if exchange.method not in methods:
            refused = _refused(exchange, problems.MethodNotAllowed(), [("Allow", ", ".join(methods))])
            return exchange.send(refused, start_response)
        return exchange.send(_reply(door, exchange), start_response)

    return application


def alone(*, test_mode: bool) -> Application:
    """The application of a decision node: the lean routes and the node's readiness, and nothing behind them."""

    def behind(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        exchange = Exchange(environ)
        door = readyz if exchange.path == "/readyz" and exchange.method in GET else _nothing
        return exchange.send(_reply(door, exchange), start_response)

    return switch(behind, test_mode=test_mode)


def readyz(_exchange: Exchange) -> Reply:
    """Whether this node can decide: what it reads answers, and has the tables that this version reads."""
    said = vitals.of(vitals.deciding())
    return Reply({"ready": said.ready, **said.checks}, 200 if said.ready else 503)


def _nothing(exchange: Exchange) -> Reply:
    raise problems.UnknownOperation(f"A decision node has nothing at {exchange.method} {exchange.path}.")


def _reply(door: Door, exchange: Exchange) -> Reply:
    """A door's reply; no failure of ours becomes anything but a refusal."""
    try:
        try:
            return door(exchange)
        except (OperationalError, InterfaceError):
            if not connections.replaced():
                raise
            return door(exchange)  # asking again is harmless, and the connection is a new one
    except Fault as fault:
        return _refused(exchange, fault)
    except Unreachable as lost:
        logger.error("a region does not answer", path=exchange.path, request_id=exchange.request_id, fault=str(lost))
        return _refused(exchange, ServiceUnavailable(NOT_NOW))
    except (DatabaseError, InterfaceError) as lost:
        logger.error(
            "the database does not answer", path=exchange.path, request_id=exchange.request_id, fault=str(lost)
        )
        return _refused(exchange, ServiceUnavailable(NOT_NOW))
    except Exception as unforeseen:
        logger.error("a decision door failed", request_id=exchange.request_id, exc_info=unforeseen)
        return _refused(exchange, InternalFailure())


def _refused(exchange: Exchange, fault: Fault, headers: list[tuple[str, str]] | None = None) -> Reply:
    body = problems.problem(fault, exchange.request_id)
    return Reply(body, body["status"], [*problems.headers(fault), *(headers or [])], problems.MEDIA_TYPE)
