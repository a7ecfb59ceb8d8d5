"""Addresses of this host."""

from __future__ import annotations

from ipaddress import ip_address


def is_own(host: str | None) -> bool:
    """Whether a host is reached from here alone: loopback, or link-local as the addresses of EC2 and ECS."""
    try:
        found = ip_address(host or "")
    except ValueError:
        return host == "localhost"
    return found.is_loopback or found.is_link_local
