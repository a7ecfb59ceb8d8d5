"""kill -9 in the middle of a thousand writes: what was acknowledged is there, nothing is there by half."""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from botocore.parsers import ResponseParserError

from tests.support.product import Product
from tests.support.servers import PostgresServer

WRITES, WRITERS, KILLS = 1000, 4, 3


def client(product: Product, admin: dict[str, str]) -> Any:
    return boto3.client(
        "iam",
        endpoint_url=product.url,
        region_name="us-east-1",
        aws_access_key_id=admin["AccessKeyId"],
        aws_secret_access_key=admin["SecretAccessKey"],
        config=Config(retries={"max_attempts": 0}, read_timeout=20, connect_timeout=2),
    )


class Writers:
    """Threads that create users until told how many are enough; they note which were acknowledged."""

    def __init__(self, product: Product, admin: dict[str, str]) -> None:
        self.acknowledged: set[str] = set()
        self.attempted: set[str] = set()
        self._names = iter(range(WRITES))
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._write, args=(client(product, admin),)) for _ in range(WRITERS)]

    def _next(self) -> str | None:
        with self._lock:
            number = next(self._names, None)
            return None if number is None else f"user-{number:04d}"

    def _write(self, iam: Any) -> None:
        while name := self._next():
            self.attempted.add(name)
            while True:
                try:
                    iam.create_user(UserName=name)
                except ClientError as refused:
                    if refused.response["Error"]["Code"] != "EntityAlreadyExists":  # made, but the answer was lost
                        raise
                except (HTTPClientError, NoConnection, ResponseParserError):  # killed before, in or after the answer
                    time.sleep(0.05)
                    continue
                self.acknowledged.add(name)
                break

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)


@pytest.mark.slow
def test_no_acknowledged_write_is_lost_and_none_is_there_by_half(tables: None, tmp_path: Path) -> None:
    """On the database that this run of the suite is for."""
    if os.environ.get("TEST_WITH") == "postgres":
        with PostgresServer(fresh=True) as server:
            run(tmp_path, DATABASE_URL=server.url)
    else:
        run(tmp_path)


def run(place: Path, **environment: str) -> None:
    with Product(place, **environment) as product:
        made = product.bootstrap()
        product.start()
        writers = Writers(product, made["Admin"])
        writers.start()
        dice, kills = random.Random(7), 0
        while writers.busy:
            time.sleep(dice.uniform(0.3, 0.8))
            if kills < KILLS and len(writers.acknowledged) > kills * WRITES // (KILLS + 1):
                product.kill()
                product.start()
                kills += 1
        assert kills == KILLS
        assert writers.acknowledged == writers.attempted
        present = {
            user["UserName"]
            for page in client(product, made["Admin"]).get_paginator("list_users").paginate()
            for user in page["Users"]
        }
        assert present == writers.acknowledged | {"admin"}
        told = product.manage("shell", "--no-imports", "-c", TOLD.format(account=made["AccountId"]))
        assert told.split() == [str(WRITES), str(WRITES), "True"]
        product.manage("audit", "verify", "--all")  # fails where a record is broken


# One audit record and one change for each user, and no gap in the log.
TOLD = """
from accounts.models import User
from iamconsole.audit.models import AuditEvent
from iamconsole.replication.models import ChangeEntry
users = set(User.objects.filter(account_id="{account}", name__startswith="user-").values_list("unique_id", flat=True))
records = AuditEvent.objects.filter(account_id="{account}", name="CreateUser", error_code="")
records = [r for r in records if '"userName":"user-' in r.body]
changes = ChangeEntry.objects.filter(account_id="{account}", entity="user", verb="created")
positions = list(ChangeEntry.objects.order_by("position").values_list("position", flat=True))
print(len(records), changes.filter(entity_id__in=users).count(), positions == list(range(1, len(positions) + 1)))
"""
