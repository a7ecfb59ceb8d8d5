"""The database, the broker and the regions: whether they answer, fit this version, and keep what they are given."""

from __future__ import annotations

from collections.abc import Iterator

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from iamconsole.audit import guard
from iamconsole.backup import postgres
from iamconsole.backup.refusal import Refused
from iamconsole.interfaces.cli.doctor.finding import Finding, fault, warning, well
from iamconsole.runtime import vitals

OLDEST_POSTGRES = 14  # what Django 5.2 supports
DATABASE, BROKER = "database", "broker"
PATIENCE = 3  # seconds


def database() -> Iterator[Finding]:
    try:
        vitals.database()
    except DatabaseError as lost:
        yield fault(DATABASE, f"does not answer: {str(lost).strip()}", "look at DATABASE_URL and the server")
        return
    yield from _postgres() if connection.vendor == "postgresql" else [well(DATABASE, "SQLite, on this host alone")]
    if missing := vitals.missing_migrations():
        yield fault(DATABASE, f"{len(missing)} migrations are missing, {missing[0]} first", "run `manage.py migrate`")
        return
    if lacking := guard.missing(connection):
        yield fault(
            "audit trail",
            f"can be changed: trigger {lacking[0]} is missing",
            "somebody removed it: run `manage.py audit verify --all`, then iamconsole.audit.guard.install(connection)",
        )


def _postgres() -> Iterator[Finding]:
    major = connection.connection.info.server_version // 10_000
    if major < OLDEST_POSTGRES:
        yield fault(DATABASE, f"PostgreSQL {major}", f"upgrade to {OLDEST_POSTGRES} or newer")
    else:
        yield well(DATABASE, f"PostgreSQL {major}")
    if not _is_local(connection.connection.info.host) and not _is_encrypted():
        yield warning(DATABASE, "is reached without TLS", "add `?sslmode=verify-full` to DATABASE_URL")
    try:
        postgres.program("pg_dump", major=major)
    except Refused as refusal:
        yield warning("backup", str(refusal), "until then `manage.py backup` is refused on this host")


def _is_local(host: str) -> bool:
    return host.startswith("/") or host in ("", "localhost", "127.0.0.1", "::1")


def _is_encrypted() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        return cursor.fetchone() == (True,)


def broker() -> Iterator[Finding]:
    yield from _server(BROKER, settings.REDIS_URL, "look at REDIS_URL and the server")


def regions() -> Iterator[Finding]:
    for name, url in settings.IAM_REGIONS.items():
        yield from _server(f"region {name}", url, "look at IAM_REGIONS; it catches up by itself once it answers")


def _server(what: str, url: str, advice: str) -> Iterator[Finding]:
    client = redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    try:
        facts = {**client.info("memory"), **client.info("persistence"), **client.info("server")}
    except redis.RedisError as lost:
        if settings.EMBEDDED_BROKER:
            yield warning(what, "is not running", "`make run` starts it")
        else:
            yield fault(what, f"does not answer: {lost}", advice)
        return
    finally:
        client.close()
    if (policy := facts.get("maxmemory_policy")) != "noeviction":
        yield fault(what, f"evicts ({policy}): tasks or policies get lost", "set `maxmemory-policy noeviction`")
    elif not facts.get("aof_enabled"):
        yield warning(what, "keeps nothing when it is restarted", "set `appendonly yes`")
    else:
        yield well(what, f"answers, version {facts.get('valkey_version') or facts.get('redis_version')}")
