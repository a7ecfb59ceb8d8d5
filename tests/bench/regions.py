"""How long a change takes to every region of the running product: revocations alone, ordinary changes under load."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tests.bench.measuring import number, table
from tests.support.tree import REGIONS, Tree, position_of

RATE, SECONDS, WRITERS = 200, 10, 4
REVOCATIONS = 60
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})


def report() -> str:
    """The section of the report."""
    with tempfile.TemporaryDirectory() as place, Tree(Path(place)) as tree:
        tree.start()
        made = tree.bootstrap("regions")
        iam = client(tree, made["Admin"])
        revoked = revocations(tree, iam)
        ordinary, rate = under_load(tree, made["Admin"])
    rows = [
        ["revocation, by itself", "", *both(revoked), "p99 ≤ 100"],
        ["change among others", number(rate), *both(ordinary), f"p99 ≤ 1,000 at {RATE}"],
    ]
    return f"""## Regions

`make run` on SQLite with {len(REGIONS)} regions beside home; from the answer to a write until both have it. Ordinary
changes: as many as there are up to {RATE} writes/s asked for, for {SECONDS} s.

{table(["what", "writes a second", "p50 ms", "p99 ms", "target"], rows)}
"""


def client(tree: Tree, admin: dict[str, str]) -> Any:
    keys = (admin["AccessKeyId"], admin["SecretAccessKey"])
    once = Config(retries={"max_attempts": 0})
    return boto3.client("iam", "us-east-1", None, True, None, tree.url, *keys, config=once)


def revocations(tree: Tree, iam: Any) -> list[float]:
    """Milliseconds until every region has it."""
    iam.create_user(UserName="ada")
    found = []
    for _ in range(REVOCATIONS):
        iam.put_user_policy(UserName="ada", PolicyName="p", PolicyDocument=ALLOW)
        time.sleep(0.05)
        found.append(everywhere(tree, iam.delete_user_policy(UserName="ada", PolicyName="p")))
    return found


def everywhere(tree: Tree, answer: Any) -> float:
    position = position_of(answer["ResponseMetadata"]["HTTPHeaders"]["x-iam-consistency-token"])
    began = time.perf_counter()
    for region in REGIONS:
        tree.arrived(region, position)
    return (time.perf_counter() - began) * 1000


def under_load(tree: Tree, admin: dict[str, str]) -> tuple[list[float], float]:
    """Milliseconds of a sample of changes while others are written, and how many were written a second."""
    names, ending, written = count(), time.monotonic() + SECONDS, [0] * WRITERS
    threads = [
        threading.Thread(target=write, args=(client(tree, admin), names, ending, written, place))
        for place in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    iam, found = client(tree, admin), []
    while time.monotonic() < ending:
        found.append(everywhere(tree, iam.create_user(UserName=f"sample-{next(names)}")))
    for thread in threads:
        thread.join()
    return found, (sum(written) + len(found)) / SECONDS


def write(iam: Any, names: Iterator[int], ending: float, written: list[int], place: int) -> None:
    pause = WRITERS / RATE
    while (began := time.monotonic()) < ending:
        iam.create_user(UserName=f"load-{next(names)}")
        written[place] += 1
        time.sleep(max(0.0, pause - (time.monotonic() - began)))


def both(found: list[float]) -> tuple[str, str]:
    return number(percentile(found, 0.5)), number(percentile(found, 0.99))


def percentile(found: list[float], share: float) -> float:
    return sorted(found)[min(len(found) - 1, int(len(found) * share))]


if __name__ == "__main__":
    print(report())
