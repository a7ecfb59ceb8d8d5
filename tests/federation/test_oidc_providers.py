"""OpenID Connect providers through boto3, and where their documents may be fetched from."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import OpenIDConnectProvider
from iamconsole.kernel.errors import AccessDenied, InvalidInput, NoSuchEntity, ValidationError
from tests.federation.certificates import Certified
from tests.federation.conftest import believed
from tests.query.aws import allow, document, limit, refused, tags
from tests.support.tenants import Tenant, open_account, run

URL = "https://idp.example.com/realms/acme"
NETWORK = "iamconsole:UpdateOpenIDConnectProviderNetwork"


@pytest.fixture
def arn(iam: Any) -> str:
    made = iam.create_open_id_connect_provider(
        Url=URL, ClientIDList=["one", "two", "one"], ThumbprintList=["a" * 40], Tags=tags(team="red")
    )
    assert made["Tags"] == tags(team="red")
    return str(made["OpenIDConnectProviderArn"])


def test_a_provider_is_created_shown_listed_and_deleted(iam: Any, arn: str, tenant: Tenant) -> None:
    assert arn == f"arn:aws:iam::{tenant.account_id}:oidc-provider/idp.example.com/realms/acme"
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert found["Url"] == "idp.example.com/realms/acme"
    assert found["ClientIDList"] == ["one", "two"]
    assert found["ThumbprintList"] == ["a" * 40]
    assert found["Tags"] == tags(team="red")
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == [{"Arn": arn}]
    assert iam.get_account_summary()["SummaryMap"]["Providers"] == 1
    for _ in range(2):
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    with refused("NoSuchEntity", "not found for arn"):
        iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)


def test_client_ids_thumbprints_and_tags(iam: Any, arn: str) -> None:
    of = {"OpenIDConnectProviderArn": arn}
    for _ in range(2):
        iam.add_client_id_to_open_id_connect_provider(**of, ClientID="three")
        iam.remove_client_id_from_open_id_connect_provider(**of, ClientID="one")
    iam.update_open_id_connect_provider_thumbprint(**of, ThumbprintList=["b" * 40])
    iam.tag_open_id_connect_provider(**of, Tags=tags(Team="blue"))
    found = iam.get_open_id_connect_provider(**of)
    assert (found["ClientIDList"], found["ThumbprintList"]) == (["two", "three"], ["b" * 40])
    assert iam.list_open_id_connect_provider_tags(**of)["Tags"] == tags(Team="blue", team="red")
    iam.untag_open_id_connect_provider(**of, TagKeys=["team", "none"])
    assert iam.list_open_id_connect_provider_tags(**of)["Tags"] == tags(Team="blue")


@pytest.mark.parametrize(
    "url",
    [
        "http://idp.example.com",
        "https://",
        "https://idp.example.com?x=1",
        "https://idp.example.com/#x",
        "https://user@idp.example.com",
        "https://idp.example.com:99999",
        "https://idp.example.com/*",
        "https://idp.exa mple.com",
        "ftp://idp.example.com",
        "idp.example.com",
        "http://127.0.0.1:8080",
        "http://localhost:9999/oidc/x",
        "https://aws",
        "https://SAML",
        "https://sts",
        "https://iamconsole",
    ],
)
def test_a_url_that_is_none_of_a_provider_is_refused(iam: Any, url: str) -> None:
    with refused("InvalidInput", "Invalid Open ID Connect Provider URL"):
        iam.create_open_id_connect_provider(Url=url)


@pytest.mark.parametrize("url", ["https://10.0.0.1:6443", "https://idp.example.com:8443/realms/a_b~c", "https://idp"])
def test_ports_and_addresses_are_fine(iam: Any, url: str) -> None:
    assert iam.create_open_id_connect_provider(Url=url)["OpenIDConnectProviderArn"].endswith(
        url.removeprefix("https:/")
    )


def test_plain_http_is_for_loopback_in_test_mode(iam: Any, settings: Any) -> None:
    settings.IAM_TEST_MODE = True
    for url in ("http://127.0.0.1:8080", "http://localhost:8080/x", "http://[::1]:8080"):
        iam.create_open_id_connect_provider(Url=url)
    for url in ("http://idp.example.com", "http://10.0.0.1"):
        with refused("InvalidInput"):
            iam.create_open_id_connect_provider(Url=url)


def test_quotas_and_bounds(iam: Any, arn: str, tenant: Tenant) -> None:
    with refused("EntityAlreadyExists", "already exists"):
        iam.create_open_id_connect_provider(Url=URL)
    with refused("InvalidInput", "no more than 5"):
        iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=["a" * 40] * 6)
    with refused("InvalidInput", "SHA-1"):
        iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=["z" * 40])
    limit(tenant, "ClientIdsPerOpenIdConnectProvider", 2)
    with refused("LimitExceeded", "ClientIdsPerOpenIdConnectProvider: 2"):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="three")
    limit(tenant, "OpenIdConnectProvidersPerAccount", 1)
    with refused("LimitExceeded", "OpenIdConnectProvidersPerAccount: 1"):
        iam.create_open_id_connect_provider(Url="https://other.example.com")


def test_providers_of_other_accounts_do_not_exist(iam: Any, arn: str, tenant: Tenant) -> None:
    other = open_account(tenant.app).client()
    with refused("NoSuchEntity"):
        other.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    other.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    with refused("InvalidInput", "is not valid"):
        iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn.replace("oidc", "saml"))


def test_the_policy_of_the_caller_names_providers(iam: Any, arn: str, tenant: Tenant) -> None:
    key = tenant.user("ops", document(allow("iam:*", arn)))
    ops = tenant.client(key=key)
    assert ops.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    with refused("AccessDenied"):
        ops.create_open_id_connect_provider(Url="https://other.example.com")


# --- networks -------------------------------------------------------------------------------------------------------


def test_networks_and_an_authority_are_set_and_shown(tenant: Tenant, certificate: Certified) -> None:
    provider = believed(tenant, URL)
    given = {
        "open_id_connect_provider_arn": provider.arn,
        "allowed_networks": ["10.20.0.0/16", "fc00::/7", "192.168.1.7"],
        "ca_certificate": certificate.certificate_pem,
    }
    run(_admin(tenant), NETWORK, **given)
    shown = tenant.run("iamconsole:GetOpenIDConnectProviderNetwork", open_id_connect_provider_arn=provider.arn)
    assert shown.allowed_networks == ["10.20.0.0/16", "fc00::/7", "192.168.1.7/32"]
    assert shown.ca_certificate == certificate.certificate_pem


def _admin(tenant: Tenant) -> Any:
    from accounts.models import User
    from iamconsole.runtime import calls
    from iamconsole.runtime.authentication.identities import of_user

    user = User.objects.get(account_id=tenant.account_id, name="admin")
    return calls.call_for(of_user(user), door="query")


@pytest.mark.parametrize(
    "networks",
    [
        ["10.0.0.1/8"],
        ["nonsense"],
        ["0.0.0.0/0"],
        ["169.254.169.254/32"],
        ["fe80::/10"],
        ["fd00:ec2::254"],
        ["100.100.100.200"],
        ["fc00::/6"],
        ["8.8.8.0/24"],
        ["172.0.0.0/8"],
    ],
)
def test_networks_that_nobody_may_allow(tenant: Tenant, networks: list[str]) -> None:
    provider = believed(tenant, URL)
    with pytest.raises((InvalidInput, ValidationError)):
        tenant.run(NETWORK, open_id_connect_provider_arn=provider.arn, allowed_networks=networks)


def test_loopback_is_for_the_local_operator(tenant: Tenant) -> None:
    provider = believed(tenant, URL)
    given = {"open_id_connect_provider_arn": provider.arn, "allowed_networks": ["127.0.0.0/8"]}
    with pytest.raises(AccessDenied, match="local operator"):
        run(_admin(tenant), NETWORK, **given)
    assert tenant.run(NETWORK, **given).allowed_networks == ["127.0.0.0/8"]
    assert OpenIDConnectProvider.objects.get(account_id=tenant.account_id).allowed_networks == ["127.0.0.0/8"]


def test_an_authority_that_is_none_and_a_provider_that_is_none(tenant: Tenant) -> None:
    provider = believed(tenant, URL)
    with pytest.raises(InvalidInput, match="PEM"):
        tenant.run(NETWORK, open_id_connect_provider_arn=provider.arn, ca_certificate="nonsense")
    with pytest.raises(NoSuchEntity):
        tenant.run(NETWORK, open_id_connect_provider_arn=provider.arn + "x")
