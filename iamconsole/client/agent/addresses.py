"""Addresses of this host."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final

# Where SDKs look for the metadata services of EC2, ECS and EKS; a host may give them to its loopback interface.
METADATA: Final = frozenset({"169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23"})


def is_loopback(host: str | None) -> bool:
    """Whether a host is this one."""
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def is_own(host: str | None) -> bool:
    """Whether a host is this one, by loopback or by an address that SDKs expect the metadata services at."""
    return host in METADATA or is_loopback(host)
