"""Access keys of services: made, shown once, made inactive, deleted; and what they are not good for."""

from __future__ import annotations

from typing import Any

import pytest

from iamconsole.audit.history.recorder import recorder
from iamconsole.kernel.errors import AccessDenied, DeleteConflict, LimitExceeded, NoSuchEntity
from iamconsole.runtime import catalogue
from iamconsole.runtime.authentication.identities import of_service
from iamconsole.runtime.calls import call_for
from iamconsole.runtime.restrictions import demand
from tests.decisions.asking import Doors, arn
from tests.query.aws import allow, document, refused
from tests.service_principals.acting import PREFIX, client, registered, service_arn, service_key, service_name
from tests.services.examples import register
from tests.support.tenants import Tenant

UNKNOWN = "InvalidClientTokenId"


def update(tenant: Tenant, key: dict[str, str], status: str) -> None:
    tenant.run(
        "iamconsole:UpdateServiceAccessKey",
        service_prefix=PREFIX,
        access_key_id=key["AccessKeyId"],
        status=status,
    )


def delete(tenant: Tenant, key: dict[str, str]) -> None:
    tenant.run("iamconsole:DeleteServiceAccessKey", service_prefix=PREFIX, access_key_id=key["AccessKeyId"])


def listed(tenant: Tenant) -> list[Any]:
    found = tenant.run("iamconsole:ListServiceAccessKeys", service_prefix=PREFIX)
    return list(found.access_key_metadata)


def demand_unknown(tenant: Tenant, key: dict[str, str]) -> None:
    """Neither operations nor decision doors know the key."""
    with refused(UNKNOWN):
        client(tenant, key).get_caller_identity()
    answer = Doors(tenant.app, key).post("/api/v1/authorize", {})
    assert (answer.status, answer.body["code"]) == (401, UNKNOWN)


def test_who_a_service_is(tenant: Tenant, key: dict[str, str]) -> None:
    found = client(tenant, key).get_caller_identity()
    assert (found["UserId"], found["Account"], found["Arn"]) == (
        service_name(tenant),
        tenant.account_id,
        service_arn(tenant),
    )


def test_a_key_as_it_is_shown(tenant: Tenant, key: dict[str, str]) -> None:
    assert key["AccessKeyId"].startswith("AKSV")
    assert len(key["SecretAccessKey"]) == 40
    (shown,) = listed(tenant)
    assert shown.service_principal == service_name(tenant)
    assert (shown.access_key_id, shown.status, shown.last_used_service) == (key["AccessKeyId"], "Active", "N/A")
    assert key["SecretAccessKey"] not in str(listed(tenant))


def test_its_secret_is_on_no_record(tenant: Tenant, key: dict[str, str]) -> None:
    events = tenant.run("iamconsole:LookupAuditEvents", event_name="CreateServiceAccessKey").events
    assert [key["AccessKeyId"] in event.cloud_trail_event for event in events] == [True]
    assert key["SecretAccessKey"] not in str(events)


def test_two_at_most(tenant: Tenant, key: dict[str, str]) -> None:
    second = service_key(tenant)
    with pytest.raises(LimitExceeded, match="AccessKeysPerService: 2"):
        service_key(tenant)
    delete(tenant, key)
    assert [each.access_key_id for each in listed(tenant)] == [second["AccessKeyId"]]
    service_key(tenant)


def test_an_inactive_key_is_unknown_at_once(tenant: Tenant, key: dict[str, str]) -> None:
    doors = Doors(tenant.app, key)
    assert doors.post("/api/v1/authorize", {}).status == 400
    update(tenant, key, "Inactive")
    demand_unknown(tenant, key)
    update(tenant, key, "Active")
    assert client(tenant, key).get_caller_identity()
    assert doors.post("/api/v1/authorize", {}).status == 400


def test_a_deleted_key_is_unknown_at_once(tenant: Tenant, key: dict[str, str]) -> None:
    assert Doors(tenant.app, key).post("/api/v1/authorize", {}).status == 400
    delete(tenant, key)
    demand_unknown(tenant, key)


def test_a_service_goes_without_keys_and_they_do_not_come_back(tenant: Tenant, key: dict[str, str]) -> None:
    with pytest.raises(DeleteConflict, match="access keys"):
        tenant.run("iamconsole:DeregisterService", service_prefix=PREFIX)
    delete(tenant, key)
    tenant.run("iamconsole:DeregisterService", service_prefix=PREFIX)
    demand_unknown(tenant, key)
    register(tenant)
    demand_unknown(tenant, key)
    assert listed(tenant) == []


