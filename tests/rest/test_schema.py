"""The OpenAPI document and the page that shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from iamconsole.interfaces.rest.documentation import openapi
from iamconsole.interfaces.rest.members import BODILESS
from iamconsole.kernel.operation import Operation
from iamconsole.runtime import catalogue
from tests.rest.signed import Rest

SNAPSHOT = Path(__file__).parents[2] / "docs" / "openapi.json"
ROUTED = [operation for operation in catalogue.operations() if operation.rest]


def described(operation: Operation) -> Any:
    assert operation.rest
    return openapi()["paths"][f"/api/v1{operation.rest.path}"][operation.rest.method.lower()]


def test_the_document_is_valid_and_made_without_warnings() -> None:
    openapi.cache_clear()
    validate_schema(openapi())
    assert not GENERATOR_STATS, "drf-spectacular warns: run `manage.py spectacular` to see of what"


def test_the_snapshot_is_fresh() -> None:
    """A change of the API is a change of this file, so that a reviewer sees it."""
    assert json.loads(SNAPSHOT.read_text()) == json.loads(json.dumps(openapi())), (
        "docs/openapi.json is stale: run `make openapi` and review the difference"
    )


@pytest.mark.parametrize("operation", ROUTED, ids=lambda operation: operation.action)
def test_each_operation_is_described_as_declared(operation: Operation) -> None:
    assert operation.rest
    shown = described(operation)
    assert (shown["operationId"], shown["summary"]) == (operation.name, operation.summary)
    assert str(operation.rest.status) in shown["responses"]
    for fault in operation.errors:
        assert fault.code in shown["responses"][str(fault.status)]["description"]
    assert set(shown["responses"]) >= {"400", "401"}
    assert ("requestBody" in shown) <= (operation.rest.method not in BODILESS)
    assert [next(iter(way)) for way in shown["security"]] == ["sigv4", "bearer", "session"]


def test_bounds_are_in_the_schema() -> None:
    schemas = openapi()["components"]["schemas"]
    name = schemas["CreateUserRequest"]["properties"]["UserName"]
    assert name == {"type": "string", "minLength": 1, "maxLength": 64, "pattern": r"^(?:[\w+=,.@-]+)$"}
    assert schemas["CreateUserRequest"]["additionalProperties"] is False
    assert schemas["TagUserRequest"]["properties"]["Tags"]["maxItems"] == 50
    assert schemas["UpdateAccessKeyRequest"]["properties"]["Status"]["enum"] == ["Active", "Inactive", "Expired"]
    assert schemas["CreateLoginProfileRequest"]["properties"]["Password"]["format"] == "password"


def test_everybody_may_read_the_schema(anonymous: Rest) -> None:
    answer = anonymous.get("/schema/")
    assert answer.status == 200
    assert answer.headers["x-amzn-RequestId"]
    assert answer.body["openapi"].startswith("3.1")


def test_the_browser_of_the_api_keeps_the_content_security_policy(anonymous: Rest) -> None:
    page = anonymous.get("/docs/", Accept="text/html")
    text = page.content.decode()
    assert page.status == 200
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script>|https?://", text)
    script = re.findall(r'src="(/api/v1/[^"]+)"', text)
    assert len(script) == 1
    served = anonymous.get(script[0].removeprefix("/api/v1"))
    assert served.headers["Content-Type"] == "application/javascript"
    assert b"/api/v1/schema/" in served.content


def test_the_root_leads_to_the_browser_of_the_api(anonymous: Rest) -> None:
    answer = anonymous.get("/")
    assert (answer.status, answer.headers["Location"]) == (302, "/api/v1/docs/")
