"""Which addresses an outbound fetch may go to. Pure: no look-up happens here."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PRIVATE: tuple[Network, ...] = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
)
"""Networks of organisations, where an identity provider may well be (RFC 1918, 6598, 4193)."""
LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
NEVER: tuple[Network, ...] = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "169.254.0.0/16",  # link-local, and the metadata service of most clouds
            "100.100.100.200/32",  # a metadata service within RFC 6598
            "192.0.0.192/32",  # another
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/128",
            "fe80::/10",
            "fec0::/10",
            "fd00:ec2::254/128",  # a metadata service within RFC 4193
            "ff00::/8",
        ),
    )
)
"""Networks that no allow-list opens."""
_NAT64 = IPv6Network("64:ff9b::/96")


def network(text: str) -> Network:
    """`10.0.0.0/8`, or one address; ValueError for another form and for host bits that are set."""
    return ip_network(text)


def permitted(text: str, allowed: Sequence[Network] = ()) -> bool:
    """Whether a connection to this address is allowed: a public one, or one of the allowed networks.

    An IPv4 address inside an IPv6 one (mapped, NAT64) counts as what it is; tunnels (6to4, Teredo) are never allowed.
    """
    address = _meant(ip_address(text.partition("%")[0]))
    if address is None or _within(address, NEVER):
        return False
    return _within(address, allowed) or _is_public(address)


def is_loopback(text: str) -> bool:
    """Whether an address is this machine's own."""
    address = _meant(ip_address(text.partition("%")[0]))
    return address is not None and _within(address, LOOPBACK)


def _meant(address: Address) -> Address | None:
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None if address.sixtofour or address.teredo else address


def _is_public(address: Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_private)


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == each.version and address in each for each in networks)
