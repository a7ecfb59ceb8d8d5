"""Two boto3 loops that use the credential process call at full speed while their key is replaced: no call fails.

A web server, a broker, a Celery worker and beat run as processes of their own. The same holds while the worker's
processes die at every step of the state machine, while the whole worker is killed at random, and while every message
is sent twice. `make rotate` goes through five rotations in each case.
"""

from __future__ import annotations

import json
import os
import random
import shlex
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.credentials import RefreshableCredentials

from tests.product.signed import send, until_ended
from tests.support.celery_workers import CeleryWorkers
from tests.support.product import PATIENCE, ROOT, Product
from tests.support.servers import ValkeyServer

pytestmark = pytest.mark.slow
ROTATIONS = int(os.environ.get("ROTATIONS", "1"))
"""In each case."""
LIFETIME, REFRESH = 960, 2  # seconds
TERMS = {"MaxAgeDays": 90, "OverlapSeconds": 1, "QuietSeconds": 1, "GraceSeconds": 1}
STEPS = ("Delivering", "InUse", "Quiesced", "Done")
"""What the worker brings about; the workload collects the key by itself."""


class Loop(threading.Thread):
    """Calls again and again with what a profile's credential process prints."""

    def __init__(self, product: Product, key: dict[str, str], place: Path) -> None:
        super().__init__(daemon=True)
        self.url, self.key_file, self.config = product.url, place / "key.json", place / "config"
        place.mkdir()
        self.key_file.write_text(json.dumps(key))
        self.key_file.chmod(0o600)
        words = ["env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "iamconsole.client.credential_process"]
        words += ["--server", product.url, "--key-file", str(self.key_file)]
        words += ["--interval", "0", "--timeout", "20", "--lifetime", str(LIFETIME)]
        self.config.write_text(f"[profile robot]\ncredential_process = {shlex.join(words)}\n")
        self.calls, self.failures = 0, list[str]()
        self.ending = threading.Event()

    def client(self) -> Any:
        core = botocore.session.Session(profile="robot")
        core.set_config_variable("config_file", str(self.config))
        config = Config(retries={"total_max_attempts": 1})
        session = boto3.session.Session(botocore_session=core)
        return session.client("sts", endpoint_url=self.url, region_name="us-east-1", config=config)

    def run(self) -> None:
        while not self.ending.is_set():
            try:
                self.turn()
            except Exception as failure:
                self.failures.append(repr(failure))
            self.calls += 1

    def turn(self) -> None:
        raise NotImplementedError

    def end(self) -> None:
        self.ending.set()
        self.join(PATIENCE)
        assert not self.is_alive()

    @property
    def key_id(self) -> str:
        found: str = json.loads(self.key_file.read_text())["AccessKeyId"]
        return found


class Service(Loop):
    """One client for all its life: the SDK runs the credential process again when credentials are about to expire."""

    def turn(self) -> None:
        if not self.calls:
            self.lasting = self.client()
        self.lasting.get_caller_identity()


class Job(Loop):
    """A new session for each call, as of a script that is run again and again."""

    def turn(self) -> None:
        client = self.client()
        client.get_caller_identity()
        client.close()


@pytest.fixture
def loops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Loop]]:
    # An SDK comes back in the last quarter of an hour; in the test, after two seconds.
    monkeypatch.setattr(RefreshableCredentials, "_advisory_refresh_timeout", LIFETIME - REFRESH)

    def begun(product: Product, key: dict[str, str]) -> list[Loop]:
        made = [Service(product, key, tmp_path / "service"), Job(product, key, tmp_path / "job")]
        for loop in made:
            loop.start()
        return made

    return begun


@contextmanager
def undisturbed(_workers: CeleryWorkers) -> Iterator[None]:
    yield


@contextmanager
def killed_at_random(workers: CeleryWorkers) -> Iterator[None]:
    """The worker is killed again and again, seconds after it came up."""
    ending, dice = threading.Event(), random.Random(7)

    def kill() -> None:
        while not ending.wait(dice.uniform(0.5, 5)):
            workers.replace_worker()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        ending.set()
        killer.join()


CASES = {
    "undisturbed": ("iamconsole.celery", undisturbed),
    "dying-at-every-step": ("tests.product.dying", undisturbed),
    "every-message-twice": ("tests.product.sending_twice", undisturbed),
    "killed-at-random": ("iamconsole.celery", killed_at_random),
}
RARE = ("every-message-twice", "killed-at-random")


@pytest.mark.parametrize(
    "case", [pytest.param(name, marks=[pytest.mark.rotate] if name in RARE else []) for name in CASES]
)
def test_no_call_fails(case: str, tables: None, tmp_path: Path, loops: Callable[..., list[Loop]]) -> None:
    application, disturbing = CASES[case]
    deaths = tmp_path / "deaths"
    deaths.mkdir()
    environment = {"DJANGO_SETTINGS_MODULE": "tests.product.hasty", "DEATHS": str(deaths)}
    with (
        ValkeyServer(fresh=True) as broker,
        Product(tmp_path / "data", REDIS_URL=broker.url, **environment) as product,
    ):
        admin = product.bootstrap("rotation")["Admin"]
        product.start()
        first = robot(product, admin)
        running = loops(product, first)
        with CeleryWorkers(product.environment, application) as workers, disturbing(workers):
            ended = [rotated(product, admin) for _ in range(ROTATIONS)]
        for loop in running:
            loop.end()
    assert [loop.failures for loop in running] == [[], []]
    assert all(loop.calls > ROTATIONS for loop in running)
    assert {loop.key_id for loop in running} == {ended[-1]["NewAccessKeyId"]}
    assert len({rotation["NewAccessKeyId"] for rotation in ended} | {first["AccessKeyId"]}) == ROTATIONS + 1
    died = 2 * len(STEPS) * ROTATIONS if case == "dying-at-every-step" else 0
    assert len([death for death in deaths.iterdir() if death.name.startswith("AdvanceKeyRotation")]) >= died


def robot(product: Product, admin: dict[str, str]) -> dict[str, str]:
    assert send(product, admin, "POST", "/users", {"UserName": "robot"})[0] == 201
    assert send(product, admin, "PUT", "/rotation/schedule", {"UserName": "robot", **TERMS})[0] == 200
    made: dict[str, str] = send(product, admin, "POST", "/users/robot/access-keys", {})[1]["AccessKey"]
    return made


def rotated(product: Product, admin: dict[str, str]) -> dict[str, Any]:
    status, answer = send(product, admin, "POST", "/users/robot/key-rotations", {})
    assert status in (200, 201), answer
    ended = until_ended(product, admin, answer["KeyRotation"]["RotationId"])
    assert ended["State"] == "Done", ended
    return ended
