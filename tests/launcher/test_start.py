"""`manage.py start`: one service in the place of the command, or a refusal that says what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from iamconsole.interfaces.cli.management.commands import start
from iamconsole.sealing import KeyRing
from tests.support.commands import Ran
from tests.support.product import PATIENCE, ROOT, Product
from tests.support.tenants import Tenant


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> list[list[str]]:
    """The command lines that would have taken the place of this process."""
    (tmp_path / "staticfiles.json").write_text("{}")
    settings.STATIC_ROOT = tmp_path
    found: list[list[str]] = []
    monkeypatch.setattr(start.os, "execv", lambda _program, command: found.append(command))
    monkeypatch.setattr(start.os, "umask", lambda _mask: 0)
    monkeypatch.setattr(start.connections, "close_all", lambda: None)
    monkeypatch.chdir(ROOT)
    return found


STARTED = {
    "web": ["granian", "--workers", "3", "iamconsole.wsgi:application"],
    "decision-node": ["granian", "--workers", "3", "iamconsole.decision_node:application"],
    "worker": ["celery", "worker", "--concurrency", "3"],
    "replication": ["celery", "worker", "--queues", "replication", "--pool", "threads"],
    "beat": ["celery", "beat"],
}


@pytest.mark.parametrize("service", start.SERVICES)
def test_a_service_takes_the_command_s_place(
    service: str, db: Any, manage: Callable[..., Ran], executed: list[list[str]]
) -> None:
    assert manage("start", service, "--processes", "3").code == 0
    (command,) = executed
    assert [word for word in command if word in STARTED[service]] == STARTED[service]


def test_it_waits_for_nobody_to_migrate(db: Any, manage: Callable[..., Ran], executed: list[list[str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts' AND name = '0014_signon'")
    ran = manage("start", "web")
    assert (ran.code, executed) == (1, [])
    assert "lacks 1 migrations: run `manage.py migrate`" in ran.err


def test_it_refuses_a_key_that_did_not_seal_the_data(
    tenant: Tenant, manage: Callable[..., Ran], executed: list[list[str]], settings: Any
) -> None:
    settings.IAM_KEY_RING = KeyRing.from_text("ab" * 32)
    ran = manage("start", "worker")
    assert (ran.code, executed) == (1, [])
    assert "not in the ring" in ran.err


def test_the_web_refuses_to_go_without_its_static_files(
    db: Any, manage: Callable[..., Ran], executed: list[list[str]], tmp_path: Path
) -> None:
    (tmp_path / "staticfiles.json").unlink()
    ran = manage("start", "web")
    assert (ran.code, executed) == (1, [])
    assert "collectstatic" in ran.err
    manage("start", "decision-node")
    assert len(executed) == 1


@pytest.mark.slow
def test_a_decision_node_serves_alone_and_ends_when_asked(tables: None, tmp_path: Path) -> None:
    product = Product(tmp_path)
    product.begin()
    product.manage("migrate", "--verbosity", "0")
    command = [sys.executable, "manage.py", "start", "decision-node", "--processes", "1"]
    running = subprocess.Popen(command, cwd=ROOT, env=product.environment, start_new_session=True)
    try:
        wait_for(product)
        with urllib.request.urlopen(f"{product.url}/readyz", timeout=5) as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{product.url}/console/", timeout=5)
        running.terminate()
        assert running.wait(PATIENCE) == 0
    finally:
        if running.poll() is None:
            os.killpg(running.pid, 9)
        running.wait()
        shutil.rmtree(tmp_path, ignore_errors=True)


def wait_for(product: Product) -> None:
    deadline = time.monotonic() + PATIENCE
    while not product._answers():
        assert time.monotonic() < deadline, "the decision node did not come up"
        time.sleep(0.05)
