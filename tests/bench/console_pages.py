"""A process of its own for `tests.bench.console`: fill a database and render every page."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable
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
from tests.bench.console import bound, squeezed  # noqa: E402
from tests.console.client import sign_in  # noqa: E402
from tests.console.test_constant_sql import PAGES, furnished  # noqa: E402
from tests.support.company import Size, fill  # noqa: E402
from tests.support.tenants import PASSWORD, Tenant, open_account  # noqa: E402

SIZE = Size(users=10_000, roles=1_000, policies=2_000, events=100_000)
RUNS = 5
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
    things["marker"] = _far_back(tenant)
    pages = [*PAGES, *(f"/console/{page}" for page in LARGE.split())]
    result: dict[str, Any] = {"runs": RUNS, "pages": [_measured(client, page, things) for page in pages]}
    print(json.dumps(result))


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


def _measured(client: Client, page: str, things: dict[str, str]) -> dict[str, Any]:
    address = page.format(**things)

    def body() -> bytes:
        response = client.get(address)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        assert response.status_code == 200, (address, response.status_code, content[-2000:])
        return bytes(content)

    first = _timed(body)
    began = time.process_time()
    times = [_timed(body) for _ in range(RUNS if bound(page) is not None else 1)]
    processor = (time.process_time() - began) / len(times) * 1000
    with CaptureQueriesContext(connection) as captured:
        content = body()
    median, worst = statistics.median(times), max(times)
    sizes = {"size": len(content), "gzip": squeezed(content)}
    return {
        "page": page,
        "first": first,
        "median": median,
        "worst": worst,
        "cpu": processor,
        "sql": len(captured),
        **sizes,
    }


if __name__ == "__main__":
    main()
