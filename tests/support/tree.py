"""The whole product as `make run` starts it, with its workers and scheduler; and a look into its regions' stores."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from base64 import urlsafe_b64decode
from pathlib import Path
from types import TracebackType

import redis

from iamconsole.settings.redis_urls import FIRST_REGION, socket_directory, with_database
from tests.support.product import PATIENCE, ROOT, Product

REGIONS = ("eu", "ap")


class Tree(Product):
    """`manage.py run` on a data directory of its own."""

    def __init__(self, place: Path, **environment: str) -> None:
        super().__init__(place, **environment)
        self.lines: list[str] = []
        broker = environment.get("REDIS_URL") or f"unix://{socket_directory(place)}/valkey.sock"
        given = dict(pair.partition("=")[::2] for pair in environment.get("IAM_REGIONS", "").split(",") if "=" in pair)
        self.stores = {
            name: redis.Redis.from_url(
                given.get(name) or with_database(broker, FIRST_REGION + number), decode_responses=True
            )
            for number, name in enumerate(REGIONS, 1)
        }

    def start(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._ready = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()
        if not self._ready.wait(PATIENCE):
            raise TimeoutError("the product did not come up:\n" + "\n".join(self.lines[-20:]))

    def _listen(self) -> None:
        assert self._server
        assert self._server.stdout
        for line in self._server.stdout:
            self.lines.append(line.decode(errors="replace").rstrip())
            if "READY" in self.lines[-1]:
                self._ready.set()

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        if self._server is not None:
            os.kill(self._server.pid, signal.SIGINT)
            try:
                self._server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(self._server.pid, signal.SIGKILL)

    def applied(self, region: str) -> int:
        """How far a region has come; -1 where it has nothing yet."""
        store = self.stores[region]
        text = store.hget(f"{store.get('generation')}:cursors", "0")
        return int(json.loads(text)[1]) if text else -1

    def arrived(self, region: str, position: int, *, patience: float = 30.0) -> float:
        """Seconds until a region has a position."""
        began = time.perf_counter()
        while self.applied(region) < position:
            if time.perf_counter() - began > patience:
                raise TimeoutError(f"{region} is at {self.applied(region)} of {position}")
            time.sleep(0.001)
        return time.perf_counter() - began


def position_of(token: str) -> int:
    """The position that a consistency token says in the open."""
    payload = token.split(".")[1]
    return int(json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))[1])
