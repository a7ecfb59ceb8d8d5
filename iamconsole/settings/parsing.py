"""How a variable's text becomes a value: every parser takes the text and raises ValueError saying what it must be."""

from __future__ import annotations

import base64
import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent.parent
REGION_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def text(value: str) -> str:
    return value


def port(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise ValueError("must be a port number from 1 to 65535")
    return int(value)


def address(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise ValueError("must be an IP address, for example 127.0.0.1 or 0.0.0.0") from None


def flag(value: str) -> bool:
    if value not in ("0", "1"):
        raise ValueError("must be 0 or 1")
    return value == "1"


def path(value: str) -> Path:
    """A path; one that is relative counts from the folder of manage.py."""
    return (BASE_DIR / Path(value).expanduser()).resolve()


def link(value: str) -> Path:
    """A path that may be a symbolic link, which is followed anew each time: secrets are exchanged behind such links."""
    return Path(os.path.abspath(BASE_DIR / Path(value).expanduser()))


def existing_file(value: str) -> Path:
    found = path(value)
    if not found.is_file():
        raise ValueError("is not a file; give the path of one")
    return found


def days(value: str) -> timedelta:
    if not value.isdecimal() or not 1 <= int(value) <= 3650:
        raise ValueError("must be a number of days from 1 to 3650")
    return timedelta(days=int(value))


def whole(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.isdecimal() or not least <= int(value) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(value)

    return parse


def choice(*options: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in options:
            raise ValueError(f"must be one of {', '.join(options)}")
        return value

    return parse


def url(*schemes: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if urlsplit(value).scheme not in schemes or "://" not in value:
            raise ValueError(f"must be a URL that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return value

    return parse


def email(value: str) -> str:
    name, at, host = value.partition("@")
    if not (name and at and host) or not value.isprintable() or " " in value or "@" in host:
        raise ValueError("must be an e-mail address, for example iam@example.com")
    return value


def webhook_secret(value: str) -> bytes:
    """The bytes of a secret of Standard Webhooks."""
    try:
        secret = base64.b64decode(value.removeprefix("whsec_"), validate=True)
    except ValueError:
        secret = b""
    if not value.startswith("whsec_") or not 24 <= len(secret) <= 64:
        raise ValueError("must be whsec_ and 24 to 64 bytes in base64, as `openssl rand -base64 32` makes them")
    return secret


def origin(value: str) -> str:
    """Scheme, host and port only: a path would be lost in every link that is built from it."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("must be an origin, for example https://iam.example.com")
    return f"{parts.scheme}://{parts.netloc}"


def names(value: str) -> tuple[str, ...]:
    return tuple(name for part in value.split(",") if (name := part.strip()))


def networks(value: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(name) for name in names(value))
    except ValueError:
        raise ValueError("must be addresses or networks, for example 10.0.0.0/8,192.0.2.7") from None


def seconds_range(value: str) -> tuple[float, float]:
    """`3` is 3 to 3 seconds, `2-8` is 2 to 8."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?", value)
    if not match:
        raise ValueError("must be seconds, or a range of seconds, for example 0 or 2-8")
    least = float(match[1])
    most = float(match[2] or match[1])
    if most < least:
        raise ValueError("must be a range whose end is not before its start")
    return least, most


def regions(value: str) -> Mapping[str, str]:
    """Region name → Redis URL; an empty URL means a database of the broker."""
    pairs = [entry.partition("=") for entry in names(value)]
    found = {name: place for name, _, place in pairs}
    if not found or len(found) != len(pairs) or not all(REGION_NAME.fullmatch(name) for name in found):
        raise ValueError("must be distinct region names, for example home,eu,ap, or name=redis-url pairs")
    for place in filter(None, found.values()):
        redis_url(place)
    return found


redis_url = url("redis", "rediss", "unix")
