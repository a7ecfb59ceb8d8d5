"""Regions: one Valkey process each, never databases of one, and appliers that run when a test says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.core.cache import cache

from iamconsole.replication.regions import lags, views
from tests.support.servers import ValkeyServer

REGIONS = ("eu", "ap")


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, ValkeyServer]]:
    """The servers of this run, one a region."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(ValkeyServer(fresh=True)) for name in REGIONS}


@pytest.fixture
def regions(servers: dict[str, ValkeyServer], settings: Any) -> Iterator[dict[str, ValkeyServer]]:
    """Home and two empty regions."""
    settings.IAM_REGIONS = {"home": ""} | {name: server.url for name, server in servers.items()}
    for server in servers.values():
        server.client().flushall()
    cache.clear()
    lags.forget()
    views.forget()
    yield servers
    views.forget()
    cache.clear()
