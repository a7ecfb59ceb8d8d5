"""A process of its own for `tests.bench.console`: fill a database and render every page."""

from __future__ import annotations

import gc
import gzip
import json
import os
import statistics
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "iamconsole.settings.test"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from iamconsole.wsgi import application  # noqa: E402
from tests.bench.console import RUNS, bound, is_crowded, squeezed  # noqa: E402
from tests.console.client import sign_in  # noqa: E402
from tests.console.test_constant_sql import PAGES, furnished  # noqa: E402
from tests.console.test_weight import AS_BROWSERS_DO, source  # noqa: E402
from tests.console.weighing import linked  # noqa: E402
from tests.support.company import Size, fill  # noqa: E402
from tests.support.tenants import PASSWORD, Tenant, open_account  # noqa: E402

SIZE = Size(users=10_000, roles=1_000, policies=2_000, events=100_000)
LARGE = """
users/?page=399  users/?page=999999  users/?size=100  users/?sort=-activity  users/?sort=created  users/?q=m-user-0999
users/?filter=no-console  users/?filter=old-keys&sort=-activity&page=50  users/?q=nobody  users/m-user-00000/
users/m-user-00002/tab/access/  groups/?sort=-users  groups/?page=999  groups/m-group-00000/
groups/m-group-00000/delete/  roles/?sort=last_used&page=9  roles/?page=999  roles/m-role-00000/
policies/?sort=-attached  policies/?filter=unused  policies/?page=999  policies/?q=zzzz
events/?event_name=TagUser  events/?since=2026-01-01T00:00  events/?event_name=TagUser&error_code=AccessDenied
events/?resource=arn:aws:iam::{account}:user/engineering/m-user-00002  events/?marker={marker}
key-rotation/?q=m-user  key-rotation/keys/?page=999  denied/?q=m-user  workloads/?page=99  identity-providers/?page=9
map/?action=s3:PutObject&resource=arn:aws:s3:::bucket-1/x  simulator/?who=user/m-user-00001&action=s3:GetObject
search/?q=m-user  search/?q=zzzz  search/?q=m-role-0099  palette/?q=m-role-0  palette/?q=zzzz  palette/?q=m-user-09999
palette/?q=can%20m-user-00001%20s3:GetObject%20reports  users.csv  groups.csv  events/export/?format=csv
"""


def main() -> None:
    client, things = filled()
    gc.collect()
    gc.freeze()  # as the product's processes do once they have begun (audit/history/recorder.py)
    crowded = []
    for page in (*PAGES, *(f"/console/{page}" for page in LARGE.split())):
        found = measured(client, page, things)
        print(json.dumps(found), flush=True)
        if is_crowded(found):
            crowded.append(page)
    for page in crowded:  # once more: it was others who had the processor
        print(json.dumps(measured(client, page, things)), flush=True)
    print(json.dumps({"weights": weights(client)}), flush=True)


def weights(client: Client) -> dict[str, int]:
    """Bytes of the list of users and of what it links, each as a server sends it."""
    answer = client.get("/console/users/", headers=AS_BROWSERS_DO)
    assert answer["Content-Encoding"] == "gzip"
    files = linked(gzip.decompress(answer.content).decode(), source)
    sizes = {kind: [squeezed(source(each).encode()) for each in files if each.endswith(kind)] for kind in ("css", "js")}
    return {"HTML": len(answer.content), "CSS": sum(sizes["css"]), "JavaScript": sum(sizes["js"])}


def filled() -> tuple[Client, dict[str, str]]:
    """A database with such a company, its administrator's browser, and what the addresses of pages name."""
    call_command("migrate", verbosity=0)
    settings.ALLOWED_HOSTS = ["*"]
    tenant = open_account(application)
    tenant.run("iam:CreateLoginProfile", user_name="admin", password=PASSWORD)
    things = furnished(tenant)
    fill(tenant, SIZE, named="m-")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as its autovacuum would have, given the time
    client = sign_in(tenant, "admin")
    return client, things | {"marker": _far_back(tenant)}


def _far_back(tenant: Tenant) -> str:
    """The marker of a page in the middle of the trail."""
    from iamconsole.audit.models import AuditEvent
    from iamconsole.audit.queries import marker_of

    event = AuditEvent.objects.get(account_id=tenant.account_id, sequence=SIZE.events // 2)
    return marker_of(event.time, event.sequence)


def _timed(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def measured(client: Client, page: str, things: dict[str, str]) -> dict[str, Any]:
    """A page's figures, or what it answered instead of itself."""
    address = page.format(**things)

    def answer() -> tuple[int, bytes]:
        response = client.get(address)
        return response.status_code, b"".join(response.streaming_content) if response.streaming else response.content

    began = time.perf_counter()
    status, content = answer()
    first = (time.perf_counter() - began) * 1000
    if status != HTTPStatus.OK:
        return {"page": page, "failed": f"{status}: {content[-2000:].decode(errors='replace')}"}
    began = time.process_time()
    times = [_timed(answer) for _ in range(RUNS if bound(page) is not None else 1)]
    processor = (time.process_time() - began) / len(times) * 1000
    with CaptureQueriesContext(connection) as captured:
        _status, content = answer()
    return {
        "page": page,
        "first": first,
        "median": statistics.median(times),
        "worst": max(times),
        "cpu": processor,
        "sql": len(captured),
        "size": len(content),
        "gzip": squeezed(content),
    }


if __name__ == "__main__":
    main()
