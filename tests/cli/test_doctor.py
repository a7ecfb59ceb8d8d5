"""`manage.py doctor`: each thing that can be wrong is told with what to do, and nothing else is."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import OperationalError, connection

from iamconsole.audit import guard
from iamconsole.interfaces.cli.doctor import doors, secrets, stores
from iamconsole.interfaces.cli.doctor.finding import Finding, Level
from iamconsole.interfaces.cli.management.commands import doctor
from iamconsole.runtime import vitals
from iamconsole.sealing import KeyRing
from tests.support.commands import Ran
from tests.support.servers import ValkeyServer
from tests.support.tenants import Tenant


@pytest.fixture(scope="module")
def valkey() -> Iterator[str]:
    with ValkeyServer(fresh=True) as server:
        yield server.url


@pytest.fixture
def sound(settings: Any, valkey: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Settings of an installation that nothing is wrong with."""
    client = redis.Redis.from_url(valkey)
    client.config_set("appendonly", "yes")
    client.config_set("maxmemory-policy", "noeviction")
    client.close()
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (tmp_path / "staticfiles.json").write_text("{}")
    settings.IAM_DATA_DIR, settings.STATIC_ROOT = data, tmp_path
    settings.REDIS_URL, settings.EMBEDDED_BROKER = valkey, False
    settings.IAM_REGIONS = {"home": f"{valkey}?db=2", "eu": f"{valkey}?db=3"}
    settings.HTTPS, settings.IAM_PUBLIC_URL = True, "https://iam.example.com"
    settings.IAM_TRUSTED_PROXIES = (ip_network("10.0.0.7/32"),)
    return settings


def wrong(findings: Any) -> list[Finding]:
    return [finding for finding in findings if finding.level is not Level.OK]


def test_nothing_is_found_where_nothing_is_wrong(sound: Any, tenant: Tenant, manage: Callable[..., Ran]) -> None:
    ran = manage("doctor")
    assert ran.code == 0
    assert {line.split()[0] for line in ran.out.splitlines()} == {"ok"}
    assert "region eu: answers" in ran.out


def test_a_fault_is_told_with_what_to_do_and_by_the_exit_status(
    sound: Any, tenant: Tenant, manage: Callable[..., Ran]
) -> None:
    sound.IAM_TRUSTED_PROXIES = ()
    ran = manage("doctor")
    assert ran.code == 1
    assert "fault    trusted proxies: none" in ran.out
    assert "→ name the proxy's address in IAM_TRUSTED_PROXIES" in ran.out


def test_a_warning_is_no_failure(sound: Any, tenant: Tenant, manage: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "staticfiles.json").unlink()
    ran = manage("doctor")
    assert ran.code == 0
    assert "collectstatic" in ran.out


DOORS = {
    "no TLS": (doors.public_address, {"HTTPS": False, "IAM_PUBLIC_URL": "http://iam.example.com"}, "not encrypted"),
    "everybody is a proxy": (doors.trusted_proxies, {"IAM_TRUSTED_PROXIES": (ip_network("0.0.0.0/0"),)}, "whoever is"),
    "test mode": (doors.test_mode, {"IAM_TEST_MODE": True}, "may empty accounts"),
    "metrics elsewhere": (doors.metrics, {"IAM_BIND": "0.0.0.0"}, "loopback alone"),
}


@pytest.mark.parametrize("case", DOORS)
def test_how_we_are_reached(case: str, sound: Any) -> None:
    examination, changes, message = DOORS[case]
    assert wrong(examination()) == []
    for name, value in changes.items():
        setattr(sound, name, value)
    (finding,) = wrong(examination())
    assert message in finding.found
    assert finding.advice


def test_a_broker_that_forgets(sound: Any, valkey: str) -> None:
    client = redis.Redis.from_url(valkey)
    client.config_set("appendonly", "no")
    (finding,) = stores.broker()
    assert (finding.level, "restarted" in finding.found) == (Level.WARNING, True)
    client.config_set("maxmemory-policy", "allkeys-lru")
    (finding,) = stores.broker()
    assert (finding.level, "allkeys-lru" in finding.found) == (Level.FAULT, True)
    client.close()


def test_a_region_that_is_down_is_named(sound: Any) -> None:
    sound.IAM_REGIONS = {"home": sound.REDIS_URL, "eu": "unix:///nowhere/valkey.sock"}
    (finding,) = wrong(stores.regions())
    assert (finding.level, finding.what) == (Level.FAULT, "region eu")


def test_the_embedded_broker_need_not_run(sound: Any) -> None:
    sound.EMBEDDED_BROKER, sound.REDIS_URL = True, "unix:///nowhere/valkey.sock"
    (finding,) = stores.broker()
    assert (finding.level, finding.advice) == (Level.WARNING, "`make run` starts it")


def test_a_database_that_is_away(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(vitals, "database", away)
    (finding,) = stores.database()
    assert (finding.level, finding.found) == (Level.FAULT, "does not answer: connection refused")


def test_a_database_of_an_older_version(db: Any, sound: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts' AND name = '0014_signon'")
    (finding,) = wrong(stores.database())
    assert "accounts.0014_signon first" in finding.found
    assert not any(finding.what == secrets.KEY for finding in doctor.examined())


def test_a_trail_that_can_be_changed(db: Any) -> None:
    assert wrong(stores.database()) == []
    guard.remove(connection)
    (finding,) = wrong(stores.database())
    assert (finding.what, finding.level) == ("audit trail", Level.FAULT)


def test_another_master_key(tenant: Tenant, sound: Any) -> None:
    assert wrong(secrets.master_key()) == []
    sound.IAM_KEY_RING = KeyRing.from_text("ab" * 32)
    (finding,) = wrong(secrets.master_key())
    assert "not in the ring" in finding.found


KEY_FILES = [("keys/master.key", 0o600, ""), ("keys/master.key", 0o644, "0644"), ("data/master.key", 0o600, "beside")]


@pytest.mark.parametrize(("name", "mode", "message"), KEY_FILES)
def test_where_the_key_lies(
    name: str, mode: int, message: str, sound: Any, db: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / name
    place.parent.mkdir(exist_ok=True)
    place.write_text("5e" * 32)
    place.chmod(mode)
    monkeypatch.delenv("IAM_MASTER_KEY")
    monkeypatch.setenv("IAM_MASTER_KEY_FILE", str(place))
    assert [message in finding.found for finding in wrong(secrets.master_key())] == ([True] if message else [])


def test_a_data_directory_that_others_can_read(sound: Any) -> None:
    assert wrong(secrets.data_directory()) == []
    os.chmod(sound.IAM_DATA_DIR, 0o755)
    (finding,) = wrong(secrets.data_directory())
    assert finding.advice == f"chmod 0700 {sound.IAM_DATA_DIR}"
