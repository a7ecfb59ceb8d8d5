"""Regions whose stores accept and then say nothing: who lists them waits once, for none of them longer."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from iamconsole.replication.regions import asking
from iamconsole.replication.regions.store import READING
from tests.support.tenants import Tenant

HANGING = ("far", "farther", "gone")


@pytest.fixture
def hanging(regions: dict[str, Any], settings: Any) -> Iterator[None]:
    """Beside two that answer."""
    with ExitStack() as stack:
        silent = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in HANGING]
        ports = [each.getsockname()[1] for each in silent]
        urls = {name: f"redis://127.0.0.1:{port}/0" for name, port in zip(HANGING, ports, strict=True)}
        settings.IAM_REGIONS = settings.IAM_REGIONS | urls
        yield


def test_all_regions_are_asked_at_once_and_those_that_hang_are_down(tenant: Tenant, hanging: None) -> None:
    began = time.monotonic()
    found = {each.region_name: each for each in tenant.run("iamconsole:ListRegions").regions}
    assert time.monotonic() - began < 2 * READING
    assert {name for name, region in found.items() if region.state == "down"} == set(HANGING)
    assert [found[name].position for name in HANGING] == [None] * 3
    assert found["eu"].position == found["ap"].position == -1


def test_a_fault_that_is_no_silence_is_not_taken_for_one() -> None:
    def failing(region: str) -> int:
        raise ValueError(region)

    with pytest.raises(ValueError, match="eu"):
        asking.each(["eu"], failing)
    assert asking.each([], failing) == {}
