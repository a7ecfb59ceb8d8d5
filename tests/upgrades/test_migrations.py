"""Every migration from now on can be applied below the release before it (docs/deploy/README.md, "Upgrade")."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from iamconsole.interfaces.cli import migrating
from tests.support.product import Product
from tests.support.servers import PostgresServer
from tests.upgrades.judge import of_migration

OURS = ("accounts", "audit", "policies", "replication")
ACCEPTED = Path(__file__).with_name("accepted.txt")
AT_ONCE = 3


def accepted() -> dict[str, str]:
    """What is accepted all the same, and why: `app.migration: reason`, or `app.migration Operation name: reason`."""
    lines = (line for line in ACCEPTED.read_text().splitlines() if line and not line.startswith("#"))
    return {name: reason for name, _, reason in (line.partition(": ") for line in lines)}


def found() -> dict[str, str]:
    """Every operation of our migrations that breaks the release before it, in their order."""
    loader = MigrationLoader(None)
    broken = {}
    for app, name in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        if app in OURS:
            before = loader.project_state((app, name), at_end=False)
            faults = of_migration(loader.graph.nodes[app, name], before)
            broken.update({f"{app}.{name} {operation}": why for operation, why in faults})
    return broken


def test_no_migration_breaks_the_release_before_it() -> None:
    known = accepted()
    new = [f"{name} {why}" for name, why in found().items() if not {name, name.split()[0]} & set(known)]
    assert new == [], f"expand, deploy, contract; or say in {ACCEPTED.name} why not:\n" + "\n".join(new)


def test_what_is_accepted_has_a_reason_and_is_still_there() -> None:
    known, broken = accepted(), found()
    assert all(known.values())
    assert set(known) <= {*broken, *(name.split()[0] for name in broken)}, "the list only shrinks"


@pytest.mark.slow
def test_processes_that_migrate_at_once_take_turns(tmp_path: Path) -> None:
    """On the database that this run of the suite is for."""
    if os.environ.get("TEST_WITH") == "postgres":
        with PostgresServer(fresh=True) as server:
            migrate_at_once(Product(tmp_path, DATABASE_URL=server.url, IAM_MASTER_KEY="5e" * 32))
    else:
        migrate_at_once(Product(tmp_path, IAM_MASTER_KEY="5e" * 32))


def migrate_at_once(product: Product) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    root = Path(__file__).parents[2]
    running = [
        subprocess.Popen(command, cwd=root, env=product.environment, stderr=subprocess.PIPE, text=True)
        for _ in range(AT_ONCE)
    ]
    ended = [(process.communicate()[1], process.returncode) for process in running]
    assert [code for _, code in ended] == [0] * AT_ONCE, ended
    product.manage("migrate", "--check")


@pytest.mark.django_db(transaction=True)
def test_the_right_to_migrate_is_given_back_after_a_failure() -> None:
    said: list[str] = []
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), migrating.alone(connection, report=said.append):
            raise ZeroDivisionError
    with migrating.alone(connection, report=said.append):
        pass
    assert said == []
