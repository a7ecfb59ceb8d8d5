"""One subject, two identity providers: neither is ever taken for the other (ASVS 6.8.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import OpenIDConnectProvider
from iamconsole.audit.models import AuditEvent
from tests.federation.conftest import believed
from tests.federation.idp import AUDIENCE, Idp, new_key, serving
from tests.query.aws import allow, document, refused
from tests.sts.sessions import role, role_arn, trust
from tests.support import inprocess
from tests.support.tenants import Tenant

ACTION = "sts:AssumeRoleWithWebIdentity"
SUBJECT = "ada"


@pytest.fixture
def other_idp(idp: Idp) -> Iterator[Idp]:
    """A second provider, which signs with the very key of the first."""
    with serving() as found:
        yield found


@pytest.fixture
def other(tenant: Tenant, other_idp: Idp) -> OpenIDConnectProvider:
    return believed(tenant, other_idp.url)


def saying(provider: OpenIDConnectProvider) -> dict[str, str]:
    return {f"{provider.name}:aud": AUDIENCE, f"{provider.name}:sub": SUBJECT}


def exchange(tenant: Tenant, idp: Idp, name: str) -> dict[str, str]:
    sts = inprocess.client("sts", {"AccessKeyId": "nobody", "SecretAccessKey": "nobody"}, tenant.app)
    found: dict[str, str] = sts.assume_role_with_web_identity(
        RoleArn=role_arn(tenant, name), RoleSessionName="me", WebIdentityToken=idp.token(sub=SUBJECT)
    )["Credentials"]
    return found


def test_a_role_that_trusts_one_refuses_the_same_subject_of_the_other(
    tenant: Tenant, idp: Idp, other_idp: Idp, provider: OpenIDConnectProvider, other: OpenIDConnectProvider
) -> None:
    role(tenant, "one", trust({"Federated": provider.arn}, ACTION, StringEquals=saying(provider)))
    role(tenant, "two", trust({"Federated": other.arn}, ACTION, StringEquals=saying(other)))
    sessions = exchange(tenant, idp, "one"), exchange(tenant, other_idp, "two")
    for stranger, name in ((other_idp, "one"), (idp, "two")):
        with refused("AccessDenied", ACTION):
            exchange(tenant, stranger, name)
    ids = {tenant.client("sts", each).get_caller_identity()["UserId"] for each in sessions}
    assert len(ids) == 2
    assert all(each.endswith(":me") for each in ids)


def test_in_a_role_that_trusts_both_they_stay_two(
    tenant: Tenant, idp: Idp, other_idp: Idp, provider: OpenIDConnectProvider, other: OpenIDConnectProvider
) -> None:
    documents = [
        document(allow("iam:ListUsers", StringEquals={f"{provider.name}:sub": SUBJECT})),
        document(allow("iam:ListGroups", StringEquals={"aws:FederatedProvider": provider.arn})),
    ]
    role(tenant, "both", trust({"Federated": [provider.arn, other.arn]}, ACTION), *documents)
    mine, theirs = (tenant.client("iam", exchange(tenant, each, "both")) for each in (idp, other_idp))
    for name in ("list_users", "list_groups"):
        assert getattr(mine, name)()
        with refused("AccessDenied"):
            getattr(theirs, name)()
    assert recorded(tenant) == {
        f"{found.url}:{AUDIENCE}:{SUBJECT}": arn for found, arn in ((idp, provider.arn), (other_idp, other.arn))
    }


def recorded(tenant: Tenant) -> dict[str, Any]:
    """Who got sessions according to the trail: the principal ids and their providers."""
    events = AuditEvent.objects.filter(account_id=tenant.account_id, name="AssumeRoleWithWebIdentity")
    who = [json.loads(event.body)["userIdentity"] for event in events]
    return {each["principalId"]: each["identityProvider"] for each in who}


def test_a_token_of_one_that_names_the_other_as_its_issuer_is_none(
    tenant: Tenant, idp: Idp, other_idp: Idp, provider: OpenIDConnectProvider, other: OpenIDConnectProvider
) -> None:
    other_idp.publish("k1", new_key("RS256"))
    role(tenant, "two", trust({"Federated": other.arn}, ACTION, StringEquals=saying(other)))
    idp.issuer = other_idp.url
    with refused("InvalidIdentityToken"):
        exchange(tenant, idp, "two")
