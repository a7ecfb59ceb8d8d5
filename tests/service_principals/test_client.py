"""The client of a service: what it asks as itself."""

from __future__ import annotations

import pytest

from iamconsole.client import AccessKey, Client, ReceivedRequest, Refused
from tests.decisions.asking import arn
from tests.decisions.test_client import InProcess
from tests.decisions.wire import signed
from tests.query.aws import allow, document
from tests.service_principals.acting import service_name
from tests.services.examples import order
from tests.support import inprocess
from tests.support.tenants import Tenant

URL = "https://orders.example.com/orders"


@pytest.fixture
def client(tenant: Tenant, key: dict[str, str]) -> Client:
    """The service's client, whose requests end in the application of this process."""
    own = AccessKey(*key.values())
    made = Client(inprocess.ENDPOINT, key=own)
    made._connection = InProcess(tenant.app, key=own)
    return made


def test_who_may_hand_it_a_role(tenant: Tenant, client: Client) -> None:
    role, mine, theirs = arn(tenant, "role/app"), order(tenant), order(tenant, "2")
    condition = {
        "StringEquals": {"iam:PassedToService": service_name(tenant)},
        "ArnEquals": {"iam:AssociatedResourceArn": mine},
    }
    key = tenant.user("ada", document(allow("iam:PassRole", role, **condition)))
    request = ReceivedRequest("POST", URL, list(signed(key, "POST", URL, b"", {}, service="orders").items()))
    for who in (arn(tenant, "user/ada"), request):
        assert client.may_pass_role(who, role, service=service_name(tenant), resource_arn=mine)
        for asked in ({"resource_arn": theirs}, {}):
            denied = client.may_pass_role(who, role, service=service_name(tenant), **asked)
            assert not denied
            assert "iam:PassRole" in denied.reason
        assert not client.may_pass_role(who, role + "2", service=service_name(tenant), resource_arn=mine)
        with pytest.raises(Refused, match="AccessDenied"):
            client.may_pass_role(who, role, service="ec2.amazonaws.com")
