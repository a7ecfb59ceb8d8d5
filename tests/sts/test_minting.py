"""A restricted caller mints nothing that exceeds it, by whatever operation: those yet to be written included."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iamconsole.runtime import catalogue
from tests.query.aws import ADMINISTRATOR, ANYTHING, allow, document
from tests.rest.examples import request_of
from tests.rest.signed import Rest
from tests.sts.sessions import ASSUMING, assume, role, trust, user_arn
from tests.support.tenants import Tenant

CHANGES = [each for each in catalogue.operations() if each.rest and each.mutates]
READING = document(allow(["iam:Get*", "iam:List*"]))


def limit(tenant: Tenant) -> str:
    arn: str = tenant.run("iam:CreatePolicy", policy_name="limit", policy_document=READING).policy.arn
    return arn


def session_of(tenant: Tenant, **members: str) -> Rest:
    """A session of an administrators' role."""
    sts = tenant.client("sts", tenant.user("ada", ASSUMING))
    role(tenant, "app", trust(user_arn(tenant, "ada")), ANYTHING)
    return Rest(tenant.app, assume(sts, tenant, **members))


def by_session_policy(tenant: Tenant) -> Rest:
    return session_of(tenant, Policy=READING)


def by_managed_session_policy(tenant: Tenant) -> Rest:
    return session_of(tenant, PolicyArns=[{"arn": limit(tenant)}])  # type: ignore[arg-type]


def by_boundary_of_role(tenant: Tenant) -> Rest:
    made = session_of(tenant)
    tenant.run("iam:PutRolePermissionsBoundary", role_name="app", permissions_boundary=limit(tenant))
    return made


def by_boundary(tenant: Tenant) -> Rest:
    key = tenant.user("ada", ANYTHING)
    tenant.run("iam:PutUserPermissionsBoundary", user_name="ada", permissions_boundary=limit(tenant))
    return Rest(tenant.app, key)


def by_bearer_token(tenant: Tenant) -> Rest:
    token = Rest(tenant.app, tenant.user("ada", ANYTHING)).post("/tokens").body["Token"]
    tenant.run("iam:PutUserPermissionsBoundary", user_name="ada", permissions_boundary=limit(tenant))
    return Rest(tenant.app, headers={"Authorization": f"Bearer {token}"})


def by_federation(tenant: Tenant) -> Rest:
    sts = tenant.client("sts", tenant.user("ada", ANYTHING))
    return Rest(tenant.app, sts.get_federation_token(Name="bob", Policy=ANYTHING)["Credentials"])


def by_no_mfa(tenant: Tenant) -> Rest:
    return Rest(tenant.app, tenant.client("sts", tenant.user("ada", ANYTHING)).get_session_token()["Credentials"])


RESTRICTED: dict[str, tuple[Callable[[Tenant], Rest], set[str]]] = {
    # and the changes that are open to it nevertheless
    "session policy": (by_session_policy, set()),
    "managed session policy": (by_managed_session_policy, set()),
    "boundary of a role": (by_boundary_of_role, set()),
    "boundary of a user": (by_boundary, {"sts:GetSessionToken"}),  # of himself, boundary included
    "bearer token": (by_bearer_token, set()),
    "federated user": (by_federation, set()),
    "session without MFA": (by_no_mfa, set()),
}


@pytest.mark.parametrize("restricted", RESTRICTED)
def test_no_change_is_open_to_a_restricted_caller(tenant: Tenant, restricted: str) -> None:
    make, open_to_it = RESTRICTED[restricted]
    rest, seen = make(tenant), {}
    for operation in CHANGES:
        assert operation.rest
        path, body = request_of(operation, tenant.account_id)
        answer = rest.send(operation.rest.method, path, body)
        if answer.status not in (401, 403) or answer.code not in ("AccessDenied", "InvalidClientTokenId"):
            seen[operation.action] = (answer.status, answer.body)
    assert set(seen) == open_to_it, seen


def test_what_a_bounded_user_mints_is_as_bounded(tenant: Tenant) -> None:
    """Keys, tokens and sessions: each with the boundary of whoever they are for, put on before or after."""
    minting = ["iam:CreateAccessKey", "iamconsole:CreateToken", "sts:GetFederationToken"]
    bound = document(allow(minting), allow("iam:ListUsers"))
    arn = tenant.run("iam:CreatePolicy", policy_name="bound", policy_document=bound).policy.arn
    first = tenant.user("ada", ANYTHING)
    tenant.run("iam:PutUserPermissionsBoundary", user_name="ada", permissions_boundary=arn)
    tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn=ADMINISTRATOR)
    second = tenant.client("iam", first).create_access_key()["AccessKey"]
    token = Rest(tenant.app, second).post("/tokens").body["Token"]
    callers = [Rest(tenant.app, second), Rest(tenant.app, headers={"Authorization": f"Bearer {token}"})]
    for caller in callers:
        assert caller.get("/users").status == 200
        assert caller.get("/roles").status == 403
        assert caller.post("/users", {"UserName": "eve"}).code == "AccessDenied"
