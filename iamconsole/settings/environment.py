"""Every environment variable the product reads, as one table: name, type, default, help.

`load` reads the process environment over `.env`, and refuses to start on a bad value or an unknown `IAM_*` name;
`as_markdown` renders the same table for the README.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from iamconsole.settings import parsing


class EnvironmentRefused(ImproperlyConfigured):
    """The environment cannot be used; the message names every fault and what to write instead."""


@dataclass(frozen=True)
class Variable:
    """One row of the table. `default` is text, parsed as if it were given; None means the variable is simply absent.

    `absent` is what the README says where there is no default; a `secret` value is never repeated in a message.
    """

    name: str
    parse: Callable[[str], Any]
    default: str | None
    help: str
    absent: str = "none"
    secret: bool = False

    def value(self, given: Mapping[str, str]) -> Any:
        """The parsed value; ValueError tells what is wrong with the given one."""
        raw = given.get(self.name) or self.default
        if raw is None:
            return None
        try:
            return self.parse(raw)
        except ValueError as fault:
            shown = "the value" if self.secret else f"`{raw}`"
            raise ValueError(f"{self.name}: {shown} {fault}") from None


TABLE: tuple[Variable, ...] = (
    Variable("IAM_PORT", parsing.port, "8000", "Port of the web server."),
    Variable("IAM_BIND", parsing.address, "127.0.0.1", "Address the web server listens on."),
    Variable("IAM_DATA_DIR", parsing.path, "var", "SQLite files, keys and the embedded broker live here."),
    Variable(
        "DATABASE_URL",
        parsing.url("postgres", "postgresql", "sqlite"),
        None,
        "Database, for example `postgres://user:password@host:5432/iam`.",
        absent="SQLite in `IAM_DATA_DIR`",
        secret=True,
    ),
    Variable(
        "REDIS_URL",
        parsing.redis_url,
        None,
        "Broker and cache (`redis://`, `rediss://`, `unix://`): the database the URL names and those after it.",
        absent="embedded broker and cache",
        secret=True,
    ),
    Variable(
        "IAM_REGIONS",
        parsing.regions,
        "home,eu,ap",
        "Regions, home first: names (a database of the broker each), or `name=redis-url` pairs.",
        secret=True,
    ),
    Variable(
        "IAM_REPLICATION_DELAY",
        parsing.seconds_range,
        "0",
        "Seconds by which other regions lag on purpose, revocations too; `2-8` emulates AWS for testing retries.",
    ),
    Variable(
        "IAM_REPLICATION_SEED",
        parsing.text,
        "0",
        "What the delays of a range are drawn by: the same seed gives every change the same delay again.",
    ),
    Variable(
        "IAM_REGION",
        parsing.text,
        None,
        "The region whose replica the decision doors answer from.",
        absent="the first of `IAM_REGIONS`",
    ),
    Variable(
        "IAM_DECISION_RETENTION",
        parsing.days,
        "7",
        "Days for which a denied operation can be explained (`iam-toolbox`, `sts:DecodeAuthorizationMessage`).",
    ),
    Variable(
        "IAM_HISTORY_RETENTION",
        parsing.days,
        "90",
        "Days for which the access history is kept; when an action was last used is known for 400.",
    ),
    Variable(
        "IAM_NOTIFICATION_RETENTION",
        parsing.days,
        "90",
        "Days for which notifications, and what became of them, are kept.",
    ),
    Variable(
        "IAM_HISTORY_BUFFER",
        parsing.whole(100, 1_000_000),
        "20000",
        "Decisions that wait in each process to be put into the access history; more are dropped and counted.",
    ),
    Variable(
        "IAM_BREACHED_PASSWORDS_FILE",
        parsing.existing_file,
        None,
        "Sorted list of SHA-1 digests of leaked passwords (`DIGEST` or `DIGEST:COUNT` a line), searched in place.",
        absent="the 20,000 most common",
    ),
    Variable(
        "IAM_METRICS_TOKEN",
        parsing.text,
        None,
        "Bearer token for `/metrics`.",
        absent="none: loopback only",
        secret=True,
    ),
    Variable(
        "IAM_SMTP_URL",
        parsing.url("smtp", "smtps", "smtp+tls", "smtp+ssl"),
        None,
        "Mail server for notifications.",
        absent="none: no mail",
        secret=True,
    ),
    Variable(
        "IAM_MAIL_FROM",
        parsing.email,
        None,
        "Sender of notifications.",
        absent="`iam-console@` and the host of `IAM_PUBLIC_URL`",
    ),
    Variable(
        "IAM_WEBHOOK_URL",
        parsing.url("http", "https"),
        None,
        "Address that notifications are posted to.",
        absent="none: no notifications",
        secret=True,
    ),
    Variable(
        "IAM_DELIVERY_DIRECTORY",
        parsing.path,
        None,
        "Folder with a folder an account, below which rotated keys may be written to files.",
        absent="none: no files",
    ),
    Variable(
        "IAM_DELIVERY_NETWORKS",
        parsing.networks,
        None,
        "Networks, besides public ones, that rotated keys may be sent to; loopback is opened for plain http, too.",
        absent="none: public addresses only",
    ),
    Variable(
        "IAM_WEBHOOK_SECRET",
        parsing.webhook_secret,
        None,
        "What signs them: `whsec_` and 24 to 64 bytes in base64, as `manage.py webhook-secret` shows it.",
        absent="derived from the master key",
        secret=True,
    ),
    Variable(
        "IAM_SYNCHRONOUS",
        parsing.choice("normal", "full"),
        "normal",
        "SQLite durability; `full` also survives power loss.",
    ),
    Variable(
        "IAM_TEST_MODE",
        parsing.flag,
        "0",
        "`1` for people who test against us: banner, loopback only, enables `POST /testing/reset`.",
    ),
    Variable(
        "IAM_MASTER_KEY",
        parsing.text,
        None,
        "The key that seals every secret: 64 hexadecimal characters (`openssl rand -hex 32`); several as"
        " `id:key,id:key`, the current one first.",
        absent="generated once into `IAM_DATA_DIR`",
        secret=True,
    ),
    Variable(
        "IAM_MASTER_KEY_FILE",
        parsing.link,
        None,
        "File with the master key or keys, instead of `IAM_MASTER_KEY`; `manage.py master-key` changes them.",
        absent="`master.key` in `IAM_DATA_DIR`",
    ),
    Variable("IAM_BOOTSTRAP_ACCOUNT_ALIAS", parsing.text, "demo", "Alias of the account that the first start creates."),
    Variable("IAM_BOOTSTRAP_ROOT_EMAIL", parsing.text, "root@demo.localhost", "E-mail of that account's root user."),
    Variable(
        "IAM_BOOTSTRAP_ROOT_PASSWORD",
        parsing.text,
        None,
        "Password of that root user.",
        absent="generated, printed once",
        secret=True,
    ),
    Variable(
        "IAM_ALLOWED_HOSTS",
        parsing.names,
        None,
        "Host names we answer to, besides loopback.",
        absent="loopback only",
    ),
    Variable(
        "IAM_TRUSTED_PROXIES",
        parsing.networks,
        None,
        "Proxies whose `X-Forwarded-*` headers are believed, as addresses or networks.",
    ),
    Variable(
        "IAM_PUBLIC_URL",
        parsing.origin,
        None,
        "Origin that people reach us at. `https://` turns on secure cookies.",
        absent="`http://localhost:PORT`",
    ),
    Variable(
        "IAM_ENV_FILE",
        parsing.path,
        ".env",
        "File of further variables; the process environment wins over it.",
    ),
    Variable(
        "TEST_DATABASE_URL", parsing.url("postgres", "postgresql"), None, "PostgreSQL the tests use.", secret=True
    ),
    Variable("TEST_REDIS_URL", parsing.redis_url, None, "Redis or Valkey the tests use.", secret=True),
)

NAMES = tuple(variable.name for variable in TABLE)
FORBIDDEN_TOGETHER = ("IAM_MASTER_KEY", "IAM_MASTER_KEY_FILE")


def load(process: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """Every variable of the table by name, parsed; EnvironmentRefused lists all faults at once."""
    given = dict(os.environ if process is None else process)
    given = {**read_file(parsing.path(given.get("IAM_ENV_FILE") or ".env")), **given}
    faults = list(_unknown(given))
    values: dict[str, Any] = {}
    for variable in TABLE:
        try:
            values[variable.name] = variable.value(given)
        except ValueError as fault:
            faults.append(str(fault))
    if not faults:
        faults.extend(_contradictions(values))
    if faults:
        raise EnvironmentRefused("\n  - ".join(["the environment cannot be used:", *faults]))
    return MappingProxyType(values)


def read_file(path: Path) -> dict[str, str]:
    """The variables of a `.env` file; none where there is no such file."""
    if not path.is_file():
        return {}
    reader = type("EnvFile", (environ.Env,), {"ENVIRON": {}})
    reader.read_env(str(path))
    return reader.ENVIRON


def as_markdown() -> str:
    """The table for the README."""
    rows = (f"| `{row.name}` | {f'`{row.default}`' if row.default else row.absent} | {row.help} |" for row in TABLE)
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows, ""])


def _unknown(given: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(name for name in given if name.startswith("IAM_") and name not in NAMES):
        close = difflib.get_close_matches(name, NAMES, n=1)
        yield f"{name}: no such variable; " + (
            f"did you mean {close[0]}?" if close else "the README lists those there are"
        )


def _contradictions(values: Mapping[str, Any]) -> Iterator[str]:
    if all(values[name] for name in FORBIDDEN_TOGETHER):
        yield f"{' and '.join(FORBIDDEN_TOGETHER)}: give one of them, not both"
    if values["IAM_REGION"] and values["IAM_REGION"] not in values["IAM_REGIONS"]:
        yield f"IAM_REGION: `{values['IAM_REGION']}` is not one of IAM_REGIONS ({', '.join(values['IAM_REGIONS'])})"
    if values["IAM_TEST_MODE"] and not ipaddress.ip_address(values["IAM_BIND"]).is_loopback:
        yield f"IAM_BIND: `{values['IAM_BIND']}` is not loopback, which IAM_TEST_MODE=1 demands; use 127.0.0.1"
