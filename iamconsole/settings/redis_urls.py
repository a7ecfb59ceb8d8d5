"""One Redis URL, and the databases of that server: 0 broker, 1 cache, 2 and up one a region."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from iamconsole.settings.environment import EnvironmentRefused

BROKER, CACHE, FIRST_REGION = 0, 1, 2
SOCKET_NAME = "valkey.sock"
LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes


def with_database(url: str, offset: int) -> str:
    """The same server, `offset` databases after the one that `url` names (0 where it names none)."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if parts.scheme == "unix":
        query["db"] = str(int(query.get("db", 0)) + offset)
        return f"unix://{parts.path}?{urlencode(query, safe='/')}"
    number = int(query.pop("db", None) or parts.path.strip("/") or 0) + offset
    return urlunsplit(parts._replace(path=f"/{number}", query=urlencode(query)))


def for_celery(url: str) -> str:
    """Kombu's spelling of a redis-py URL: its own scheme for sockets, and TLS that verifies unless told otherwise."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if parts.scheme == "unix":
        return f"redis+socket://{parts.path}?{urlencode({'virtual_host': query.get('db', '0')})}"
    if parts.scheme == "rediss":
        query.setdefault("ssl_cert_reqs", "required")
    return urlunsplit(parts._replace(query=urlencode(query)))


def of_regions(named: Mapping[str, str], broker: str) -> dict[str, str]:
    """Region → Redis URL; regions without one take the broker's databases in their order."""
    return {name: url or with_database(broker, FIRST_REGION + place) for place, (name, url) in enumerate(named.items())}


def embedded(data_dir: Path) -> str:
    """The embedded broker's URL: the same for every process that is given this data directory."""
    return f"unix://{socket_directory(data_dir) / SOCKET_NAME}"


def socket_directory(data_dir: Path) -> Path:
    """Where sockets go: the data directory, or a private short one where its path is too long for a socket."""
    if len(os.fsencode(data_dir / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return data_dir
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    short = Path(f"/tmp/iamconsole-{os.getuid()}-{digest}")  # noqa: S108 - checked below to be ours alone
    short.mkdir(mode=0o700, exist_ok=True)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise EnvironmentRefused(f"`{short}` is not a directory of this user alone: remove it, or shorten IAM_DATA_DIR")
    return short
