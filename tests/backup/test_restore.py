"""A backup of a running installation, restored on an empty machine that has the same master key."""

from __future__ import annotations

import base64
import stat
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.backup.conftest import MASTER_KEY, ROOT_PASSWORD, Installation, Machines, answers, client
from tests.support.product import Product

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def restored(machines: Machines, installation: Installation) -> Iterator[Product]:
    with machines.fresh() as product:
        product.manage("restore", str(installation.backup))
        product.start()
        yield product


def test_everybody_gets_the_same_answers(restored: Product, installation: Installation) -> None:
    decisions = {word for _, _, simulated in installation.answers.values() for word in simulated}
    assert decisions == {"allowed", "implicitDeny", "explicitDeny"}
    assert answers(restored, installation) == installation.answers


def test_the_trail_verifies_with_its_checkpoints(restored: Product, installation: Installation) -> None:
    told = restored.manage("audit", "verify", "--all")
    (line,) = [line for line in told.splitlines() if line.startswith(installation.account["AccountId"])]
    *_, signed, state = line.split()
    assert int(signed) >= 1
    assert state == "intact"


def test_the_trail_goes_on_and_still_refuses_to_be_changed(restored: Product, installation: Installation) -> None:
    client(restored, installation.account["Admin"]).create_user(UserName="later")
    restored.manage("audit", "checkpoint", "--all")
    restored.manage("audit", "verify", "--all")
    code = "from iamconsole.audit.models import AuditEvent as E; E.objects.across_accounts('x').update(name='x')"
    with pytest.raises(subprocess.CalledProcessError, match="shell"):
        restored.manage("shell", "--no-imports", "-c", code)


def test_tokens_of_the_lost_history_are_refused(
    restored: Product, installation: Installation, refused: Callable[..., str]
) -> None:
    assert "history before a restore" in refused(restored, "iam", "wait", installation.token)
    changed = client(restored, installation.account["Admin"]).create_group(GroupName="after")
    new = changed["ResponseMetadata"]["HTTPHeaders"]["x-iam-consistency-token"]
    for product, token in ((installation.product, installation.token), (restored, new)):
        said = refused(product, "iam", "wait", token, "--timeout", "0")  # no worker brings it to the regions here
        assert "home" in said or "eu" in said
        assert "history" not in said


def test_restoring_twice_begins_two_histories(
    machines: Machines, installation: Installation, restored: Product
) -> None:
    again = machines.fresh()
    again.manage("restore", str(installation.backup))
    told = [product.manage("shell", "--no-imports", "-c", EPOCH).strip() for product in (restored, again)]
    assert told[0] != told[1]


EPOCH = "from iamconsole.replication import log; print(log.epoch())"


def test_a_backup_of_an_older_version_is_migrated(machines: Machines, tmp_path: Path) -> None:
    older, newer = machines.fresh(), machines.fresh()
    older.bootstrap("old")
    older.manage("migrate", "--verbosity", "0", "accounts", "0016_master_key")
    with pytest.raises(subprocess.CalledProcessError):
        older.manage("migrate", "--check")
    older.manage("backup", str(tmp_path / "old.tar"))
    newer.manage("restore", str(tmp_path / "old.tar"))
    newer.manage("migrate", "--check")
    assert "old" in newer.manage("bootstrap", "--first-run")


def test_no_key_and_no_secret_is_in_it(installation: Installation) -> None:
    content = installation.backup.read_bytes()
    secrets = [key["SecretAccessKey"] for key in installation.keys.values()]
    secrets += [installation.account["Admin"]["SecretAccessKey"], installation.account["Admin"]["Password"]]
    raw = bytes.fromhex(MASTER_KEY)
    canaries = [MASTER_KEY.encode(), raw, base64.b64encode(raw), ROOT_PASSWORD.encode(), *map(str.encode, secrets)]
    assert b"checkpoints/" in content
    assert [canary for canary in canaries if canary in content] == []
    with tarfile.open(installation.backup) as tar:
        for member in filter(None, map(tar.extractfile, tar.getmembers())):
            found = member.read()
            assert [canary for canary in canaries if canary in found] == []


def test_it_is_its_owner_s_alone_and_never_written_over(
    installation: Installation, refused: Callable[..., str]
) -> None:
    before = installation.backup.read_bytes()
    assert stat.S_IMODE(installation.backup.stat().st_mode) == 0o600
    assert "never written over" in refused(installation.product, "backup", str(installation.backup))
    assert installation.backup.read_bytes() == before
    assert list(installation.backup.parent.iterdir()) == [installation.backup]


def test_another_master_key_is_refused_before_anything_is_touched(
    machines: Machines, installation: Installation, refused: Callable[..., str]
) -> None:
    product = machines.fresh(IAM_MASTER_KEY="7b" * 32)
    said = refused(product, "restore", str(installation.backup))
    assert "the backup needs master keys" in said
    assert "IAM_MASTER_KEY_FILE" in said
    assert "database is empty" in refused(product, "iam", "list-users")


def test_what_is_there_is_set_aside_only_by_force(
    machines: Machines, installation: Installation, refused: Callable[..., str]
) -> None:
    product = machines.fresh()
    product.bootstrap("other")
    product.manage("audit", "checkpoint", "--all")
    assert "not empty" in refused(product, "restore", str(installation.backup))
    product.bootstrap("other")  # finds its account: nothing was lost

    product.manage("restore", "--force", str(installation.backup))
    assert "origin" in product.manage("bootstrap", "--first-run")
    assert "other" not in product.manage("bootstrap", "--first-run")
    assert set_aside(product)
    product.manage("audit", "verify", "--all")


def test_a_running_product_is_not_replaced(
    machines: Machines, installation: Installation, refused: Callable[..., str]
) -> None:
    with machines.fresh() as product:
        made: dict[str, Any] = product.bootstrap("busy")
        product.start()
        client(product, made["Admin"]).list_users()
        assert "stop every process" in refused(product, "restore", "--force", str(installation.backup))
        client(product, made["Admin"]).list_users()


def set_aside(product: Product) -> bool:
    """Whether there is a database, or a schema, named after the restore, and checkpoints of that name."""
    place = Path(product.environment["IAM_DATA_DIR"])
    code = (
        "from django.db import connection as c; cursor = c.cursor();"
        "cursor.execute(\"SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'before_restore_%'\");"
        "print(cursor.fetchone()[0])"
    )
    if "DATABASE_URL" in product.environment:
        kept = product.manage("shell", "--no-imports", "-c", code).strip() == "1"
    else:
        kept = len(list(place.glob("iamconsole.sqlite3.before_restore_*"))) == 1
    return kept and len(list((place / "audit").glob("checkpoints.before_restore_*"))) == 1
