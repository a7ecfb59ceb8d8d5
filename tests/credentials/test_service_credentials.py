"""Service-specific credentials: what each service gets, who may, and what a service is told about them."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from accounts.models import ServiceSpecificCredential
from accounts.service_credentials import secrets
from iamconsole.kernel.errors import DeleteConflict, NoSuchEntity, ValidationError
from tests.query.aws import allow, document, limit, names, refused
from tests.support.tenants import Tenant, open_account
from tests.support.write_guard import setting_up

GIT, CASSANDRA = "codecommit.amazonaws.com", "cassandra.amazonaws.com"
BEDROCK, LOGS = "bedrock.amazonaws.com", "logs.amazonaws.com"
OWN = "orders"
NOT_TAKEN = "There is no active credential for this service with this name and secret."


@pytest.fixture(autouse=True)
def ada(tenant: Tenant) -> None:
    tenant.run("iam:CreateUser", user_name="ada")


@pytest.fixture
def orders(tenant: Tenant) -> None:
    action = {"Name": "GetOrder", "AccessLevel": "Read"}
    tenant.run("iamconsole:RegisterService", service_prefix=OWN, service_name="Orders", actions=[action])


def create(iam: Any, service: str = GIT, user: str = "ada", **members: Any) -> dict[str, Any]:
    made = iam.create_service_specific_credential(UserName=user, ServiceName=service, **members)
    return made["ServiceSpecificCredential"]  # type: ignore[no-any-return]


def listed(iam: Any, **members: Any) -> list[dict[str, Any]]:
    return iam.list_service_specific_credentials(**members)["ServiceSpecificCredentials"]  # type: ignore[no-any-return]


def named(made: dict[str, Any]) -> dict[str, str]:
    return {name: made[name] for name in ("UserName", "ServiceSpecificCredentialId")}


def verify(tenant: Tenant, made: dict[str, Any], **members: Any) -> Any:
    shown = {
        "service_name": made["ServiceName"],
        "service_user_name": made.get("ServiceUserName") or made["ServiceCredentialAlias"],
        "service_password": made.get("ServicePassword") or made["ServiceCredentialSecret"],
    }
    return tenant.run("iamconsole:VerifyServiceSpecificCredential", **shown | members)


@pytest.mark.parametrize("service", [GIT, CASSANDRA, OWN])
def test_a_user_name_and_a_password(iam: Any, tenant: Tenant, orders: None, service: str) -> None:
    made = create(iam, service, "ADA")
    assert made["ServiceUserName"] == f"ada-at-{tenant.account_id}"
    assert len(b64decode(made["ServicePassword"])) == 32
    assert made["ServiceSpecificCredentialId"].startswith("ACCA")
    assert (made["UserName"], made["Status"], made["ServiceName"]) == ("ada", "Active", service)
    assert not made.keys() & {"ServiceCredentialAlias", "ServiceCredentialSecret", "ExpirationDate"}
    (shown,) = listed(iam, UserName="ada")
    assert shown == {name: made[name] for name in made.keys() - {"ServicePassword"}}


@pytest.mark.parametrize("service", [BEDROCK, LOGS])
def test_an_api_key_says_whose_it_is(iam: Any, tenant: Tenant, service: str) -> None:
    made = create(iam, service, CredentialAgeDays=30)
    alias, secret = made["ServiceCredentialAlias"], made["ServiceCredentialSecret"]
    assert alias == f"ada-at-{tenant.account_id}"
    assert b64decode(secret.removeprefix("ABSK")).decode().startswith(f"{alias}:")
    assert made["ExpirationDate"] - made["CreateDate"] == timedelta(days=30)
    assert not made.keys() & {"ServiceUserName", "ServicePassword"}
    (shown,) = listed(iam, UserName="ada")
    assert shown == {name: made[name] for name in made.keys() - {"ServiceCredentialSecret"}}


@pytest.mark.parametrize("service", ["s3.amazonaws.com", "bedrock", "Orders", "orders.amazonaws.com", "x\x7f", "ü"])
def test_other_services_take_none(iam: Any, orders: None, service: str) -> None:
    with refused("NotSupportedService", "codecommit.amazonaws.com"):
        create(iam, service)
    with refused("NotSupportedService"):
        listed(iam, UserName="ada", ServiceName=service)


def test_a_service_is_its_own_accounts(iam: Any, app: Any, orders: None) -> None:
    create(iam, OWN)
    with refused("NotSupportedService"):
        create(open_account(app).client(), OWN, "admin")


def test_a_service_is_not_forgotten_while_there_are_credentials_for_it(iam: Any, tenant: Tenant, orders: None) -> None:
    made = create(iam, OWN)
    with pytest.raises(DeleteConflict, match="must delete the credentials for it first"):
        tenant.run("iamconsole:DeregisterService", service_prefix=OWN)
    iam.delete_service_specific_credential(**named(made))
    tenant.run("iamconsole:DeregisterService", service_prefix=OWN)


@pytest.mark.parametrize("days", [0, 36601])
def test_an_age_has_bounds(tenant: Tenant, days: int) -> None:
    with pytest.raises(ValidationError, match="credentialAgeDays"):
        tenant.run(
            "iam:CreateServiceSpecificCredential", user_name="ada", service_name=BEDROCK, credential_age_days=days
        )


def test_passwords_of_awss_services_do_not_expire_those_of_ones_own_may(iam: Any, orders: None) -> None:
    for service in (GIT, CASSANDRA):
        with refused("ValidationError", f"CredentialAgeDays is not valid for {service}"):
            create(iam, service, CredentialAgeDays=1)
    assert "ExpirationDate" in create(iam, OWN, CredentialAgeDays=1)
    assert "ExpirationDate" not in create(iam, BEDROCK)


def test_a_user_has_two_for_each_service(iam: Any, tenant: Tenant) -> None:
    account = tenant.account_id
    made = [create(iam) for _ in range(2)]
    assert names(made, "ServiceUserName") == [f"ada-at-{account}", f"ada+1-at-{account}"]
    with refused("LimitExceeded", "Cannot exceed quota for ServiceSpecificCredentialsPerUser: 2"):
        create(iam)
    create(iam, CASSANDRA)
    limit(tenant, "ServiceSpecificCredentialsPerUser", 3)
    create(iam)


def test_a_name_that_another_user_has_is_passed_over(iam: Any, tenant: Tenant) -> None:
    iam.create_user(UserName="ada+1")
    assert create(iam, user="ada+1")["ServiceUserName"] == f"ada+1-at-{tenant.account_id}"
    assert create(iam)["ServiceUserName"] == f"ada-at-{tenant.account_id}"
    assert create(iam)["ServiceUserName"] == f"ada+2-at-{tenant.account_id}"


def test_listing_by_user_service_and_all(iam: Any, tenant: Tenant) -> None:
    iam.create_user(UserName="grace")
    create(iam)
    create(iam, BEDROCK)
    create(iam, user="grace")
    assert len(listed(iam, UserName="ada")) == 2
    assert names(listed(iam, UserName="ada", ServiceName=BEDROCK), "ServiceName") == [BEDROCK]
    assert sorted(names(listed(iam, AllUsers=True), "UserName")) == ["ada", "ada", "grace"]
    assert sorted(names(listed(iam, AllUsers=True, ServiceName=GIT), "UserName")) == ["ada", "grace"]
    assert listed(iam) == []
    with refused("ValidationError", "AllUsers cannot be specified together with UserName"):
        listed(iam, UserName="ada", AllUsers=True)
    with refused("NoSuchEntity"):
        listed(iam, UserName="nobody")


def test_pages(iam: Any) -> None:
    for service in (GIT, BEDROCK, CASSANDRA):
        create(iam, service)
    found, marker = [], {}
    while True:
        page = iam.list_service_specific_credentials(UserName="ada", MaxItems=2, **marker)
        found += page["ServiceSpecificCredentials"]
        if not page["IsTruncated"]:
            break
        marker = {"Marker": page["Marker"]}
    assert found == listed(iam, UserName="ada")
    with refused("ValidationError", "Invalid Marker"):
        iam.list_service_specific_credentials(UserName="ada", Marker="x")


def test_status_and_deletion(iam: Any) -> None:
    made = create(iam)
    for status in ("Inactive", "Active"):
        iam.update_service_specific_credential(**named(made), Status=status)
        assert names(listed(iam, UserName="ada"), "Status") == [status]
    with refused("ValidationError", "expires by its age alone"):
        iam.update_service_specific_credential(**named(made), Status="Expired")
    iam.delete_service_specific_credential(**named(made))
    ident = made["ServiceSpecificCredentialId"]
    with refused("NoSuchEntity", f"The service specific credential with id {ident} cannot be found."):
        iam.delete_service_specific_credential(**named(made))


def test_a_service_learns_whose_credential_it_was_shown(iam: Any, tenant: Tenant, orders: None) -> None:
    for service in (GIT, OWN, BEDROCK):
        made = create(iam, service)
        told = verify(tenant, made)
        assert (told.user_name, told.arn) == ("ada", f"arn:aws:iam::{tenant.account_id}:user/ada")
        assert told.service_specific_credential_id == made["ServiceSpecificCredentialId"]


def test_nothing_else_is_taken_for_a_credential(iam: Any, tenant: Tenant, app: Any) -> None:
    made, other = create(iam), create(iam, CASSANDRA)
    wrong: list[dict[str, str]] = [
        {"service_password": other["ServicePassword"]},
        {"service_password": f"{made['ServicePassword']}x"},
        {"service_password": "ü\x00"},
        {"service_user_name": "nobody-at-1"},
        {"service_name": CASSANDRA},
        {"service_name": "none"},
    ]
    for members in wrong:
        with pytest.raises(NoSuchEntity, match=NOT_TAKEN):
            verify(tenant, made, **members)
    with pytest.raises(NoSuchEntity, match=NOT_TAKEN):
        verify(open_account(app), made)
    verify(tenant, made)
    iam.update_service_specific_credential(**named(made), Status="Inactive")
    with pytest.raises(NoSuchEntity, match=NOT_TAKEN):
        verify(tenant, made)
    iam.update_service_specific_credential(**named(made), Status="Active")
    verify(tenant, made)


def test_an_expired_credential_is_shown_as_such_and_refused(iam: Any, tenant: Tenant) -> None:
    made = create(iam, BEDROCK, CredentialAgeDays=1)
    with setting_up():
        rows = ServiceSpecificCredential.objects.filter(account_id=tenant.account_id)
        rows.update(expires=now() - timedelta(seconds=1))
    assert names(listed(iam, UserName="ada"), "Status") == ["Expired"]
    with pytest.raises(NoSuchEntity, match=NOT_TAKEN):
        verify(tenant, made)


def test_a_reset_replaces_the_secret_and_nothing_else(iam: Any, tenant: Tenant) -> None:
    for service, member in ((GIT, "ServicePassword"), (BEDROCK, "ServiceCredentialSecret")):
        made = create(iam, service)
        again = iam.reset_service_specific_credential(**named(made))["ServiceSpecificCredential"]
        assert {name for name in made if made[name] != again[name]} == {member}
        with pytest.raises(NoSuchEntity, match=NOT_TAKEN):
            verify(tenant, made)
        verify(tenant, again)


def test_a_hash_counts_for_its_own_credential_alone(iam: Any, tenant: Tenant) -> None:
    first, second = create(iam), create(iam)
    rows = ServiceSpecificCredential.objects.filter(account_id=tenant.account_id)
    stored = {row.id: row.secret_hash for row in rows}
    assert not any(made["ServicePassword"] in text for made in (first, second) for text in stored.values())
    with setting_up():
        rows.filter(pk=second["ServiceSpecificCredentialId"]).update(
            secret_hash=stored[first["ServiceSpecificCredentialId"]]
        )
    with pytest.raises(NoSuchEntity, match=NOT_TAKEN):
        verify(tenant, second | {"ServicePassword": first["ServicePassword"]})


def test_two_secrets_are_never_the_same() -> None:
    assert len({secrets.new_password() for _ in range(100)}) == 100


def test_another_users_credential_and_another_accounts_are_unknown(iam: Any, app: Any) -> None:
    ident = create(iam)["ServiceSpecificCredentialId"]
    iam.create_user(UserName="grace")
    for client, user in ((iam, {}), (iam, {"UserName": "grace"}), (open_account(app).client(), {})):
        with refused("NoSuchEntity"):
            client.update_service_specific_credential(**user, ServiceSpecificCredentialId=ident, Status="Inactive")
        with refused("NoSuchEntity"):
            client.reset_service_specific_credential(**user, ServiceSpecificCredentialId=ident)
        with refused("NoSuchEntity"):
            client.delete_service_specific_credential(**user, ServiceSpecificCredentialId=ident)
        assert listed(client, **user) == []


def test_policies_can_name_the_service_and_the_age(iam: Any, tenant: Tenant) -> None:
    service = {"iam:ServiceSpecificCredentialServiceName": GIT}
    age = {"iam:ServiceSpecificCredentialAgeDays": "30"}
    key = tenant.user(
        "linus",
        document(
            allow("iam:*ServiceSpecificCredential", StringEquals=service),
            allow("iam:CreateServiceSpecificCredential", NumericLessThanEquals=age),
        ),
    )
    client = tenant.client("iam", key)
    git, bedrock = create(client), create(client, BEDROCK, CredentialAgeDays=30)
    for refusal in ({}, {"CredentialAgeDays": 31}):
        with refused("AccessDenied"):
            create(client, BEDROCK, **refusal)
    client.reset_service_specific_credential(**named(git))
    with refused("AccessDenied"):
        client.reset_service_specific_credential(**named(bedrock))
    with refused("AccessDenied"):
        client.delete_service_specific_credential(**named(bedrock))
    client.delete_service_specific_credential(**named(git))


def test_seeing_all_users_credentials_needs_more_than_seeing_ones_own(iam: Any, tenant: Tenant) -> None:
    own = f"arn:aws:iam::{tenant.account_id}:user/${{aws:username}}"
    client = tenant.client("iam", tenant.user("linus", document(allow("iam:*ServiceSpecificCredential*", own))))
    create(client, user="linus")
    assert names(listed(client), "UserName") == ["linus"]
    with refused("AccessDenied"):
        listed(client, AllUsers=True)
    with refused("AccessDenied"):
        listed(client, UserName="ada")
