"""From where users sign in: an address that is new for somebody is worth a message."""

from __future__ import annotations

import ipaddress
from typing import Final

from accounts.notifications.models import SignInAddress
from accounts.users.models import User
from iamconsole.kernel.call import Call

V6_PREFIX: Final = 64
"""Bits of an IPv6 address that name a place; a device changes the others by itself (RFC 8981)."""


def is_new(call: Call) -> bool:
    """Whether a user comes from an address he never came from, though he came from others; remembers it.

    Of two sign-ins at once the unique constraint makes one run again, and that one knows the address.
    """
    if call.origin.source_ip is None:
        return False
    user = User.objects.filter(account_id=call.account_id, unique_id=call.principal.unique_id).first()
    if user is None:
        return False
    place = place_of(call.origin.source_ip)
    known = SignInAddress.objects.filter(account_id=call.account_id, user=user)
    if known.filter(address=place).update(seen=call.time):
        return False
    others = known.exists()
    SignInAddress.objects.create(account_id=call.account_id, user=user, address=place, seen=call.time)
    return others


def place_of(address: str) -> str:
    """The address itself; of IPv6 its network, such as `2001:db8:1:2::`."""
    parsed = ipaddress.ip_address(address)
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, V6_PREFIX), strict=False).network_address)
