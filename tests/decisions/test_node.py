"""A decision node: the lean doors alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from iamconsole.runtime import vitals
from tests.decisions.asking import READ_REPORTS, Doors, arn
from tests.support.tenants import Tenant


@pytest.fixture(scope="module")
def node() -> Any:
    from iamconsole.decision_node import application

    return application


@pytest.fixture(autouse=True)
def _ask_anew() -> None:
    vitals._migrated.cache_clear()


def test_it_answers_as_the_web_does(node: Any, tenant: Tenant) -> None:
    tenant.user("ada", READ_REPORTS)
    ada, web = arn(tenant, "user/ada"), Doors.of(tenant)
    alone = Doors(node, tenant.admin_key)
    for action in ("s3:GetObject", "s3:PutObject"):
        for resource in ("arn:aws:s3:::reports/q1", "arn:aws:s3:::payroll/may"):
            found = [doors.authorize(ada, action, resource)["decision"] for doors in (web, alone)]
            assert found[0] == found[1]
    assert alone.authorize(ada, "s3:GetObject", "arn:aws:s3:::reports/q1")["decision"] == "allow"


@pytest.mark.parametrize("path", ["/", "/console/", "/api/v1/users", "/metrics", "/forward-authx", "/readyz/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everything_else_is_not_there(node: Any, tenant: Tenant, path: str, method: str) -> None:
    answer = Doors(node, tenant.admin_key).send(method, path)
    assert (answer.status, answer.body["code"]) == (404, "UnknownOperationException")
    assert answer.body["requestId"]


def test_whoever_may_not_ask_is_refused(node: Any, tenant: Tenant) -> None:
    assert Doors(node).post("/api/v1/authorize", {}).status == 401


def test_it_is_alive_and_ready(node: Any, db: Any) -> None:
    assert Doors(node).send("GET", "/healthz").body["enforcement"] == "on"
    ready = Doors(node).send("GET", "/readyz")
    assert (ready.status, ready.body) == (200, {"ready": True, "database": "ok", "migrations": "ok"})


@pytest.mark.parametrize("app_name", ["node", "app"])
def test_it_is_not_ready_before_the_migrations_of_its_version(
    app_name: str, request: pytest.FixtureRequest, db: Any
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts' AND name = '0014_signon'")
    answer = Doors(request.getfixturevalue(app_name)).send("GET", "/readyz")
    assert (answer.status, answer.body["ready"], answer.body["migrations"]) == (503, False, "NotMigrated")
    assert answer.body["database"] == "ok"
    assert vitals.missing_migrations() == ["accounts.0014_signon"]
