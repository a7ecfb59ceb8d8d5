"""Accounts that tests copy are as those that the operations open: row by row, but for what no two accounts share."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from iamconsole.audit.models import AuditEvent
from iamconsole.audit.verification import verify
from iamconsole.kernel import clock
from iamconsole.replication import freshness
from tests.support.tenants import Tenant, open_account, opened_account

# Account and names, unique ids, keys, hashed and unusable passwords, sealed secrets, digests, UUIDs.
OWN = re.compile(
    r"1000000\d{5}|tenant-\d+|A(?:IDA|KIA)\w{16,17}|md5\$\w+\$\w+|!\w{40}|s1\.[\w.-]+|[0-9a-f]{64}"
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
)
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|\+00:00)")
COUNTED = ("id", "user_id", "event_id", "row", "position")


def kept(tenant: Tenant) -> dict[str, list[str]]:
    """Every row of the account by its table; what is its own is numbered in the order in which the rows tell it."""
    names: dict[str, str] = {}

    def numbered(own: re.Match[str]) -> str:
        return names.setdefault(own[0], f"<{len(names)}>")

    rows = {model.__name__: _of(model, tenant.account_id) for model in apps.get_models()}
    return {name: [OWN.sub(numbered, _told(row)) for row in of_model] for name, of_model in rows.items() if of_model}


def _of(model: Any, account_id: str) -> list[dict[str, Any]]:
    fields = {field.attname for field in model._meta.concrete_fields}
    name = "id" if model.__name__ == "Account" else "account_id"
    found: models.QuerySet[Any] = model._base_manager.filter(**{name: account_id}) if name in fields else []
    return list(found.order_by("pk").values()) if found else []


def _told(row: dict[str, Any]) -> str:
    """Without the numbers that the database gives, and without times."""
    told = {name: value for name, value in row.items() if not (name in COUNTED and isinstance(value, int))}
    return TIME.sub("<time>", repr({name: str(v) if isinstance(v, datetime) else v for name, v in told.items()}))


def test_no_row_is_missing_or_other(app: Any, db: None) -> None:
    assert kept(open_account(app)) == kept(opened_account(app))


def test_it_was_opened_now(app: Any, db: None) -> None:
    before = clock.now()
    tenant = open_account(app)
    told = AuditEvent.objects.filter(account_id=tenant.account_id).latest("sequence")
    assert before <= told.time <= clock.now()
    assert f'"eventTime":"{told.time:%Y-%m-%dT%H:%M:%SZ}"' in told.body


@pytest.mark.parametrize("made", [open_account, opened_account])
def test_trail_and_log_go_on_from_a_copy(app: Any, db: None, made: Callable[[Any], Tenant]) -> None:
    for tenant in (made(app), open_account(app), made(app)):
        before = freshness.view().position(tenant.account_id)
        tenant.client().create_user(UserName="ada")
        assert freshness.view().position(tenant.account_id) == before + 1
        assert verify(tenant.account_id).intact
        assert tenant.run("iam:ListUsers").users[0].user_name == "ada"
