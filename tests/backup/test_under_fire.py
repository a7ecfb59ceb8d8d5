"""A backup that is taken while others write is of one moment: nothing is in it by half."""

from __future__ import annotations

import json
import tarfile
import threading
import time
from pathlib import Path

import pytest

from tests.backup.conftest import Machines, client
from tests.support.product import Product

WRITERS = 2


class Writers:
    """Threads that create users until they are stopped; `acknowledged` are those that were there before."""

    def __init__(self, product: Product, admin: dict[str, str]) -> None:
        self.acknowledged: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(product, admin, n)) for n in range(WRITERS)]

    def _write(self, product: Product, admin: dict[str, str], number: int) -> None:
        iam, count = client(product, admin), 0
        while not self._stop.is_set():
            iam.create_user(UserName=f"user-{number}-{count}")
            self.acknowledged.append(f"user-{number}-{count}")
            count += 1

    def __enter__(self) -> Writers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_ended: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


@pytest.mark.slow
def test_it_is_of_one_moment(machines: Machines, tmp_path: Path) -> None:
    place = tmp_path / "busy.tar"
    with machines.fresh() as product:
        made = product.bootstrap("busy")
        product.start()
        with Writers(product, made["Admin"]) as writers:
            while len(writers.acknowledged) < 20:
                time.sleep(0.02)
            before = set(writers.acknowledged)
            product.manage("backup", str(place))
            later = len(writers.acknowledged)
            while len(writers.acknowledged) < later + 5:
                time.sleep(0.02)
        written = set(writers.acknowledged)

    restored = machines.fresh()
    restored.manage("restore", str(place))
    told = json.loads(restored.manage("shell", "--no-imports", "-c", TOLD.format(account=made["AccountId"])))
    names = {name for name in told["users"] if name.startswith("user-")}
    assert before <= names < written
    assert told["records"] == told["created"] == len(names)
    assert told["gapless"]
    with tarfile.open(place) as tar:
        manifest = tar.extractfile("manifest.json")
        assert manifest
        assert json.load(manifest)["positions"] == {"0": told["position"]}
    restored.manage("audit", "verify", "--all")


TOLD = """
import json
from accounts.models import User
from iamconsole.audit.models import AuditEvent
from iamconsole.replication.models import ChangeEntry, LogHead
users = dict(User.objects.filter(account_id="{account}").values_list("name", "unique_id"))
ids = [unique for name, unique in users.items() if name.startswith("user-")]
records = AuditEvent.objects.filter(account_id="{account}", name="CreateUser", error_code="")
positions = list(ChangeEntry.objects.order_by("position").values_list("position", flat=True))
print(json.dumps(dict(
    users=list(users),
    records=sum('"userName":"user-' in record.body for record in records),
    created=ChangeEntry.objects.filter(entity="user", verb="created", entity_id__in=ids).count(),
    position=LogHead.objects.get(shard=0).position,
    gapless=positions == list(range(1, LogHead.objects.get(shard=0).position + 1)),
)))
"""
