"""Which networks a provider may be in, besides the public one, and whose certificates it may have."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509

from accounts.egress.addresses import LOOPBACK, NEVER, PRIVATE, Network, network
from accounts.oidc_providers import queries as providers
from accounts.oidc_providers.resources import OIDC_PROVIDER
from accounts.oidc_providers.shapes import CertificateText, Networks, OpenIDConnectProviderNetworkResult
from accounts.tenancy.operator import demand_operator
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import ConcurrentModification, InvalidInput, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.shapes import Arn


@operation(
    Access.READ,
    on=OIDC_PROVIDER,
    service="iamconsole",
    rest=Rest("GET", "/oidc-provider/network"),
    errors=(InvalidInput, NoSuchEntity),
)
def get_open_id_connect_provider_network(
    call: Call, *, open_id_connect_provider_arn: Arn
) -> OpenIDConnectProviderNetworkResult:
    """Show from which private networks a provider's documents may be fetched, and its certificate authority."""
    return providers.network_of(providers.find(call.account_id, open_id_connect_provider_arn))


@operation(
    Access.WRITE,
    on=OIDC_PROVIDER,
    service="iamconsole",
    rest=Rest("PUT", "/oidc-provider/network"),
    errors=(InvalidInput, NoSuchEntity, ConcurrentModification),
)
def update_open_id_connect_provider_network(
    call: Call,
    *,
    open_id_connect_provider_arn: Arn,
    allowed_networks: Networks = [],  # noqa: B006
    ca_certificate: CertificateText = "",
) -> OpenIDConnectProviderNetworkResult:
    """Say from which private networks (CIDR) a provider's documents may be fetched, and by whom it is certified.

    Both are replaced. Public addresses need no entry. Loopback only the local operator may allow; link-local addresses
    and those of cloud metadata services nobody may.
    """
    provider = providers.find(call.account_id, open_id_connect_provider_arn, lock=True)
    for each in allowed_networks:
        _demand_allowable(call, _network(each))
    _demand_certificates(ca_certificate)
    provider.allowed_networks = [str(_network(each)) for each in allowed_networks]
    provider.ca_certificate = ca_certificate
    provider.save(update_fields=["allowed_networks", "ca_certificate"])
    call.emit(provider.arn_kind, provider.unique_id, "updated", revokes=True)
    return providers.network_of(provider)


def _network(text: str) -> Network:
    try:
        return network(text)
    except ValueError as fault:
        raise InvalidInput(f"{text} is not a network such as 10.20.0.0/16: {fault}.") from None


def _demand_allowable(call: Call, wanted: Network) -> None:
    if _within(wanted, NEVER):
        raise InvalidInput(f"{wanted} cannot be allowed: it is link-local, multicast or of a metadata service.")
    if _within(wanted, LOOPBACK):
        demand_operator(call)
    elif not _within(wanted, PRIVATE):
        raise InvalidInput(f"{wanted} is no private network: public addresses need no entry.")


def _within(wanted: Network, networks: Sequence[Network]) -> bool:
    # Addresses that nobody may fetch from stay closed within a network that is allowed.
    return any(wanted.version == each.version and wanted.subnet_of(each) for each in networks)  # type: ignore[arg-type]


def _demand_certificates(text: str) -> None:
    if not text:
        return
    try:
        x509.load_pem_x509_certificates(text.encode())
    except ValueError:
        raise InvalidInput("CaCertificate is not valid: write one or more certificates in PEM.") from None
