"""Reading the values of typed conditions; None is the answer for a text that is no such value."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final, NamedTuple

_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_EPOCH_SECONDS: Final = re.compile(r"(\d{1,3}|\d{5,19})(?:\.(\d{1,9})\d*)?", re.ASCII)
_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|z|[+-]\d\d:?\d\d)?)?)?)?", re.ASCII
)
_CIDR: Final = re.compile(r"([0-9A-Fa-f.:]+)(?:/(\d{1,3}))?", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST: Final = 64
_MINUTES: Final = 60
_WIDTHS: Final = {4: 32, 6: 128}


class Network(NamedTuple):
    """A block of addresses: those of the version whose leading bits are the same."""

    version: int
    bits: int
    host_bits: int

    def holds(self, address: "Network") -> bool:
        """Whether an address, a block of one, lies in the block."""
        return self.version == address.version and self.bits == address.bits >> self.host_bits


def number(text: str) -> Decimal | None:
    """An integer or decimal number."""
    return Decimal(text) if len(text) <= _LONGEST and _NUMBER.fullmatch(text) else None


def boolean(text: str) -> bool | None:
    """`true` or `false`, in any case."""
    return {"true": True, "false": False}.get(text.lower())


@lru_cache(maxsize=1_024)
def instant(text: str) -> int | None:
    """Nanoseconds since 1970 of a W3C date (`2026`, `2026-05`, ... `2026-05-04T03:02:01.5+02:00`) or of epoch seconds.

    Four digits are a year; a time without a zone is UTC.
    """
    if len(text) > _LONGEST:
        return None
    if found := _EPOCH_SECONDS.fullmatch(text):
        return int(found[1]) * 1_000_000_000 + int((found[2] or "").ljust(9, "0"))
    if not (found := _DATE.fullmatch(text)):
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
        since = (moment - _EPOCH - _offset(zone)) // timedelta(seconds=1)
    except ValueError:
        return None
    return since * 1_000_000_000 + int((fraction or "")[:9].ljust(9, "0"))


def _offset(zone: str | None) -> timedelta:
    if zone in (None, "Z", "z"):
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    if minutes >= _MINUTES or offset >= timedelta(days=1):
        raise ValueError
    return -offset if zone[0] == "-" else offset


@lru_cache(maxsize=4_096)
def network(text: str) -> Network | None:
    """A CIDR block, IPv4 or IPv6; an address without prefix is a block of one, host bits are ignored."""
    found = _CIDR.fullmatch(text)
    if not found or not (address := _address(found[1])):
        return None
    width = _WIDTHS[address.version]
    length = int(found[2] or width)
    if length > width:
        return None
    return Network(address.version, address.bits >> (width - length), width - length)


@lru_cache(maxsize=4_096)
def address(text: str) -> Network | None:
    """One address; an IPv4 address written as IPv6 (`::ffff:10.0.0.1`) is the IPv4 address."""
    return _address(text) if _CIDR.fullmatch(text) else None


def _address(text: str) -> Network | None:
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return Network(parsed.version, int(parsed), 0)


def binary(text: str) -> bytes | None:
    """The bytes of a base64 text."""
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError):
        return None
