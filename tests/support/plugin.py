"""Loaded before Django's settings: gives every process of a run a folder, and the run the database TEST_WITH names."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import ExitStack

import pytest

from tests.support.servers import PostgresServer

WITH = "TEST_WITH"
DATABASES = ("sqlite", "postgres")
MEMORY = "/dev/shm"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """A wrapper, because pytest-django reads the settings in the same hook.

    The controller's database serves its xdist workers too: they inherit the environment.
    """
    wanted = os.environ.get(WITH, DATABASES[0])
    if wanted not in DATABASES:
        raise pytest.UsageError(f"{WITH} must be {' or '.join(DATABASES)}, not {wanted}")
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    os.environ["TEST_DATA_DIR"] = _folder(stack)
    if wanted == "postgres" and not os.environ.get("TEST_DATABASE_URL"):
        os.environ["TEST_DATABASE_URL"] = stack.enter_context(PostgresServer()).url
    return (yield)


def pytest_report_header() -> str:
    return f"database: {'PostgreSQL' if os.environ.get('TEST_DATABASE_URL') else 'SQLite'}"


def _folder(stack: ExitStack) -> str:
    """In memory where the system offers that: the suite writes much and keeps nothing."""
    folder = tempfile.mkdtemp(prefix="iamconsole-test-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder
