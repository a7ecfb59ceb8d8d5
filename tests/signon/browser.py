"""What tests of signing on do and ask in a browser."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from iamconsole.audit.models import AuditEvent
from tests.support.tenants import Tenant


def switch(client: Client, tenant: Tenant, name: str = "app", **more: str) -> Any:
    return client.post("/console/switch-role/", {"account": tenant.alias, "roleName": name, **more})


def acting(client: Client) -> str:
    """The ARN of who acts, as the top bar's menu says it; empty where nobody is signed in."""
    html = client.get("/console/").content.decode()
    return html.partition('<div class="menu-who">')[2].partition('class="mono">')[2].partition("<")[0]


def session_arn(tenant: Tenant, role: str, name: str) -> str:
    return f"arn:aws:sts::{tenant.account_id}:assumed-role/{role}/{name}"


def events(tenant: Tenant, name: str) -> list[dict[str, Any]]:
    """What the audit trail says of an event, the oldest first."""
    found = AuditEvent.objects.filter(account_id=tenant.account_id, name=name).order_by("sequence")
    return [json.loads(event.body) for event in found]
