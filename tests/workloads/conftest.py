"""The guard of the Query door's tests holds here too; and no proof of one test is known to the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.query.conftest import faults_are_declared as faults_are_declared  # a fixture


@pytest.fixture(autouse=True)
def no_used_tokens() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