def test_keys_of_other_accounts_and_services_do_not_exist(tenant: Tenant, other: Tenant, key: dict[str, str]) -> None:
    for attempt in (update, delete):
        with pytest.raises(NoSuchEntity):
            attempt(other, key, "Inactive") if attempt is update else attempt(other, key)
    registered(other)
    with pytest.raises(NoSuchEntity, match="Access Key"):
        delete(other, key)
    user = tenant.user("ada")
    with pytest.raises(NoSuchEntity):
        delete(tenant, user)
    with pytest.raises(NoSuchEntity):
        tenant.run("iam:DeleteAccessKey", user_name="ada", access_key_id=key["AccessKeyId"])
    assert client(tenant, key).get_caller_identity()


def test_only_registered_services_have_keys(tenant: Tenant) -> None:
    for prefix in ("orders", "s3"):
        with pytest.raises(NoSuchEntity):
            tenant.run("iamconsole:CreateServiceAccessKey", service_prefix=prefix)


def test_when_it_was_last_used(tenant: Tenant, key: dict[str, str]) -> None:
    client(tenant, key).get_caller_identity()
    (shown,) = listed(tenant)
    assert (shown.last_used_service, shown.last_used_region) == ("sts", "us-east-1")
    assert shown.last_used_date


def test_decision_doors_count_as_use(tenant: Tenant, key: dict[str, str]) -> None:
    Doors(tenant.app, key).post("/api/v1/authorize", {})
    assert recorder.flush()
    (shown,) = listed(tenant)
    assert shown.last_used_service == "iam"


def test_making_keys_takes_permission_on_that_service(tenant: Tenant) -> None:
    register(tenant)
    register(tenant, "parcels", Actions=[{"Name": "Pay", "AccessLevel": "Write"}], ResourceTypes=[], ConditionKeys=[])
    making = ["iamconsole:CreateServiceAccessKey", "iam:CreateAccessKey"]
    only = document(allow(making, service_arn(tenant)))
    doors = Doors(tenant.app, tenant.user("ada", only))
    assert doors.post("/api/v1/services/orders/access-keys").status == 201
    assert doors.post("/api/v1/services/parcels/access-keys").status == 403


def test_everything_else_is_denied(tenant: Tenant, key: dict[str, str]) -> None:
    service = of_service(tenant.account_id, PREFIX, access_key_id=key["AccessKeyId"])
    assert call_for(service, door="query").account_id == tenant.account_id
    allowed = set()
    for operation in catalogue.operations():
        try:
            demand(service, operation)
            allowed.add(operation.action)
        except AccessDenied:
            continue
    assert allowed == {"sts:AssumeRole", "sts:GetCallerIdentity"}
    for attempt in (
        client(tenant, key, "iam").list_users,
        client(tenant, key, "iam").get_user,
        client(tenant, key).get_session_token,
    ):
        with refused("AccessDenied", "a service assumes a role"):
            attempt()
    answer = Doors(tenant.app, key).post("/api/v1/tokens")
    assert (answer.status, answer.body["code"]) == (403, "AccessDenied")


def test_a_token_does_not_go_with_it(tenant: Tenant, key: dict[str, str]) -> None:
    with refused(UNKNOWN):
        client(tenant, {**key, "SessionToken": "x"}).get_caller_identity()
    with refused("SignatureDoesNotMatch"):
        client(tenant, {**key, "SecretAccessKey": "x" * 40}).get_caller_identity()


def test_policies_of_users_do_not_reach_it(tenant: Tenant, key: dict[str, str]) -> None:
    """A user called like the service is somebody else."""
    name = service_name(tenant)
    tenant.user(name, document(allow("*")))
    assert arn(tenant, f"user/{name}") != service_arn(tenant)
    with refused("AccessDenied"):
        client(tenant, key, "iam").list_users()


def test_power_users_do_not_become_services(tenant: Tenant) -> None:
    register(tenant)
    key = tenant.user("ada")
    tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn="arn:aws:iam::aws:policy/PowerUserAccess")
    answer = Doors(tenant.app, key).post("/api/v1/services/orders/access-keys")
    assert (answer.status, "iam:CreateAccessKey" in answer.body["detail"]) == (403, True)
