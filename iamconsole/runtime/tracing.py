"""Spans of OpenTelemetry for requests and for the steps of `execute()`, if OTEL_EXPORTER_OTLP_ENDPOINT asks for them.

Everything else is said by the standard's own OTEL_* variables. Without that one, functions and applications come back
from here as they went in, so nothing is paid. No span carries a path, an input or a message: those may hold secrets.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

import structlog

logger = structlog.get_logger(__name__)
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
NAME = "iam-console"
MISSING = "traces are asked for, but OpenTelemetry is not installed: pip install -r requirements/otel.txt"

P = ParamSpec("P")
R = TypeVar("R")
WSGI = Callable[..., Iterable[bytes]]
Attributes = Mapping[str, str | int]


class Span(Protocol):
    def set_attribute(self, key: str, value: str | int) -> Any: ...


class Spans(Protocol):
    """What is asked of OpenTelemetry, and what a test puts in its place."""

    def start(self, name: str, attributes: Attributes) -> AbstractContextManager[Span]:
        """A span around what happens inside, below the one that is open."""

    def serve(self, name: str, environ: Mapping[str, Any]) -> AbstractContextManager[Span]:
        """The span of a request, below the one that its `traceparent` header names."""


class _OpenTelemetry:
    """The SDK, exporting in batches from a thread (and again from each process that is forked)."""

    def __init__(self) -> None:
        from opentelemetry import propagate, trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": NAME}
        provider = TracerProvider(resource=Resource.create(named))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = provider.get_tracer(NAME)
        self._extract, self._server = propagate.extract, trace.SpanKind.SERVER

    def start(self, name: str, attributes: Attributes) -> AbstractContextManager[Span]:
        return self._span(name, attributes=attributes)

    def serve(self, name: str, environ: Mapping[str, Any]) -> AbstractContextManager[Span]:
        carrier = {header: environ.get(f"HTTP_{header.upper()}", "") for header in ("traceparent", "tracestate")}
        return self._span(name, context=self._extract(carrier), kind=self._server)

    def _span(self, name: str, **members: Any) -> AbstractContextManager[Span]:
        found: AbstractContextManager[Span] = self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False, **members
        )
        return found


def of_environment(environment: Mapping[str, str]) -> Spans | None:
    """The spans that the environment asks for; None for none, and with a word in the log where they cannot be had."""
    off = (
        environment.get("OTEL_SDK_DISABLED", "").lower() == "true" or environment.get("OTEL_TRACES_EXPORTER") == "none"
    )
    if off or not any(environment.get(name) for name in ENDPOINTS):
        return None
    try:
        return _OpenTelemetry()
    except ImportError:
        logger.warning(MISSING)
        return None


SPANS = of_environment(os.environ)


def step(name: str, *, spans: Spans | None = SPANS) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a function with a span; without spans it stays the same function."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        if spans is None:
            return function

        @wraps(function)
        def spanned(*args: P.args, **kwargs: P.kwargs) -> R:
            with spans.start(name, {}):
                return function(*args, **kwargs)

        return spanned

    return decorate


@contextmanager
def operation(name: str, attributes: Attributes, *, spans: Spans | None = SPANS) -> Iterator[Span | None]:
    """The span of an operation, None without spans."""
    if spans is None:
        yield None
        return
    with spans.start(name, attributes) as span:
        yield span


def served(application: WSGI, *, spans: Spans | None = SPANS) -> WSGI:
    """The application with a span for each request; without spans it stays the same application."""
    if spans is None:
        return application

    def traced(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        with spans.serve(method, environ) as span:
            span.set_attribute("http.request.method", method)

            def start(status: str, *rest: Any) -> Any:
                span.set_attribute("http.response.status_code", int(status[:3]))
                return start_response(status, *rest)

            return application(environ, start)

    return traced
