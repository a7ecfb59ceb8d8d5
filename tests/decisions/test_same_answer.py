"""One engine behind every door: whatever is asked, native, AuthZEN, authenticate and forward-auth say the same."""

from __future__ import annotations

from typing import Any

import pytest

from iamconsole.replication.projection import policy_sets
from policies import engine
from tests.decisions.asking import Doors, arn
from tests.decisions.wire import document, signed, statement
from tests.support.tenants import Tenant

HOST = "files.example.com"
PATHS = ["/public/a", "/public/secret/a", "/team/red/a", "/team/blue/a", "/own/eve/a", "/own/bob/a", "/other"]
SITE = f"arn:aws:web:::{HOST}"
POLICY = document(
    statement("Allow", "web:GET", f"{SITE}/public/*"),
    statement("Deny", "web:*", f"{SITE}/public/secret/*"),
    statement("Allow", "web:GET", SITE + "/team/${aws:PrincipalTag/team}/*"),
    statement("Allow", "web:GET", SITE + "/own/${aws:username}/*"),
    statement("Allow", "iamconsole:CreateToken"),
)


@pytest.fixture
def eve(tenant: Tenant) -> dict[str, str]:
    return tenant.user("eve", POLICY, tags=[{"key": "team", "value": "red"}])


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", PATHS)
def test_every_door_says_what_the_engine_says(
    tenant: Tenant, doors: Doors, eve: dict[str, str], path: str, method: str
) -> None:
    principal, resource, action = arn(tenant, "user/eve"), SITE + path, f"web:{method}"
    expected = by_the_engine(tenant, action, resource)
    assert (doors.authorize(principal, action, resource)["decision"] == "allow") is expected
    evaluation = {"subject": {"type": "user", "id": "eve"}, "action": {"name": action}, "resource": {"type": "web"}}
    evaluation["resource"]["id"] = resource
    assert doors.post("/access/v1/evaluation", evaluation).body["decision"] is expected
    several = doors.post("/access/v1/evaluations", {"evaluations": [evaluation] * 2}).body["evaluations"]
    assert [each["decision"] for each in several] == [expected] * 2
    url = f"https://{HOST}{path}"
    handed = {"method": method, "url": url, "headers": signed(eve, method, url, b"", {}), "action": action}
    assert (doors.post("/api/v1/authenticate", handed | {"resource": resource}).body["decision"] == "allow") is expected
    asked = {"X-Original-URI": path, "X-Original-Method": method, "Host": HOST}
    assert (Doors(tenant.app, eve).bearing().send("GET", "/forward-auth", **asked).status == 200) is expected


def by_the_engine(tenant: Tenant, action: str, resource: str) -> bool:
    user = tenant.run("iam:GetUser", user_name="eve").user
    principal = engine.Principal(engine.PrincipalType.USER, tenant.account_id, user.arn, user.user_id, user.user_id)
    context: dict[str, Any] = {"aws:username": "eve", "aws:PrincipalTag/team": "red"}
    policies = policy_sets.of("user", user.user_id, tenant.account_id).policies
    return engine.authorize(engine.Request(principal, action, resource, context), policies).allowed


def test_a_policy_attached_to_a_resource_counts_at_every_door(tenant: Tenant, doors: Doors) -> None:
    read = document(statement("Allow", ["s3:GetObject", "iamconsole:CreateToken"]))
    visitor = Doors(tenant.app, tenant.user("eve", read)).bearing()
    bucket, mapped = "arn:aws:s3:::reports", "/forward-auth?action=s3:GetObject&resource=arn:aws:s3:::reports{path}"
    closed = document(statement("Deny", "s3:*", f"{bucket}/*", Principal="*", Sid="Closed"))
    asked = {"X-Original-URI": "/x", "X-Original-Method": "GET", "Host": HOST}

    def answers() -> tuple[Any, int]:
        answer = doors.authorize(arn(tenant, "user/eve"), "s3:GetObject", f"{bucket}/x")
        return answer, visitor.send("GET", mapped, **asked).status

    assert (answers()[0]["decision"], answers()[1]) == ("allow", 200)
    tenant.run("iamconsole:PutResourcePolicy", resource_arn=bucket, policy_document=closed)
    answer, status = answers()
    assert (answer["decision"], status) == ("deny", 403)
    assert answer["checks"][0]["matched"][0]["sid"] == "Closed"
    tenant.run("iamconsole:DeleteResourcePolicy", resource_arn=bucket)
    assert (answers()[0]["decision"], answers()[1]) == ("allow", 200)
