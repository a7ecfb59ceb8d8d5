"""`make fault`: ten thousand mixed writes on PostgreSQL while web, appliers, broker and regions are killed at random.

Nothing is lost, nothing is there twice, and the regions are up to date seconds after the last fault.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iamconsole.settings.test")

import django

django.setup()

from tests.bench.regions import ALLOW  # noqa: E402
from tests.support.product import ROOT  # noqa: E402
from tests.support.servers import PostgresServer, ValkeyServer  # noqa: E402
from tests.support.tree import REGIONS, Tree, position_of  # noqa: E402

WRITERS, APPLIERS = 4, 2
RECOVERY, CURRENT = 10.0, 1.0  # seconds
UNKNOWN = (HTTPClientError, NoConnection)


class Workers:
    """Appliers and the scheduler, each a process that can be killed and comes back."""

    def __init__(self, environment: dict[str, str]) -> None:
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "iamconsole.celery"]
        worker = [*celery, "worker", "--loglevel", "ERROR", "--queues", "replication", "--pool", "threads"]
        worker += ["--concurrency", "4", "--without-gossip", "--without-mingle"]
        self._commands = [[*worker, "--hostname", f"applier-{number}@%h"] for number in range(APPLIERS)]
        self._commands.append([*celery, "beat", "--loglevel", "ERROR", "--pidfile", ""])
        self._environment = environment
        self._running = [self._start(command) for command in self._commands]

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill_one(self, dice: random.Random) -> None:
        place = dice.randrange(len(self._running))
        self._running[place].kill()
        self._running[place].wait()
        self._running[place] = self._start(self._commands[place])

    def close(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()


class Writers:
    """Threads that write until they are through; each thread has users of its own."""

    def __init__(self, make: Callable[[], Any], writes: int) -> None:
        self.acknowledged = 0
        self.last = 0
        self.users: set[str] = set()
        self._share = writes // WRITERS
        self._lock = threading.Lock()
        self.threads = [threading.Thread(target=self._run, args=(make(), place)) for place in range(WRITERS)]

    def _run(self, iam: Any, place: int) -> None:
        dice, mine, done = random.Random(place), list[str](), 0
        while done < self._share:
            name = f"u{place}-{done}"
            match dice.choice(["create", "put", "put", "delete", "tag"]) if mine else "create":
                case "create":
                    self._do(iam.create_user, UserName=name)
                    mine.append(name)
                    self.users.add(name)
                case "put":
                    self._do(iam.put_user_policy, UserName=dice.choice(mine), PolicyName="p", PolicyDocument=ALLOW)
                case "tag":
                    self._do(iam.tag_user, UserName=dice.choice(mine), Tags=[{"Key": "n", "Value": str(done)}])
                case "delete":
                    name = mine.pop(dice.randrange(len(mine)))
                    self._do(iam.delete_user_policy, UserName=name, PolicyName="p")
                    self._do(iam.delete_user, UserName=name)
                    self.users.discard(name)
            done += 1

    def _do(self, operation: Any, **members: Any) -> None:
        """Until it is acknowledged, or somebody says that it had been done before the answer was lost."""
        while True:
            try:
                answer = operation(**members)
            except ClientError as refused:
                if refused.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
                    time.sleep(0.05)
                    continue
                if refused.response["Error"]["Code"] not in ("EntityAlreadyExists", "NoSuchEntity"):
                    raise
                return
            except UNKNOWN:
                time.sleep(0.05)
                continue
            token = answer["ResponseMetadata"]["HTTPHeaders"].get("x-iam-consistency-token")
            with self._lock:
                self.acknowledged += 1
                self.last = max(self.last, position_of(token))
            return


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--writes", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=7)
    given = asked.parse_args()
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(PostgresServer(fresh=True))
        broker = stack.enter_context(ValkeyServer(fresh=True, durable=True))
        stores = {name: stack.enter_context(ValkeyServer(fresh=True, durable=True)) for name in REGIONS}
        named = ",".join(f"{name}={server.url}" for name, server in stores.items())
        product = Tree(
            place, DATABASE_URL=database.url, REDIS_URL=broker.url, IAM_REGIONS=f"home={broker.url}?db=9,{named}"
        )
        product.manage("migrate", "--verbosity", "0")
        made = product.bootstrap("faults")
        super(Tree, product).start()  # the web server alone: the others are ours to kill
        stack.callback(product.kill)
        workers = Workers(product.environment)
        stack.callback(workers.close)
        run(product, made, workers, [broker, *stores.values()], given)


def run(product: Tree, made: dict[str, Any], workers: Workers, servers: list[ValkeyServer], given: Any) -> None:
    writers = Writers(lambda: client(product, made["Admin"]), given.writes)
    for thread in writers.threads:
        thread.start()
    dice, faults, began = random.Random(given.seed), Counter[str](), time.monotonic()
    while any(thread.is_alive() for thread in writers.threads):
        time.sleep(dice.uniform(0.5, 2.0))
        faults[one_fault(product, workers, servers, dice)] += 1
    took, ended = time.monotonic() - began, time.monotonic()
    waits = {region: product.arrived(region, writers.last, patience=60) for region in REGIONS}
    print(f"{writers.acknowledged} writes in {took:.0f} s under {dict(faults)}; then up to date after", waits)
    print("slowest", f"{time.monotonic() - ended:.1f} s after the last write")
    assert max(waits.values()) <= RECOVERY
    lag_afterwards(product, made)
    for region in ("home", *REGIONS):
        print(product.manage("region", "verify", region).strip())
    product.manage("audit", "verify", "--all")
    pages = client(product, made["Admin"]).get_paginator("list_users").paginate()
    assert {user["UserName"] for page in pages for user in page["Users"]} == writers.users | {"admin"}
    print("nothing lost, nothing twice; the audit trail verifies")


def one_fault(product: Tree, workers: Workers, servers: list[ValkeyServer], dice: random.Random) -> str:
    """Kill something, and start it again; what was killed."""
    what = dice.choices(("worker", "server", "web"), (4, 4, 1))[0]
    match what:
        case "worker":
            workers.kill_one(dice)
        case "server":
            server = dice.choice(servers)
            server.kill()
            time.sleep(dice.uniform(0.1, 1.5))
            server.restart()
        case "web":
            product.kill()
            super(Tree, product).start()
    return what


def lag_afterwards(product: Tree, made: dict[str, Any]) -> None:
    """One more change is everywhere within a second."""
    answer = client(product, made["Admin"]).create_user(UserName="afterwards")
    position = position_of(answer["ResponseMetadata"]["HTTPHeaders"]["x-iam-consistency-token"])
    slowest = max(product.arrived(region, position) for region in REGIONS)
    client(product, made["Admin"]).delete_user(UserName="afterwards")
    print(f"a change afterwards is everywhere after {slowest * 1000:.0f} ms")
    assert slowest <= CURRENT


def client(product: Tree, admin: dict[str, str]) -> Any:
    keys = (admin["AccessKeyId"], admin["SecretAccessKey"])
    once = Config(retries={"max_attempts": 0}, read_timeout=20, connect_timeout=2)
    return boto3.client("iam", "us-east-1", None, True, None, product.url, *keys, config=once)


if __name__ == "__main__":
    main()
