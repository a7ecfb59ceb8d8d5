"""The product as processes of its own: a data directory, the web server, commands."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
# The tests' own settings are no business of a product with a data directory and a master key of its own.
TABLES = "tables.sqlite3"
OURS = ("IAM_", "AWS_", "DJANGO_", "DATABASE_", "REDIS_", "TEST_DATABASE_", "TEST_REDIS_")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def keep_tables(database: Any) -> None:
    """Keep a copy of this process's own database, which has just been migrated, for products that begin on SQLite."""
    with closing(sqlite3.connect(_tables())) as copy:
        database.backup(copy)


def _tables() -> Path:
    return Path(os.environ.get("TEST_DATA_DIR", os.devnull)) / TABLES


class Product:
    """A web server of some processes on a data directory of its own; no worker, no broker."""

    def __init__(self, place: Path, *, processes: int = 2, **environment: str) -> None:
        self.place, self.processes = place, processes
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.environment = {
            **kept,
            "IAM_ENV_FILE": os.devnull,
            "IAM_DATA_DIR": str(place),
            "IAM_PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "iamconsole.settings.embedded",
            **environment,
        }
        self._server: subprocess.Popen[bytes] | None = None

    def manage(self, *words: str) -> str:
        """Run a management command; gives what it printed."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def refused(self, *words: str) -> str:
        """What a management command says that fails; empty where it does not."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=False, capture_output=True, text=True)
        return done.stderr if done.returncode else ""

    def bootstrap(self, alias: str = "fault") -> dict[str, Any]:
        """An account with an administrator, on a database that this begins if there is none; gives what is printed."""
        self.begin()
        printed = self.manage("bootstrap", "--account-alias", alias, "--admin", "admin", "--json")
        made: dict[str, Any] = json.loads(printed[printed.index("{") :])
        return made

    def begin(self) -> None:
        """Tables, without the seconds that all the migrations take where the run has those (the fixture `tables`)."""
        database = self.place / "iamconsole.sqlite3"
        if "DATABASE_URL" not in self.environment and not database.exists() and _tables().exists():
            self.place.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_tables(), database)

    def start(self) -> None:
        """Serve, and wait until it answers."""
        command = [
            str(Path(sys.executable).with_name("granian")),
            *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)),
            *("--workers", str(self.processes), "--blocking-threads", "1", "--no-ws", "iamconsole.wsgi:application"),
        ]
        self._server = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > deadline:
                raise TimeoutError("the web server did not come up")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        """Ask the server to end, and wait until it has."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(PATIENCE)
            self._server = None

    def kill(self) -> None:
        """kill -9 of every process of the server, in the middle of whatever they do."""
        if self._server is not None:
            os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()
            self._server = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.kill()
