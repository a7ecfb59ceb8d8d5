"""One region's Redis. Everything that must hold together is written by one script, so a crash leaves all or nothing.

generation         the one that readers see; a region is built anew under another and then switched over
G:rows             kind/id → packed row              G:index, G:covered/ACCOUNT   → id
G:versions         kind/id → position, digest's share and places in the indexes; stays for what was deleted
G:documents        digest → text                     G:digests    account/kind → sum over its rows
G:cursors          shard → Cursor                    G:stamps     account → version of its last change; G:version
lease, fence       who applies                       overlay      row → shard:position of its revocation
region             whose store this is               latencies    how long changes took, by bucket
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from iamconsole.kernel.errors import InvalidInput
from iamconsole.replication.regions.packing import Packer, packer

SCRIPTS = Path(__file__).with_name("lua")
LEASE = 3_000  # ms: how long a crashed applier keeps others waiting,
LONG = 10_000  # one that crashed while it built a region anew or swept it,
OPERATOR = 60_000  # and a command that compares or mends everything
WRITING, READING = 5.0, 0.5  # seconds until a store that does not answer counts as down
KEPT_FOR = 60  # seconds for readers that still look at the generation before


class Unreachable(Exception):
    """A region's store does not answer."""


class Misplaced(Exception):
    """The store of a region is another region's."""


class Outrun(Exception):
    """Somebody else applies to this region by now: he has the lease, or the cursor is another."""


class Cursor(NamedTuple):
    """How far a region has come in one shard of the log.

    Rows were read up to `position`. All that home had at `applied` is there; both are the same unless the region is
    catching up in steps. `request_id` tells one history of the log from another; `time` is that of the change.
    """

    position: int = -1
    applied: int = -1
    request_id: str = ""
    time: str = ""

    @classmethod
    def parse(cls, text: str | None) -> Cursor:
        return cls(*orjson.loads(text)) if text else cls()

    def __str__(self) -> str:
        return "" if self == Cursor() else orjson.dumps(list(self)).decode()


class Foundation(NamedTuple):
    """What a generation was built upon, as its name says: the master key of its rows, and the history of the log."""

    key_id: str
    epoch: int

    @classmethod
    def of(cls, generation: str) -> Foundation:
        key_id, epoch, _own = generation.split(".")
        return cls(key_id, int(epoch))

    def generation(self) -> str:
        """The name of a new generation."""
        return f"{self.key_id}.{self.epoch}.{secrets.token_hex(8)}"


class Store:
    """A region's store; every method raises Unreachable where it does not answer."""

    def __init__(self, region: str, url: str, *, timeout: float) -> None:
        self.region = region
        self._redis = redis.Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 1),  # of a connection that the server closed since; whoever asks says when again
        )
        self._scripts: dict[str, Any] = {}

    @property
    def packer(self) -> Packer:
        """Under the master keys of now."""
        return packer(self.region)

    def ask(self, command: str, *arguments: Any) -> Any:
        """One command."""
        try:
            return self._redis.execute_command(command, *arguments)
        except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError) as lost:
            raise Unreachable(f"the store of region {self.region} does not answer") from lost

    def ask_all(self, *commands: tuple[Any, ...]) -> list[Any]:
        """Several commands in one round trip, nothing between them."""
        try:
            with self._redis.pipeline(transaction=True) as pipeline:
                for command in commands:
                    pipeline.execute_command(*command)
                return list(pipeline.execute())
        except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError) as lost:
            raise Unreachable(f"the store of region {self.region} does not answer") from lost

    def scan(self, name: str) -> Mapping[str, str]:
        """A whole hash, in steps."""
        found: dict[str, str] = {}
        place = "0"
        while True:
            place, some = self.ask("HSCAN", name, place, "COUNT", 1000)
            found |= some if isinstance(some, dict) else dict(zip(some[::2], some[1::2], strict=True))
            if str(place) == "0":
                return found

    def run(self, script: str, *arguments: Any) -> Any:
        """One of the scripts of lua/."""
        made = self._scripts.get(script)
        if made is None:
            made = self._scripts[script] = self._redis.register_script((SCRIPTS / f"{script}.lua").read_text())
        try:
            return made(args=arguments)
        except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError) as lost:
            raise Unreachable(f"the store of region {self.region} does not answer") from lost

    def generation(self) -> str:
        """The one that readers see; empty where there is none."""
        return self.ask("GET", "generation") or ""

    def claim(self) -> None:
        """Make sure that this store is nobody else's: two regions in one would undo each other (Misplaced)."""
        _, owner = self.ask_all(("SET", "region", self.region, "NX"), ("GET", "region"))
        if owner != self.region:
            raise Misplaced(f"the store that IAM_REGIONS gives region {self.region} is that of region {owner}")

    def cursor(self, shard: int, *, generation: str) -> Cursor:
        return Cursor.parse(self.ask("HGET", f"{generation}:cursors", shard))

    def lease(self) -> str | None:
        """The right to apply for a while, as a number that no later holder has; None while another has it."""
        found: str | None = self.run("lease", LEASE)
        return found

    def renew(self, fence: str, milliseconds: int) -> None:
        """Keep the lease for longer; Outrun where somebody else has it."""
        self.write("renew", fence, milliseconds)

    def release(self, fence: str) -> None:
        self.run("release", fence)

    def write(self, script: str, *arguments: Any) -> None:
        """A script of whoever holds the lease; Outrun where he does not, or was overtaken."""
        said = self.run(script, *arguments)
        if said != "applied":
            raise Outrun(f"region {self.region}: {said}")

    def begin(self, fence: str, generation: str) -> None:
        """Let readers see this generation from now on; the one before goes when nobody looks at it any more."""
        before = self.generation()
        self.write("begin", fence, generation)
        if before and before != generation:
            self.expire(before)

    def expire(self, generation: str) -> None:
        place = "0"
        while True:
            place, names = self.ask("SCAN", place, "MATCH", f"{generation}:*", "COUNT", 1000)
            for name in names:
                self.ask("EXPIRE", name, KEPT_FOR)
            if str(place) == "0":
                return


def remote() -> tuple[str, ...]:
    """The regions that have a store: all but home, which comes first."""
    return tuple(settings.IAM_REGIONS)[1:]


def home() -> str:
    """The region whose rows are those of the primary database."""
    return next(iter(settings.IAM_REGIONS))


def writing(region: str) -> Store:
    """The store of a region, for whoever applies."""
    return _store(region, _url(region), WRITING)


def reading(region: str) -> Store:
    """The store of a region, for whoever waits for an answer."""
    return _store(region, _url(region), READING)


def _url(region: str) -> str:
    if region not in remote():
        known = ", ".join(settings.IAM_REGIONS)
        raise InvalidInput(f"There is no region {region} with a store of its own: IAM_REGIONS has {known}.")
    return str(settings.IAM_REGIONS[region])


@lru_cache(maxsize=128)
def _store(region: str, url: str, timeout: float) -> Store:
    return Store(region, url, timeout=timeout)
