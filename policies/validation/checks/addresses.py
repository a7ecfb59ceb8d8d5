"""IP addresses and ranges."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network
from typing import Final, TypeAlias

from policies import catalog
from policies.engine import values
from policies.validation.finding import Issue
from policies.validation.registry import each_condition
from policies.validation.tree import Condition, Policy, Statement, Value

_Network: TypeAlias = IPv4Network | IPv6Network

# The private, shared and local ranges that never reach a public endpoint; ranges for documentation count as public.
_PRIVATE: Final = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)


# Services of AWS whose requests reach this installation, from wherever its network is.
_SERVED_HERE: Final = frozenset({"access-analyzer", "iam", "sts"})


@each_condition("IMPROVE_IP_RANGE")
def host_bits(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """Bits behind the prefix of a range are ignored."""
    for value, network in _networks(condition):
        if "/" in value.text and ip_interface(value.text).ip != network.network_address:
            message = f"`{value.text}` means the range {network}: the bits after the prefix are ignored"
            yield Issue("IMPROVE_IP_RANGE", value.path, message, f"write {network}")


@each_condition(
    "PRIVATE_IP_ADDRESS", "PRIVATE_IP_ADDRESS_SUBSET", "PRIVATE_NOT_IP_ADDRESS", "PRIVATE_NOT_IP_ADDRESS_SUBSET"
)
def private_sources(policy: Policy, statement: Statement, condition: Condition) -> Iterator[Issue]:
    """A service of AWS sees public addresses only; one of this installation may well sit in a private network."""
    if condition.name != "aws:sourceip" or condition.base is None or not _asks_aws(statement):
        return
    networks = _networks(condition)
    private = [value for value, network in networks if _is_private(network)]
    if not private:
        return
    whole = len(private) == len(networks)
    code = f"PRIVATE_{'NOT_' if condition.base.negated else ''}IP_ADDRESS{'' if whole else '_SUBSET'}"
    path = condition.path if whole else private[0].path
    message = (
        f"{'only' if whole else 'some'} private addresses are given, which aws:SourceIp never is for a service of AWS"
    )
    yield Issue(code, path, message, "use public ranges, or aws:VpcSourceIp for addresses within a network")


def _asks_aws(statement: Statement) -> bool:
    prefixes = {item.value.partition(":")[0].lower() for item in statement.actions}
    return any(catalog.is_builtin(prefix) and prefix not in _SERVED_HERE for prefix in prefixes)


def _networks(condition: Condition) -> list[tuple[Value, _Network]]:
    if condition.family != "Ip":
        return []
    # The engine's reading decides what is an address; ipaddress is asked only for how to write it.
    return [(value, ip_network(value.text, strict=False)) for value in condition.values if values.network(value.text)]


def _is_private(network: _Network) -> bool:
    return any(
        network.version == other.version and network.subnet_of(other)  # type: ignore[arg-type]
        for other in _PRIVATE
    )
