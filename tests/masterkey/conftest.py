"""A key file, as an installation has one, and everything that is sealed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from accounts.master_keys import ring
from iamconsole.settings import keys
from tests.masterkey.sealed import Sealed
from tests.support.tenants import Tenant

KEY = "5e" * 32  # of the tests' settings


@pytest.fixture
def key_file(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A file with the master key that this process has; whatever it changes of the ring ends with the test."""
    place = tmp_path / "master.key"
    place.write_text(f"{KEY}\n")
    place.chmod(0o600)
    settings.IAM_KEY_RING = ring.KeyRing.of(keys.read(place, source="the test"))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = settings.SECRET_KEY, []
    settings.IAM_MASTER_KEY_FILE = place
    ring.forget()
    cache.clear()
    yield place
    ring.forget()
    cache.clear()


@pytest.fixture
def sealed(tenant: Tenant) -> Sealed:
    """An account that has a secret of every kind."""
    return Sealed.made(tenant)
