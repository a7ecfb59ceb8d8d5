"""Spans: those of requests and steps, what they never carry, and that nothing is there when nobody asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from iamconsole.kernel.errors import NoSuchEntity
from iamconsole.runtime import authorization, dispatch, tracing
from tests.support.product import ROOT
from tests.support.tenants import Tenant, run

ASKED = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@dataclass
class Recorded:
    """A span that was ended."""

    name: str
    parent: str
    attributes: dict[str, Any] = field(default_factory=dict)

    def set_attribute(self, key: str, value: Any) -> None:
        self.attributes[key] = value


class Recorder:
    """Stands in for OpenTelemetry."""

    def __init__(self) -> None:
        self.spans: list[Recorded] = []
        self._open: list[str] = []

    @contextmanager
    def start(self, name: str, attributes: Mapping[str, Any]) -> Iterator[Recorded]:
        span = Recorded(name, self._open[-1] if self._open else "", dict(attributes))
        self._open.append(name)
        try:
            yield span
        finally:
            self._open.pop()
            self.spans.append(span)

    @contextmanager
    def serve(self, name: str, environ: Mapping[str, Any]) -> Iterator[Recorded]:
        self._open.append(environ.get("HTTP_TRACEPARENT", ""))
        with self.start(name, {}) as span:
            yield span
        self._open.pop()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def traced(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """The path with spans, as it is when the environment asks for them."""
    for module, name in ((dispatch, "authorize"), (dispatch, "_handle"), (dispatch, "_record")):
        monkeypatch.setattr(module, name, tracing.step(name.strip("_"), spans=recorder)(getattr(module, name)))
    operation = tracing.operation
    monkeypatch.setattr(tracing, "operation", lambda name, facts: operation(name, facts, spans=recorder))
    return recorder


def test_the_steps_lie_below_their_operation(tenant: Tenant, traced: Recorder) -> None:
    call = tenant.operator()
    run(call, "iam:CreateUser", user_name="ada")
    assert [(span.name, span.parent) for span in traced.spans] == [
        ("authorize", "iam:CreateUser"),
        ("handle", "iam:CreateUser"),
        ("record", "iam:CreateUser"),
        ("iam:CreateUser", ""),
    ]
    assert traced.spans[-1].attributes == {
        "iam.operation": "iam:CreateUser",
        "iam.account": tenant.account_id,
        "iam.door": "cli",
        "iam.request_id": call.request_id,
    }


def test_a_refusal_is_told_by_its_code(tenant: Tenant, traced: Recorder) -> None:
    with pytest.raises(NoSuchEntity):
        tenant.run("iam:GetUser", user_name="nobody")
    assert traced.spans[-1].attributes["error.type"] == "NoSuchEntity"


def test_a_request_continues_the_caller_s_trace_and_tells_no_path(recorder: Recorder) -> None:
    def application(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("404 Not Found", [])
        return [b"nothing"]

    answers: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/console/signin/breakglass/t0p",
        "HTTP_TRACEPARENT": "00-ab-cd-01",
    }
    served = tracing.served(application, spans=recorder)
    assert served(environ, lambda status, _headers: answers.append(status)) == [b"nothing"]
    (span,) = recorder.spans
    assert (answers, span.name, span.parent) == (["404 Not Found"], "GET", "00-ab-cd-01")
    assert span.attributes == {"http.request.method": "GET", "http.response.status_code": 404}


def test_without_spans_everything_stays_as_it_is() -> None:
    assert tracing.SPANS is None
    assert tracing.step("x")(run_nothing) is run_nothing
    assert tracing.served(run_nothing) is run_nothing  # type: ignore[arg-type]
    assert not hasattr(authorization.authorize, "__wrapped__")


def run_nothing() -> None: ...


@pytest.mark.parametrize(
    "environment", [{}, {**ASKED, "OTEL_SDK_DISABLED": "true"}, {**ASKED, "OTEL_TRACES_EXPORTER": "none"}]
)
def test_nobody_asks(environment: dict[str, str]) -> None:
    assert tracing.of_environment(environment) is None


def test_packages_that_are_missing_are_told_and_stop_nothing() -> None:
    code = "import sys; sys.modules['opentelemetry'] = None; import django; django.setup(); import iamconsole.wsgi"
    environment = {**os.environ, **ASKED, "DJANGO_SETTINGS_MODULE": "iamconsole.settings.test"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()] == [tracing.MISSING]
